// SPDX-License-Identifier: Apache-2.0
import { command } from '../commands/ks.js';
import { houseStyle, runCommand } from '../main.js';

/** `guestwright ks …` without the umbrella, which knows all commands and takes longer to start than a check does. */
export async function main(argv: readonly string[]): Promise<number> {
  const name = 'guestwright ks';
  return await runCommand(command().name(name), argv, houseStyle(name));
}
