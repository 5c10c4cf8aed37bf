// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { argparseStyle } from './ks/argparse.js';
import { runCommand } from './main.js';
import { expandAbbreviations } from './options/abbreviations.js';

interface Options {
  readonly firsterror?: true;
  readonly followincludes?: true;
  readonly listversions?: true;
  readonly version: string;
}

const USAGE = 'ksvalidator [options] ksfile';

/** `ksvalidator`: what is wrong in a kickstart. Drop-in for pykickstart's. */
export function command(): Command {
  return new Command('ksvalidator')
    .description('validate a kickstart')
    .argument('[kickstart]', 'a file, an http or https address, or - (standard input)')
    .addOption(new Option('-e, --firsterror', 'halt after the first error or warning'))
    .addOption(new Option('-i, --followincludes', 'read the files of %include too'))
    .addOption(new Option('-l, --listversions', 'list the versions of the language'))
    .addOption(new Option('-v, --version <version>', 'the version to validate against').default('DEVEL'))
    .action(async (path: string | undefined, options: Options) => {
      const { listVersions, runValidator } = await import('./ks/validator.js');
      if (options.listversions) process.stdout.write(listVersions());
      else if (path === undefined) {
        process.stdout.write(`usage: ${USAGE}\n`);
        process.exitCode = 1;
      } else process.exitCode = await runValidator(path, options);
    });
}

/** The program: words and exit codes of the original. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = command();
  return await runCommand(program, expandAbbreviations(program, argv), argparseStyle('ksvalidator', USAGE));
}
