// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';

/**
 * Python's option parsers take a long option by any beginning that only one option has; scripts lean on it. The words
 * after `--` are left alone, and what is unknown or not unique stays as it is, for the parser to refuse.
 */
export function expandAbbreviations(command: Command, argv: readonly string[]): string[] {
  const names = command.options.flatMap((option) => (option.long ? [option.long] : []));
  const result: string[] = [];
  for (const [index, word] of argv.entries()) {
    if (word === '--') return [...result, ...argv.slice(index)];
    const match = /^(--[a-z][a-z0-9-]*)(=.*)?$/s.exec(word);
    const found = match && !names.includes(match[1]!) ? names.filter((name) => name.startsWith(match[1]!)) : [];
    result.push(found.length === 1 ? `${found[0]}${match![2] ?? ''}` : word);
  }
  return result;
}
