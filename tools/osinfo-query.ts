// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { withGlibHelp } from './help/glib-help.js';
import { glibStyle, withHelpWords } from './help/glib-style.js';
import { runCommand } from './main.js';
import { chosenDb, collect } from './options/values.js';

interface QueryOptions {
  readonly sort?: string;
  readonly fields?: string;
  readonly versionSort?: true;
  readonly json?: true;
  readonly csv?: true;
  readonly db?: readonly string[];
  readonly strict?: true;
}

/** `osinfo-query`: what the database knows, as a table. Drop-in for libosinfo's, with more. */
export function command(): Command {
  return new Command('osinfo-query')
    .description('Query the OS info database')
    .argument('[type]', 'what to list: os, platform, device or deployment')
    .argument('[condition...]', 'KEY=VALUE (with * and ?), KEY!=VALUE, KEY<VALUE, KEY<=VALUE, KEY>VALUE, KEY>=VALUE')
    .addOption(new Option('-s, --sort <key>', 'sort by this property'))
    .addOption(new Option('--sort-key <key>', 'the same, by the name in the manual of the original').hideHelp())
    .addOption(new Option('-f, --fields <keys>', 'show these properties, separated by commas'))
    .addOption(new Option('-V, --version-sort', 'sort numbers by their value: rhel9 before rhel10'))
    .addOption(new Option('--json', 'print one JSON document (schema/query.schema.json)').conflicts('csv'))
    .addOption(new Option('--csv', 'print comma-separated values, keys first'))
    .addOption(
      new Option('--db <database>', 'bundled, system, or the path of a database; may be repeated').argParser(collect),
    )
    .addOption(new Option('--strict', 'an error in the database is fatal'))
    .action(
      async (type: string | undefined, conditions: readonly string[], options: QueryOptions & { sortKey?: string }) => {
        const { runQuery } = await import('./query/run.js');
        const sort = options.sort ?? options.sortKey;
        process.exitCode = runQuery(type, conditions, {
          ...(sort === undefined ? {} : { sort }),
          ...(options.fields === undefined ? {} : { fields: options.fields }),
          ...(options.db === undefined ? {} : { db: chosenDb(options.db) }),
          versionSort: options.versionSort === true,
          format: options.json ? 'json' : options.csv ? 'csv' : 'table',
          strict: options.strict === true,
        });
      },
    );
}

/** The program. Exit code 1 for no match and for every error, as the original has it. */
export async function main(argv: readonly string[]): Promise<number> {
  const intro = 'Error while parsing commandline options: ';
  return await runCommand(
    withGlibHelp(command()),
    withHelpWords(argv),
    glibStyle({ intro, usageExit: 1, errorExit: () => 1 }, argv),
  );
}
