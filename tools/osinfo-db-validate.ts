// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { addLocationOptions, type LocationOptions } from './db-tools/location.js';
import { runProgram } from './db-tools/program.js';

export interface ValidateToolOptions extends LocationOptions {
  readonly verbose?: true;
  readonly lint?: true;
  readonly format: 'text' | 'json' | 'sarif';
}

/** `osinfo-db-validate`: everything that is wrong with a database. Drop-in for osinfo-db-tools', with more. */
export function command(): Command {
  const result = new Command('osinfo-db-validate')
    .description('Validate XML documents')
    .argument('[file...]', 'files or folders to validate, instead of a place')
    .addOption(new Option('-v, --verbose', 'name each file and folder that is looked at'));
  return addLocationOptions(result, 'validate files in')
    .addOption(
      new Option('--lint', 'also look for what no grammar can say: dangling references, bad patterns, wrong dates …'),
    )
    .addOption(
      new Option(
        '--format <format>',
        'how findings are printed: text on standard error, json or sarif on standard output',
      )
        .choices(['text', 'json', 'sarif'])
        .default('text'),
    )
    .action(async (files: readonly string[], options: ValidateToolOptions) => {
      const { runValidate } = await import('./db-tools/validate.js');
      process.exitCode = await runValidate(files, options);
    });
}

/** The program. */
export async function main(argv: readonly string[]): Promise<number> {
  return await runProgram(command(), argv, 'Error while parsing commandline options: ');
}
