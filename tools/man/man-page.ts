// SPDX-License-Identifier: Apache-2.0
import type { Row } from '../help/facts/index.js';
import type { CommandPart, Page } from '../help/page.js';
import { bold, escapeRoff, fillRoff, italic } from './roff.js';

/** What stands at the foot of a page. */
export interface Edition {
  readonly version: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
}

/** A manual page of section 1 in the macros of man(7). */
export function formatManPage(page: Page, { version, date }: Edition): string {
  const { facts } = page;
  // The umbrella's commands have pages of their own: here they are names. Others' are described where they stand.
  const isUmbrella = page.name === 'guestwright';
  const own = isUmbrella ? [] : page.commands;
  const named = isUmbrella ? page.commands.map(({ path, summary }) => [path, summary] as const) : [];
  const sections: (readonly [string, string])[] = [
    ['NAME', fillRoff(`${escapeRoff(page.name)} \\- ${escapeRoff(page.summary)}`)],
    [
      'SYNOPSIS',
      [page, ...page.commands]
        .slice(page.commands.length > 0 ? 1 : 0)
        .map(synopsis)
        .join('\n.br\n'),
    ],
    ['DESCRIPTION', description(page)],
    ['COMMANDS', own.map(subCommand).join('\n')],
    ['COMMANDS', rows(named, bold)],
    ['OPTIONS', own.length > 0 ? '' : rows(page.options, optionHead)],
    ['EXIT STATUS', rows(facts.exitStatus, bold)],
    ['ENVIRONMENT', rows(facts.environment, bold)],
    ['FILES', rows(facts.files, italic)],
    ['EXAMPLES', rows(facts.examples, bold)],
    ['SEE ALSO', fillRoff(facts.seeAlso.map(reference).join(', '))],
  ];
  const title = [quoted(page.name.toUpperCase()), '1', date, quoted(`guestwright ${version}`), '"User Commands"'];
  const body = sections.filter(([, text]) => text !== '').map(([name, text]) => `.SH ${name}\n${text}\n`);
  return `.\\" SPDX-License-Identifier: Apache-2.0\n.TH ${title.join(' ')}\n${body.join('')}`;
}

function quoted(text: string): string {
  return `"${escapeRoff(text)}"`;
}

function synopsis(part: CommandPart): string {
  const rest = part.usage.slice(part.path.length).trim().split(' ');
  const words = rest.map((word) => word.replace(/[A-Z][^\]…]*/g, (name) => `\u0001${name}\u0002`));
  const shown = escapeRoff(words.join(' ')).replaceAll('\u0001', '\\fI').replaceAll('\u0002', '\\fR');
  return fillRoff(`${bold(part.path)} ${shown}`);
}

function description(page: Page): string {
  const paragraphs = [sentence(page.summary), ...page.facts.about].map((text) => fillRoff(escapeRoff(text)));
  return [paragraphs.join('\n.PP\n'), rows(page.arguments, italic)].filter((text) => text !== '').join('\n');
}

function subCommand(part: CommandPart): string {
  const text = [`.SS ${quoted(part.usage)}`, fillRoff(escapeRoff(sentence(part.summary)))];
  const own = part.options.filter(([words]) => words !== '-h, --help');
  return [...text, rows(part.arguments, italic), rows(own, optionHead)].filter((one) => one !== '').join('\n');
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

function rows(list: readonly Row[], head: (text: string) => string): string {
  return list.map(([name, about]) => `.TP\n${head(name)}\n${fillRoff(escapeRoff(about))}`).join('\n');
}

/** `-f, --format=FORMAT`: names bold, the value italic. */
function optionHead(words: string): string {
  const [names = '', ...value] = words.split('=');
  const shown = names.split(', ').map(bold).join(', ');
  return value.length === 0 ? shown : `${shown}=${italic(value.join('='))}`;
}

function reference(page: string): string {
  const [, name, section] = /^(.*)\((\w+)\)$/.exec(page) ?? [];
  return name === undefined ? escapeRoff(page) : `${bold(name)}(${section})`;
}
