// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { command as diffCommand } from './db-diff.js';

/** `guestwright db …`: the databases themselves. Each sub-command is a function here and its work a module of its own. */
export function command(): Command {
  return new Command('db')
    .description('the databases in force, and what differs between two')
    .addCommand(infoCommand())
    .addCommand(diffCommand());
}

function infoCommand(): Command {
  return new Command('info')
    .description('which databases are in force and why, what they hold, and what is wrong in them')
    .option('--db <database>', 'bundled, system, or the path of a database; may be repeated', collect)
    .option('--json', 'print one JSON document (schema/db-info.schema.json)')
    .action(async (options: { readonly db?: readonly string[]; readonly json?: boolean }) => {
      const [{ openDb }, { databaseInfo, formatInfo }] = await Promise.all([
        import('../../osinfo/open.js'),
        import('../db/info.js'),
      ]);
      const { db: chosen } = options;
      const info = databaseInfo(openDb(chosen === undefined ? {} : { db: chosen.length === 1 ? chosen[0]! : chosen }));
      if (options.json) {
        const { printJson } = await import('../main.js');
        printJson(info);
      } else process.stdout.write(formatInfo(info));
    });
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
