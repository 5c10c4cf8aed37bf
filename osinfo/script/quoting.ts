// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';

/** Writes a value so that its target reads that value and nothing else. @throws InputError for what the target cannot hold */
type Quote = (value: string, parameter: string) => string;

/** As a POSIX shell takes it: nothing has a meaning between these quotes. */
const shell: Quote = (value) => (/^[\w.:@%+,/-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`);

/** A kickstart splits its lines as a shell does; its reader, Python's, ends a line at Unicode's separators too. */
const kickstart: Quote = (value, parameter) => {
  if (/[\u0085\u2028\u2029]/.test(value)) refuse(parameter, 'has a line separator, which a kickstart cannot hold');
  return shell(oneLine(value, parameter, 'a kickstart'), parameter);
};

/** The rest of a line, as preseed and OpenBSD's answers have it: blanks around it are lost, a backslash at its end goes on. */
const line: Quote = (value, parameter) => {
  oneLine(value, parameter, 'a line of answers');
  if (value !== value.trim()) refuse(parameter, 'begins or ends with a blank, which a line of answers loses');
  if (value.endsWith('\\')) refuse(parameter, 'ends with a backslash, which draws the next line of answers into it');
  return value;
};

/** A string of JSON, which is one of YAML too; what is not ASCII is escaped, since the two differ about some of it. */
const json: Quote = (value) =>
  JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The writer of XML escapes by itself. */
const xml: Quote = (value) => value;

const quotes = { shell, kickstart, line, json, xml } as const satisfies Record<string, Quote>;

/** How values are written in a script: the fact `<gw:values quoting="…"/>` of its entry. */
export type Quoting = keyof typeof quotes;

export const isQuoting = (word: string): word is Quoting => Object.hasOwn(quotes, word);

/** Parameters that are on or off, which templates ask for. */
const switches: ReadonlySet<string> = new Set(['user-admin', 'user-autologin', 'driver-signing']);

/**
 * A value as the script's template is to insert it. No value stays none, and a switch stays its word: templates ask for
 * them.
 * @param parameter what an error names
 * @throws InputError for a value that the target has no word for
 */
export const quoteValue = (quoting: Quoting, value: string, parameter: string): string =>
  value === '' || (switches.has(parameter) && (value === 'true' || value === 'false'))
    ? value
    : quotes[quoting](value, parameter);

function oneLine(value: string, parameter: string, target: string): string {
  if (/[\n\r]/.test(value)) refuse(parameter, `has a line break, which ${target} cannot hold`);
  return value;
}

function refuse(parameter: string, why: string): never {
  throw new InputError('install-config', `${parameter} ${why}; choose another value`);
}
