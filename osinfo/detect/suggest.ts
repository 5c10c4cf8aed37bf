// SPDX-License-Identifier: Apache-2.0

import { archInText, commonArch } from '../arch-names.js';
import { InputError } from '../errors.js';
import { writeXml, type XmlNode } from '../xml/write.js';
import type { MediaFacts, TreeFacts } from './types.js';

/** Most characters of the fields of ISO 9660 (section 8.4). Longer ones, of UDF, are told by their beginning. */
const longest = { short: 32, long: 128 };

/**
 * A `<media>` element for what was read, ready to be pasted into the entry of its operating system: it fits these labels
 * and little else. The version's digits are literal: whoever wants the next point release to fit too writes a class in
 * their place.
 * @throws InputError where nothing was read that a medium could be told by
 */
export function suggestMedia(facts: MediaFacts): string {
  const { volumeId, systemId, publisherId, applicationId, volumeSize } = facts;
  const labels = [
    ...pattern('volume-id', volumeId, longest.short),
    ...pattern('system-id', systemId, longest.short),
    ...pattern('publisher-id', publisherId, longest.long),
    // Mostly the name of the program that wrote the image, and of its version: only where there is nothing better.
    ...pattern('application-id', volumeId ? undefined : applicationId, longest.long),
  ];
  if (labels.length === 0 && volumeSize) labels.push({ name: 'volume-size', children: [String(volumeSize)] });
  if (labels.length === 0) refuse('medium', 'labels');
  const arch = facts.arch || archInText([volumeId, applicationId]);
  return written({
    name: 'media',
    attrs: { arch: arch === undefined ? 'all' : xmlText(commonArch(arch)) },
    children: [{ name: 'iso', children: labels }],
  });
}

/**
 * A `<tree>` element for what was read, in the same way.
 * @throws InputError where nothing was read that a tree could be told by
 */
export function suggestTree(facts: TreeFacts): string {
  const { family, variant, version, arch, kernel, initrd, bootIso } = facts;
  const fields = [
    ...pattern('family', family, longest.long),
    ...pattern('variant', variant, longest.long),
    ...pattern('version', version, longest.long),
  ];
  if (fields.length === 0) refuse('tree', 'family, variant or version');
  const path = (name: string, value: string | undefined): XmlNode[] =>
    value ? [{ name, children: [xmlText(value)] }] : [];
  return written({
    name: 'tree',
    attrs: { arch: arch ? xmlText(commonArch(arch)) : 'all' },
    children: [
      ...path('kernel', kernel),
      ...path('initrd', initrd),
      ...path('boot-iso', bootIso),
      { name: 'treeinfo', children: [...fields, ...pattern('arch', arch, longest.long)] },
    ],
  });
}

function refuse(what: string, missing: string): never {
  throw new InputError('suggest-nothing', `no entry can be suggested: the ${what} says nothing of its ${missing}`);
}

function written(element: XmlNode): string {
  return writeXml(element, { declaration: false });
}

function pattern(name: string, text: string | undefined, most: number): XmlNode[] {
  if (!text) return [];
  const characters = [...text];
  const cut = characters.length > most;
  const source = (cut ? characters.slice(0, most) : characters).map(literally).join('');
  return [{ name, children: [`^${source}${cut ? '' : '$'}`] }];
}

/** A pattern for one character. What XML has no place for, or changes in reading, is written as its number. */
function literally(character: string): string {
  if (/[\\^$.|?*+()[{]/.test(character)) return `\\${character}`;
  const point = character.codePointAt(0)!;
  // Half a character: no pattern can name it.
  if (point >= 0xd800 && point < 0xe000) return '.';
  return isPlain(point) ? character : `\\x{${point.toString(16)}}`;
}

function isPlain(point: number): boolean {
  return (point >= 0x20 && point < 0x7f) || (point >= 0xa0 && point < 0xfffe && point !== 0x2028 && point !== 0x2029);
}

/** Text without what XML has no place for. */
function xmlText(text: string): string {
  return [...text].filter((character) => isPlain(character.codePointAt(0)!)).join('');
}
