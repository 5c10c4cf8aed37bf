// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import type { Command, Option } from 'commander';
import { dropIns, umbrella } from '../help/programs.js';
import { entries } from '../registry.js';

/** Where a command line stands: the command that was reached, and what is asked of the next word. */
export interface Position {
  readonly command: Command;
  /** `guestwright db diff` */
  readonly path: string;
  /** Positional words before. */
  readonly operands: readonly string[];
  /** Options given so far by their long names, with their values; '' for those that have none. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** The option whose value the next word is. */
  readonly waiting: Option | undefined;
  /** `--` was there: words are operands now. */
  readonly ended: boolean;
}

/**
 * Walks the words before the one that is completed, the program's name first.
 * @returns undefined for a program or a command that is not ours
 */
export async function positionOf(words: readonly string[]): Promise<Position | undefined> {
  const name = basename(words[0] ?? '').replace(/\.js$/, '');
  const rest = words.slice(1);
  if (name === 'guestwright') {
    if (rest.length === 0) return walk(umbrella(), 'guestwright', []);
    const entry = entries.find((one) => one.name === rest[0]);
    if (entry === undefined) return undefined;
    return walk((await entry.load()).command(), `guestwright ${entry.name}`, rest.slice(1));
  }
  const program = dropIns.find((one) => one.name === name);
  return program && walk((await program.load()).command(), name, rest);
}

function walk(start: Command, startPath: string, words: readonly string[]): Position {
  let command = start;
  let path = startPath;
  let waiting: Option | undefined;
  let ended = false;
  const operands: string[] = [];
  const values = new Map<string, string[]>();
  const take = (option: Option, value: string): void => {
    const key = option.long ?? option.flags;
    values.set(key, [...(values.get(key) ?? []), value]);
  };
  for (const word of words) {
    if (waiting !== undefined) {
      take(waiting, word);
      waiting = undefined;
    } else if (!ended && word === '--') ended = true;
    else if (!ended && /^-./.test(word)) {
      const equals = word.startsWith('--') ? word.indexOf('=') : -1;
      const option = optionOf(command, equals < 0 ? word : word.slice(0, equals));
      if (option === undefined) continue;
      if (!takesValue(option)) take(option, '');
      else if (equals >= 0) take(option, word.slice(equals + 1));
      else waiting = option;
    } else {
      const sub = operands.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (sub === undefined) operands.push(word);
      else {
        command = sub;
        path = `${path} ${word}`;
      }
    }
  }
  return { command, path, operands, values, waiting, ended };
}

/** An option by its long or its short name. */
export function optionOf(command: Command, name: string): Option | undefined {
  return command.options.find(({ long, short }) => long === name || short === name);
}

export function takesValue(option: Option): boolean {
  return option.required || option.optional;
}
