// SPDX-License-Identifier: Apache-2.0
import { command } from '../commands/recommend.js';
import { runSubcommand } from '../main.js';

/** `guestwright recommend …` without the umbrella, which knows all commands and takes longer to start than an answer does. */
export const main = (argv: readonly string[]): Promise<number> => runSubcommand('recommend', command(), argv);
