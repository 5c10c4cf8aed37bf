// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { argparseStyle } from './ks/argparse.js';
import { runCommand } from './main.js';
import { expandAbbreviations } from './options/abbreviations.js';

/** `ksflatten`: a kickstart and all that it includes as one file. Drop-in for pykickstart's. */
export function command(): Command {
  return new Command('ksflatten')
    .description('write a kickstart with what it includes in its place')
    .addOption(new Option('-c, --config <kickstart>', 'the kickstart').makeOptionMandatory())
    .addOption(new Option('-v, --version <version>', 'the version to read and to write').default('DEVEL'))
    .addOption(new Option('-o, --output <file>', 'write to this file instead of standard output'))
    .action(async (options: { readonly config: string; readonly version: string; readonly output?: string }) => {
      const { runFlattener } = await import('./ks/flattener.js');
      process.exitCode = runFlattener(options);
    });
}

/** The program: words and exit codes of the original. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = command();
  const usage = 'ksflatten [-h] -c CONFIG [-v VERSION] [-o OUTPUT]';
  return await runCommand(program, expandAbbreviations(program, argv), argparseStyle('ksflatten', usage));
}
