// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { nearest } from '../osinfo/errors.js';
import { packageRoot } from '../osinfo/package-root.js';
import { houseStyle, runCommand } from './main.js';
import { entries } from './registry.js';

/** The umbrella: only the chosen sub-command's file is loaded. */
export async function main(argv: readonly string[]): Promise<number> {
  const [first, ...rest] = argv;
  const entry = entries.find((one) => one.name === first);
  if (entry) {
    const command = (await entry.load()).command();
    return await runCommand(command.name(`guestwright ${entry.name}`), rest, houseStyle(`guestwright ${entry.name}`));
  }
  const program = new Command('guestwright')
    .description('operating system facts in; the right virtual machine, and the disk image to run in it, out')
    .version((JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version)
    .helpCommand(false)
    .argument('[command]')
    .addHelpText(
      'after',
      `\nCommands:\n${entries.map((one) => `  ${one.name.padEnd(14)}${one.summary}`).join('\n')}\n\nguestwright COMMAND --help tells more of each.`,
    )
    .action((name?: string) => {
      if (name === undefined) return program.help();
      const near = nearest(
        name,
        entries.map((one) => one.name),
      );
      program.error(`error: unknown command '${name}'${near.length > 0 ? `; did you mean ${near.join(', ')}?` : ''}`);
    });
  return await runCommand(program, argv, houseStyle('guestwright'));
}
