// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../errors.js';

/** Groups by name, each with its keys; a group that comes twice is one, of a key that comes twice the last counts. */
export type KeyFile = ReadonlyMap<string, ReadonlyMap<string, string>>;

const blank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

/**
 * Reads a GLib key file (`.treeinfo`): groups in brackets, `key = value`, comments after `#`. Blanks around keys and
 * values go. The messages are GLib's own, as libosinfo shows them.
 * @param file what an error names
 * @throws InputError for a line that is none of these, a pair before the first group, or a bad name
 */
export function parseKeyFile(text: string, file: string): KeyFile {
  const groups = new Map<string, Map<string, string>>();
  let group: Map<string, string> | undefined;
  let number = 0;
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const raw = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    number += 1;
    const line = trimmed(raw);
    if (line === '' || line.startsWith('#')) continue;
    const fail = (message: string): never => {
      throw new InputError('key-file', message, { file, line: number });
    };
    const name = groupName(line);
    if (name !== undefined) {
      if (!isGroupName(name)) fail(`Invalid group name: ${shown(name)}`);
      group = groups.get(name) ?? new Map();
      groups.set(name, group);
      continue;
    }
    const equals = line.indexOf('=');
    if (equals <= 0) {
      fail(
        `Key file contains line “${shown(raw.replace(/\r$/, ''))}” which is not a key-value pair, group, or comment`,
      );
    }
    if (group === undefined) return fail('Key file does not start with a group');
    const key = trimmed(line.slice(0, equals));
    if (!isKeyName(key)) fail(`Invalid key name: ${shown(key)}`);
    group.set(key, unescaped(trimmed(line.slice(equals + 1))));
  }
  return groups;
}

/** The value of a key; undefined where it is absent or blank. */
export function keyValue(file: KeyFile, group: string, key: string): string | undefined {
  return file.get(group)?.get(key) || undefined;
}

const escapes: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };

/** A backslash before anything else stays. */
const unescaped = (value: string): string => value.replace(/\\([sntr\\])/g, (_, letter: string) => escapes[letter]!);

/** Blanks of ASCII only, as GLib counts them; without a regular expression, whose time could grow with the square. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && blank(text.charCodeAt(start))) start += 1;
  while (end > start && blank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** What stands between the brackets of a line that has nothing else. */
function groupName(line: string): string | undefined {
  return line.startsWith('[') && line.indexOf(']') === line.length - 1 ? line.slice(1, -1) : undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const isGroupName = (name: string): boolean => name !== '' && !/[[\u0000-\u001F\u007F]/.test(name);

/** A key, perhaps with a language in brackets. */
const isKeyName = (name: string): boolean => /^[^=[\]]+(\[[\p{L}\p{N}\-_.@]*\])?$/u.test(name);

function shown(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line of a stranger must not steer the terminal
  return short.replace(/[\u0000-\u001F\u007F-\u009F]/g, '\uFFFD');
}
