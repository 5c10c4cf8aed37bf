// SPDX-License-Identifier: Apache-2.0
import { Argument, Command } from 'commander';

/** `guestwright completion SHELL`: the script by which a shell completes all our commands. */
export function command(): Command {
  return new Command('completion')
    .description('print the script that completes all commands in a shell')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { completionScripts } = await import('../completion/scripts.js');
      process.stdout.write(completionScripts().find((one) => one.shell === shell)!.text);
    });
}
