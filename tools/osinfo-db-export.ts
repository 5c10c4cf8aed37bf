// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { addLocationOptions, type LocationOptions } from './db-tools/location.js';
import { named, runProgram } from './db-tools/program.js';

export interface ExportToolOptions extends LocationOptions {
  readonly verbose?: true;
  readonly version?: string;
  readonly license?: string;
  readonly plain?: true;
}

const own = 'osinfo-db-export';

/**
 * `osinfo-db-export`: makes the archive of a database, the same bytes each time. Drop-in for osinfo-db-tools', with more.
 * @param program the name that its lines begin with: `guestwright db export` inside the umbrella
 */
export function command(program = own): Command {
  const result = new Command(own)
    .description('Export database archive')
    .argument('[archive...]', 'where to write it (default: osinfo-db-VERSION.tar.xz here), or - for standard output')
    .addOption(new Option('-v, --verbose', 'name each entry as it is packed'));
  const version = new Option(
    '--version <version>',
    'version of the archive (default: the date, of SOURCE_DATE_EPOCH or today)',
  );
  return addLocationOptions(result, 'export', version)
    .addOption(new Option('--license <file>', 'a file that becomes LICENSE'))
    .addOption(new Option('--plain', "leave out what libosinfo's own grammar has no word for"))
    .action(async (archives: readonly string[], options: ExportToolOptions) => {
      await named(program, program === own, async () => {
        const { runExport } = await import('./db-tools/export.js');
        await runExport(program, archives, options);
      });
    });
}

/** The program. */
export async function main(argv: readonly string[]): Promise<number> {
  return await runProgram(command(), argv, `${own}: error while parsing commandline options: `);
}
