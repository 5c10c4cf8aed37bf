// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { factsOf, type Row } from './facts/index.js';

/** Puts examples and exit codes of a command behind its help, and that of those below it; the manual page has the rest. */
export function addFacts(command: Command, page: string): void {
  const { examples, exitStatus } = factsOf(page);
  const blocks = [
    examples.length === 0
      ? ''
      : `Examples:\n${examples.map(([line, about]) => `  ${line}\n      ${about}\n`).join('')}`,
    table('Exit status', exitStatus),
  ];
  const text = blocks.filter((block) => block !== '').join('\n');
  for (const one of [command, ...command.commands]) one.addHelpText('after', `\n${text.trimEnd()}`);
}

function table(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return `${title}:\n${rows.map(([name, about]) => `  ${name.padEnd(width)}${about}\n`).join('')}`;
}
