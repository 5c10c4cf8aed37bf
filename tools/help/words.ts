// SPDX-License-Identifier: Apache-2.0
import type { Argument, Command, Option } from 'commander';

/** The options that people are told of, in the order they were added; without `--help`, which every command has. */
export function visibleOptions(command: Command): readonly Option[] {
  return command.options.filter((option) => !option.hidden);
}

/** The sub-commands that people are told of; without commander's own `help`. */
export function visibleCommands(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => command.commands.includes(one));
}

/** `<file>` of an option's flags as `FILE`; undefined for one without a value. */
export function valueName(option: Option): string | undefined {
  const name = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1];
  return name?.replace(/\.\.\.$/, '').toUpperCase();
}

/** `-f, --format=FORMAT`, as the programs of GNOME and of GNU write it. */
export function optionWords(option: Option): string {
  const names = [option.short, option.long].filter((name) => name !== undefined).join(', ');
  const value = valueName(option);
  return value === undefined ? names : `${names}=${value}`;
}

/** What an option does, with the values it takes, its default and its variable where the sentence leaves them out. */
export function optionAbout(option: Option): string {
  const facts: string[] = [];
  const { description, argChoices: choices, envVar } = option;
  if (choices !== undefined && !choices.every((choice) => description.includes(choice))) facts.push(choices.join(', '));
  if (!option.negate && !description.includes('default')) {
    const shown = option.defaultValueDescription ?? shownDefault(option.defaultValue);
    if (shown !== undefined) facts.push(`default: ${shown}`);
  }
  if (envVar !== undefined) facts.push(`or ${envVar}`);
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}

function shownDefault(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `[TYPE]`, `FILE…`: an argument in a synopsis. */
export function argumentWords(argument: Argument): string {
  const name = `${argument.name().toUpperCase()}${argument.variadic ? '…' : ''}`;
  return argument.required ? name : `[${name}]`;
}
