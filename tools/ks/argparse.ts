// SPDX-License-Identifier: Apache-2.0
import type { RunStyle } from '../main.js';

/**
 * The style of `runCommand` for a program whose original reads its command line with Python's argparse: a line of
 * usage, then the cause in argparse's words, exit code 2.
 * @param usage what follows `usage: `
 */
export function argparseStyle(program: string, usage: string): RunStyle {
  return {
    prefix: '',
    usageExit: 2,
    errorExit: () => 1,
    usageText: (text) => `usage: ${usage}\n${program}: error: ${inItsWords(text)}\n`,
  };
}

/** Commander's sentence about a wrong command line as argparse says it. */
function inItsWords(text: string): string {
  const line = text.replace(/^error: /, '').trimEnd();
  const unknown = /^unknown option '([^']*)'/.exec(line);
  if (unknown) return `unrecognized arguments: ${unknown[1]}`;
  const missing = /^option '(-\w), (--[a-z]+)[^']*' argument missing$/.exec(line);
  if (missing) return `argument ${missing[1]}/${missing[2]}: expected one argument`;
  const required = /^required option '(-\w), (--[a-z]+)[^']*' not specified$/.exec(line);
  if (required) return `the following arguments are required: ${required[1]}/${required[2]}`;
  return line;
}

/** `The version F99 is not supported`, as both programs say it. */
export function unsupportedVersion(version: string): string {
  return `The version ${version} is not supported by guestwright\n`;
}
