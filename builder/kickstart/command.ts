// SPDX-License-Identifier: Apache-2.0
import { nearest } from '../../osinfo/errors.js';
import { normalMountpoint } from './build/storage.js';
import { commandNames, findCommand } from './commands/index.js';
import type { CommandSpec } from './commands/spec.js';
import { recogniseWord } from './dialects.js';
import type { Issues } from './issues.js';
import type { At, CommandLine } from './model.js';
import type { Dialect } from './option-table.js';
import { parseOptions } from './options.js';
import { formatReleases, standing } from './versions.js';
import type { Words } from './words.js';

/**
 * Read one command line, its words split already and the first of them its name.
 * @param raw the line as it stands, for commands whose words are kept
 * @returns undefined where the version does not have the command, or where it takes the line and does nothing with it
 */
export function readCommand(
  split: Words,
  raw: string,
  at: At,
  dialect: Dialect,
  issues: Issues,
): CommandLine | undefined {
  const [name, ...words] = split.words;
  if (!name) return undefined;
  const spec = findCommand(name.text);
  if (!spec) {
    issues.error('unknown-command', at, unknownCommand(name.text));
    return undefined;
  }
  if (!isInForce(spec, name.text, at, dialect, issues)) return undefined;
  if (split.cutAt !== undefined) {
    const message = 'this # begins a comment in the middle of a word: put the word in quotes to keep it whole';
    issues.add('notice', 'comment-in-word', { ...at, column: split.cutAt }, message);
  }
  if (spec.raw) {
    const rest = raw.slice(raw.indexOf(name.text) + name.text.length).trim();
    return { name: spec.name, at, options: {}, args: rest === '' ? [] : [rest] };
  }
  const parsed = parseOptions({ ...spec, owner: name.text }, words, at.column, dialect);
  for (const { severity, code, column, message } of parsed.findings)
    issues.add(severity, code, { ...at, column }, message);
  const args = parsed.args.map((word, index) => (index === spec.mountpoint ? normalMountpoint(word.text) : word.text));
  return { name: spec.name, at, options: parsed.options, args };
}

/** Say how a command stands in the dialect; false where its line goes no further. */
function isInForce(spec: CommandSpec, name: string, at: At, dialect: Dialect, issues: Issues): boolean {
  const instead = spec.instead ? `: ${spec.instead}` : '';
  if (dialect === undefined) {
    if (spec.until !== undefined) {
      issues.add('notice', 'removed-command', at, `${name} was removed after ${formatReleases(spec.until)}${instead}`);
    }
    return true;
  }
  switch (standing(spec, dialect)) {
    case 'absent':
      issues.error(
        'unknown-command',
        at,
        `${name} is not in ${dialect.name} (it came with ${formatReleases(spec.since!)})`,
      );
      return false;
    case 'removed':
      issues.error(
        'removed-command',
        at,
        `${name} is no longer in ${dialect.name} (last in ${formatReleases(spec.until!)})${instead}`,
      );
      return false;
    case 'deprecated':
      // A deprecated command is passed over unread, except those whose words nobody reads anyway.
      issues.add(
        'notice',
        'deprecated-command',
        at,
        `${name} is deprecated in ${dialect.name}${spec.raw ? '' : ' and does nothing'}${instead}`,
      );
      return spec.raw === true;
    default:
      return true;
  }
}

function unknownCommand(name: string): string {
  const recognised = recogniseWord(name);
  if (recognised) return recognised;
  const near = nearest(name, commandNames());
  return `${JSON.stringify(name)} is no kickstart command${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`;
}
