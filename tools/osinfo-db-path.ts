// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { addLocationOptions, defaultLocation, type LocationOptions, namedLocation } from './db-tools/location.js';
import { named, runProgram } from './db-tools/program.js';

const own = 'osinfo-db-path';

/**
 * `osinfo-db-path`: where a database lies or would lie. Drop-in for osinfo-db-tools'.
 * @param program the name that its lines begin with: `guestwright db path` inside the umbrella
 */
export function command(program = own): Command {
  const result = new Command(own)
    .description('Report database locations')
    .allowExcessArguments()
    .action(async (options: LocationOptions) => {
      await named(program, program === own, async () => {
        const [{ locate }, { InputError }] = await Promise.all([
          import('../osinfo/archive/places.js'),
          import('../osinfo/errors.js'),
        ]);
        const location = namedLocation(options);
        if (result.args.length > 0) throw new InputError('usage', 'unexpected extra arguments');
        process.stdout.write(`${locate(location ?? defaultLocation(), options.root ?? '')}\n`);
      });
    });
  return addLocationOptions(result, 'report');
}

/** The program. */
export async function main(argv: readonly string[]): Promise<number> {
  return await runProgram(command(), argv, `${own}: error while parsing commandline options: `);
}
