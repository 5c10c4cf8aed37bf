// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { GuestwrightError } from '../../osinfo/errors.js';
import { withGlibHelp } from '../help/glib-help.js';
import { glibStyle, withHelpWords } from '../help/glib-style.js';
import { runCommand } from '../main.js';

/**
 * Runs one of osinfo-db-tools' programs: errors in the original's words, exit code 1 for every one of them, the help
 * after a wrong command line.
 * @param intro what the original puts before the cause of a wrong command line
 */
export async function runProgram(command: Command, argv: readonly string[], intro: string): Promise<number> {
  const blankAfterCause = intro.startsWith('osinfo');
  const style = glibStyle({ intro, blankAfterCause, usageExit: 1, errorExit: () => 1 }, argv);
  return await runCommand(withGlibHelp(command), withHelpWords(argv), style);
}

/** Messages that the originals print without their name. */
const bare: ReadonlySet<string> = new Set(['location', 'http-failed', 'http-not-found', 'http-too-large']);

/**
 * Does the work of a program whose errors begin with its name.
 * @param standsAlone false for a sub-command of `guestwright`, whose errors get their name where they are printed
 */
export async function named<T>(program: string, standsAlone: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!standsAlone || !(error instanceof GuestwrightError) || bare.has(error.code)) throw error;
    throw new GuestwrightError(error.code, `${program}: ${error.message}`, { cause: error });
  }
}
