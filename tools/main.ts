// SPDX-License-Identifier: Apache-2.0
import { type Command, CommanderError } from 'commander';
import { exitCodeOf, GuestwrightError } from '../osinfo/errors.js';

export interface RunStyle {
  /** What stands before an error: `guestwright: `. Empty prints the message alone. */
  readonly prefix: string;
  /** Exit code of a wrong command line. The house's is 2; drop-in commands keep their original's. */
  readonly usageExit: number;
  /** Exit code of an error thrown by the action. */
  readonly errorExit: (error: unknown) => number;
  /** Rewrites commander's error text (`error: unknown option '--x'`) into the original's words. */
  readonly usageText?: (commanderText: string, command: Command) => string;
}

export function houseStyle(name: string): RunStyle {
  return {
    prefix: `${name}: `,
    usageExit: 2,
    errorExit: exitCodeOf,
    usageText: (text, command) =>
      `${pathOf(command)}: ${text.replace(/^error: /, '').trimEnd()}; see ${pathOf(command)} --help\n`,
  };
}

/** The words by which a command is called: `guestwright db import`. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/**
 * Parses `argv` (without node and the script) and runs the command's action. The one place where errors become text
 * on standard error and an exit code; it never throws. Unforeseen errors show their stack only with GUESTWRIGHT_DEBUG.
 */
export async function runCommand(
  command: Command,
  argv: readonly string[],
  style: RunStyle = houseStyle(command.name()),
): Promise<number> {
  let exitCode = 0;
  // A reader that went away (`| head`) is not our failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const setUp = (one: Command): void => {
    one.exitOverride().configureOutput({
      writeErr: (text) => process.stderr.write(text),
      outputError: (text, write) => write(style.usageText ? style.usageText(text, one) : text),
    });
    for (const sub of one.commands) setUp(sub);
  };
  setUp(command);
  try {
    await command.parseAsync([...argv], { from: 'user' });
    exitCode = Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? 0 : style.usageExit;
    else {
      const message = error instanceof Error ? error.message : String(error);
      const lines =
        error instanceof GuestwrightError
          ? message
          : `unexpected: ${message.split('\n')[0]} (GUESTWRIGHT_DEBUG=1 shows where)`;
      process.stderr.write(`${style.prefix}${lines}\n`);
      if (process.env['GUESTWRIGHT_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
      exitCode = style.errorExit(error);
    }
  }
  process.exitCode = exitCode;
  return exitCode;
}

/** Runs a command of the umbrella by its whole name, `guestwright ks`, with or without the umbrella around it. */
export async function runSubcommand(entry: string, command: Command, argv: readonly string[]): Promise<number> {
  const name = `guestwright ${entry}`;
  return await runCommand(command.name(name), argv, houseStyle(name));
}

/** Prints a value as the JSON of a `--json` output: one document, two-space indents, a final newline. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
