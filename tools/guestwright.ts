// SPDX-License-Identifier: Apache-2.0
import { nearest } from '../osinfo/errors.js';
import { umbrella } from './help/programs.js';
import { houseStyle, runCommand, runSubcommand } from './main.js';
import { entries } from './registry.js';

/** The umbrella: only the chosen sub-command's file is loaded. */
export async function main(argv: readonly string[]): Promise<number> {
  const [first, ...rest] = argv;
  // What the scripts of the shells ask; people have no use for it.
  if (first === '__complete') return await (await import('./completion/answer.js')).runComplete(rest);
  if (first === 'help') return await main([...rest, '--help']);
  const isHelp = rest.some((word) => word === '-h' || word === '--help');
  const entry = entries.find((one) => one.name === first);
  if (entry) {
    const command = (await entry.load()).command();
    if (isHelp) (await import('./help/after-help.js')).addFacts(command, `guestwright-${entry.name}`);
    return await runSubcommand(entry.name, command, rest);
  }
  const program = umbrella();
  program
    .usage('COMMAND')
    .argument('[command]')
    .addHelpText('after', '\nguestwright COMMAND --help tells more of each.')
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
