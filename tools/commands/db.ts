// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { chosenDb, collect } from '../options/values.js';
import { command as exportCommand } from '../osinfo-db-export.js';
import { command as importCommand } from '../osinfo-db-import.js';
import { command as pathCommand } from '../osinfo-db-path.js';
import { command as validateCommand } from '../osinfo-db-validate.js';
import { command as diffCommand } from './db-diff.js';
import { command as newOsCommand } from './db-new-os.js';

/** `guestwright db …`: the databases themselves. osinfo-db-tools' programs are found here by their short names. */
export function command(): Command {
  return new Command('db')
    .description('the databases in force, what is wrong in them, and what differs between two')
    .addCommand(infoCommand())
    .addCommand(diffCommand())
    .addCommand(newOsCommand())
    .addCommand(named('import', importCommand))
    .addCommand(named('export', exportCommand))
    .addCommand(named('path', pathCommand))
    .addCommand(validateCommand().name('validate'));
}

function named(name: string, command: (program: string) => Command): Command {
  return command(`guestwright db ${name}`).name(name);
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
      const info = databaseInfo(openDb(chosen === undefined ? {} : { db: chosenDb(chosen) }));
      if (options.json) {
        const { printJson } = await import('../main.js');
        printJson(info);
      } else process.stdout.write(formatInfo(info));
    });
}
