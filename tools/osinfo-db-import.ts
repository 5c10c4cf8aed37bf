// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { addLocationOptions, type LocationOptions } from './db-tools/location.js';
import { named, runProgram } from './db-tools/program.js';

export interface ImportToolOptions extends LocationOptions {
  readonly verbose?: true;
  readonly latest?: true;
  readonly nightly?: true;
  readonly from?: string;
  readonly checksum?: string;
  readonly signature?: string;
  readonly keyring?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

const own = 'osinfo-db-import';

/**
 * `osinfo-db-import`: puts the database of an archive in place, all or nothing. Drop-in for osinfo-db-tools', with more.
 * @param program the name that its lines begin with: `guestwright db import` inside the umbrella
 */
export function command(program = own): Command {
  const result = new Command(own)
    .description('Import database archive')
    .argument(
      '[archive...]',
      'a tar archive, plain or packed with xz: a file, an http or https address, or - for standard input',
    )
    .addOption(new Option('-v, --verbose', 'name each entry as it is unpacked'));
  return addLocationOptions(result, 'import into')
    .addOption(
      new Option('--latest', 'import the latest published database, if it is later than the one that is there'),
    )
    .addOption(new Option('--nightly', 'import the database of last night'))
    .addOption(
      new Option('--from <address>', 'where latest.json and nightly.json lie, instead of db.libosinfo.org').env(
        'OSINFO_DB_ADDRESS',
      ),
    )
    .addOption(new Option('--checksum <sha256>', 'the SHA-256 that the archive must have'))
    .addOption(new Option('--signature <file>', 'a detached OpenPGP signature of the archive, by a key of --keyring'))
    .addOption(new Option('--keyring <file>', 'the keys that are trusted, as gpg --export writes them'))
    .addOption(new Option('--dry-run', 'check everything and say what would change'))
    .addOption(new Option('--json', 'say what changed as one JSON document (schema/db-import.schema.json)'))
    .action(async (archives: readonly string[], options: ImportToolOptions) => {
      await named(program, program === own, async () => {
        const { runImport } = await import('./db-tools/import.js');
        await runImport(program, archives, options);
      });
    });
}

/** The program. */
export async function main(argv: readonly string[]): Promise<number> {
  return await runProgram(command(), argv, `${own}: error while parsing commandline options: `);
}
