// SPDX-License-Identifier: Apache-2.0
import { findCommand } from '../commands/index.js';
import type { At, CommandLine, OptionValue } from '../model.js';

/** What the lines of a single-value command come to together. */
export interface Merged {
  /** The last line's place. */
  readonly at: At;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly args: readonly string[];
}

/**
 * Put the lines of one command together: a later line overwrites what it gives, and puts back to its default what
 * has one (a flag, a boot loader's location); what has none keeps the earlier value.
 */
export function mergeLines(lines: readonly CommandLine[]): Merged | undefined {
  const last = lines.at(-1);
  if (!last) return undefined;
  if (lines.length === 1) return last;
  const options: Record<string, OptionValue> = {};
  let args: readonly string[] = [];
  for (const line of lines) {
    for (const spec of findCommand(line.name)?.options ?? []) {
      const given = line.options[spec.name];
      if (given !== undefined) options[spec.name] = given;
      else if (spec.resets !== undefined) delete options[spec.name];
      if (spec.sets && line.options[spec.sets[0]] !== undefined) options[spec.sets[0]] = line.options[spec.sets[0]]!;
    }
    if (line.args.length > 0) args = line.args;
  }
  return { at: last.at, options, args };
}

type Options = Readonly<Record<string, OptionValue>>;

/** A text option, undefined where it is not given. */
export function textOf(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** A whole number, undefined where it is not given. */
export function numberOf(options: Options, name: string): number | undefined {
  const value = options[name];
  return typeof value === 'number' ? value : undefined;
}

/** Whether a flag is given. */
export function isSet(options: Options, name: string): boolean {
  return options[name] === true;
}

/** A yes or no, undefined where neither is given. */
export function booleanOf(options: Options, name: string): boolean | undefined {
  const value = options[name];
  return typeof value === 'boolean' ? value : undefined;
}

/** A list, empty where it is not given. */
export function listOf(options: Options, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value : [];
}
