// SPDX-License-Identifier: Apache-2.0
import { nearest } from '../../errors.js';
import { dataOf, valuesOf } from './contents.js';
import type { Pattern } from './pattern.js';

/** What the kinds of value are called, by the names that the grammars of databases have for them. */
const kinds: Readonly<Record<string, string>> = {
  date: 'a date such as 2025-03-01',
  uri: 'an address such as http://example.org/os/1',
  url: 'an address such as http://example.org/os/1',
  word: 'one word without spaces',
  number: 'a whole number',
  positiveInteger: 'a whole number',
  integer: 'a whole number',
  nonNegativeInteger: 'a whole number',
  count: 'a whole number above zero',
  hex: 'hexadecimal digits',
  hexNum: 'hexadecimal digits',
  'vendor-product-id': 'hexadecimal digits',
  'some-text': 'some text',
  language: 'a language such as de or pt_BR',
  source: 'the page or document that says so',
};

/** What the rest of the world calls architectures and firmware. */
const otherNames: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  'x86-64': 'x86_64',
  x64: 'x86_64',
  i386: 'i686',
  i586: 'i686',
  x86: 'i686',
  arm64: 'aarch64',
  armhf: 'armv7l',
  armhfp: 'armv7l',
  armel: 'armv6l',
  ppc64el: 'ppc64le',
  uefi: 'efi',
};

/** `; expected true or false`, with a near match where the value looks like one of many words. */
export function expectation(pattern: Pattern, given: string): string {
  const words = valuesOf(pattern).map(({ value }) => value);
  const others: string[] = [];
  for (const { label, expression } of dataOf(pattern)) {
    if (expression !== undefined && /^[\w.-]+(\|[\w.-]+)+$/.test(expression)) words.push(...expression.split('|'));
    else
      others.push(kinds[label] ?? (expression === undefined ? 'text of another kind' : `text that fits ${expression}`));
  }
  const unique = [...new Set(words)].filter((word) => word !== '');
  if (hasList(pattern)) {
    const stranger = given.split(/\s+/).find((word) => word !== '' && !unique.includes(word));
    if (stranger !== undefined && unique.length > 0) return `; ${quoted(stranger)} is not ${listed(unique)}`;
  }
  const meant = otherNames[given];
  if (meant !== undefined && unique.includes(meant)) return `; the database calls it ${meant}`;
  const near = unique.length > 6 ? nearest(given, unique) : [];
  if (near.length > 0) return `; did you mean ${joined(near)}?`;
  const all = [...(unique.length > 0 ? [listed(unique)] : []), ...new Set(others)];
  return all.length === 0 ? '' : `; expected ${joined(all)}`;
}

/** `a, b or c`, or the first of many. */
export function listed(words: readonly string[]): string {
  return words.length <= 14 ? joined(words) : `one of ${words.slice(0, 12).join(', ')} … (${words.length} in all)`;
}

/** `a, b or c` */
export function joined(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}

function hasList(pattern: Pattern): boolean {
  if (pattern.type === 'choice') return hasList(pattern.a) || hasList(pattern.b);
  return pattern.type === 'list';
}

/** A value as it may stand in a message: quoted, in one line, cut. */
export function quoted(value: string): string {
  const short = value.length > 60 ? `${value.slice(0, 57)}…` : value;
  return JSON.stringify(short);
}
