// SPDX-License-Identifier: Apache-2.0
import type { RunStyle } from '../main.js';

/** How a drop-in for a program of GLib ends after an error. */
export interface GlibProgram {
  /** What the original puts before the cause: `Error while parsing commandline options: `. */
  readonly intro: string;
  /** osinfo-db-tools have an empty line between the cause and the help. */
  readonly blankAfterCause?: boolean;
  /** Exit code of a wrong command line: 1, or 255 for osinfo-detect and osinfo-install-script. */
  readonly usageExit: number;
  /** Exit code of an error that the action throws. */
  readonly errorExit: (error: unknown) => number;
}

/**
 * The style of `runCommand` for such a program: the cause in GLib's words, the whole help, and an empty line, all on
 * standard error.
 * @param argv the words of the command line: GLib names the option as it was typed
 */
export function glibStyle(program: GlibProgram, argv: readonly string[]): RunStyle {
  return {
    prefix: '',
    usageExit: program.usageExit,
    errorExit: program.errorExit,
    usageText: (text, command) =>
      `${program.intro}${causeInGlibWords(text, argv)}\n${program.blankAfterCause ? '\n' : ''}${command.helpInformation()}\n`,
  };
}

/** GLib's other words for `--help`, which it shows nowhere. */
export function withHelpWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return argv.map((word, index) =>
    (word === '-?' || word === '--help-all') && (end < 0 || index < end) ? '--help' : word,
  );
}

/** Commander's sentence about a wrong command line as GLib says it. */
export function causeInGlibWords(text: string, argv: readonly string[]): string {
  const line = text.replace(/^error: /, '').trimEnd();
  const unknown = /^unknown option '(.*?)'/s.exec(line);
  if (unknown) return `Unknown option ${unknown[1]}`;
  // Only the last word can lack what belongs to it.
  if (/argument missing$/.test(line)) return `Missing argument for ${argv.at(-1)}`;
  return line;
}
