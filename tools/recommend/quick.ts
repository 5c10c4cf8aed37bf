// SPDX-License-Identifier: Apache-2.0
import { command } from '../commands/recommend.js';
import { houseStyle, runCommand } from '../main.js';

/** `guestwright recommend …` without the umbrella, which knows all commands and takes longer to start than an answer does. */
export async function main(argv: readonly string[]): Promise<number> {
  const name = 'guestwright recommend';
  return await runCommand(command().name(name), argv, houseStyle(name));
}
