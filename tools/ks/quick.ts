// SPDX-License-Identifier: Apache-2.0
import { command } from '../commands/ks.js';
import { runSubcommand } from '../main.js';

/** `guestwright ks …` without the umbrella, which knows all commands and takes longer to start than a check does. */
export const main = (argv: readonly string[]): Promise<number> => runSubcommand('ks', command(), argv);
