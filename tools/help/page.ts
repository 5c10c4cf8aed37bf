// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { entries } from '../registry.js';
import { type CommandFacts, factsOf } from './facts/index.js';
import { dropIns, umbrella } from './programs.js';
import { argumentWords, optionAbout, optionWords, visibleCommands, visibleOptions } from './words.js';

/** One command of a page, as its tree of options tells it. */
export interface CommandPart {
  /** The words it is called by: `guestwright db diff`. */
  readonly path: string;
  readonly summary: string;
  readonly usage: string;
  readonly arguments: readonly (readonly [words: string, about: string])[];
  readonly options: readonly (readonly [words: string, about: string])[];
}

/** All that a manual page says. */
export interface Page extends CommandPart {
  /** `guestwright-db` */
  readonly name: string;
  readonly commands: readonly CommandPart[];
  readonly facts: CommandFacts;
}

/** A page for each program and for each command of `guestwright`. */
export async function loadPages(): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (const { name, load } of dropIns) pages.push(pageOf(name, (await load()).command(), name));
  const siblings: string[] = [];
  for (const { name, load } of entries) {
    const page = `guestwright-${name}`;
    siblings.push(`${page}(1)`);
    pages.push(pageOf(page, (await load()).command(), `guestwright ${name}`));
  }
  const top = pageOf('guestwright', umbrella(), 'guestwright');
  const seeAlso = [...siblings, ...dropIns.map(({ name }) => `${name}(1)`)];
  return [{ ...top, facts: { ...top.facts, seeAlso } }, ...pages];
}

function pageOf(name: string, command: Command, path: string): Page {
  const commands = visibleCommands(command).map((one) => partOf(one, `${path} ${one.name()}`));
  return { name, ...partOf(command, path), commands, facts: factsOf(name) };
}

function partOf(command: Command, path: string): CommandPart {
  const options = visibleOptions(command).map((option) => [optionWords(option), optionAbout(option)] as const);
  const subs = visibleCommands(command).length > 0;
  const words = [subs ? 'COMMAND' : '[OPTION…]', ...command.registeredArguments.map(argumentWords)];
  return {
    path,
    summary: command.description(),
    usage: `${path} ${words.join(' ')}`,
    arguments: command.registeredArguments
      .filter(({ description }) => description !== '')
      .map((argument) => [argument.name().toUpperCase(), argument.description] as const),
    options: [...options, ['-h, --help', 'print help and end'] as const],
  };
}
