// SPDX-License-Identifier: Apache-2.0
import type { Command, Option } from 'commander';
import { optionAbout, optionWords, valueName, visibleOptions } from './words.js';

/**
 * The help of a drop-in, laid out as GLib's option parser does it for the originals: usage, help options, application
 * options in one column, an empty line. A row names its value as GLib does (`--format=FORMAT`).
 * @param footer lines after the options; none of it where it is empty
 * @param env tells whether the terminal takes UTF-8: in other locales the ellipsis comes out as `?`, as it does there
 */
export function glibHelp(command: Command, footer = '', env: NodeJS.ProcessEnv = process.env): string {
  const options = visibleOptions(command);
  // GLib counts the long name, four cells for a short one, and the value with its sign; "-?, --help" is the least.
  const width = Math.max(10, ...options.map(glibLength)) + 7;
  const row = (words: string, about: string): string => `  ${words.padEnd(width)}${about}\n`;
  const ellipsis = /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '') ? '…' : '?';
  let text = `Usage:\n  ${command.name()} [OPTION${ellipsis}] - ${command.description()}\n\n`;
  text += `Help Options:\n${row('-h, --help', 'Show help options')}\n`;
  text += `Application Options:\n${options.map((option) => row(optionWords(option), capital(optionAbout(option)))).join('')}\n`;
  const named = command.registeredArguments.filter(({ description }) => description !== '');
  if (named.length > 0) {
    const column = Math.max(...named.map((argument) => argument.name().length)) + 5;
    text += named.map((one) => `${one.name().toUpperCase().padEnd(column)}${one.description}\n`).join('');
    text += '\n';
  }
  return footer === '' ? text : `${text}${footer.trimEnd()}\n`;
}

/** Makes `--help`, and the help after an error, GLib's. */
export function withGlibHelp(command: Command, footer = ''): Command {
  return command.configureHelp({ formatHelp: (one) => glibHelp(one, footer) });
}

function glibLength(option: Option): number {
  const value = valueName(option);
  return (
    (option.long?.length ?? 2) - 2 + (option.short === undefined ? 0 : 4) + (value === undefined ? 0 : value.length + 1)
  );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
