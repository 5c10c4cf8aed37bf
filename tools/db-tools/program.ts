// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { GuestwrightError } from '../../osinfo/errors.js';
import { runCommand } from '../main.js';

/**
 * Runs one of osinfo-db-tools' programs: errors in the original's words, exit code 1 for every one of them, the help
 * after a wrong command line.
 * @param intro what the original puts before the cause of a wrong command line
 */
export async function runProgram(command: Command, argv: readonly string[], intro: string): Promise<number> {
  return await runCommand(command, argv, {
    prefix: '',
    usageExit: 1,
    errorExit: () => 1,
    usageText: (text, one) =>
      `${intro}${inOriginalWords(text)}\n${intro.startsWith('osinfo') ? '\n' : ''}${one.helpInformation()}\n`,
  });
}

function inOriginalWords(text: string): string {
  const line = text.replace(/^error: /, '').trimEnd();
  const unknown = /^unknown option '(.*?)'/s.exec(line);
  if (unknown) return `Unknown option ${unknown[1]}`;
  const missing = /^option '(?:-\w, )?(--[\w-]+) .*' argument missing$/.exec(line);
  return missing ? `Missing argument for ${missing[1]}` : line;
}

/** Messages that the originals print without their name. */
const bare: ReadonlySet<string> = new Set(['location', 'http-failed', 'http-not-found', 'http-too-large']);

/** Does the work of a program whose errors begin with its name. */
export async function named<T>(program: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GuestwrightError) || bare.has(error.code)) throw error;
    throw new GuestwrightError(error.code, `${program}: ${error.message}`, { cause: error });
  }
}
