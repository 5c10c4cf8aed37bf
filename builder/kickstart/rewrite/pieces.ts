// SPDX-License-Identifier: Apache-2.0
import { beginsWithPercent, firstIndex, firstWord, splitLines } from '../lines.js';
import type { CommandLine, Kickstart } from '../model.js';
import type { Dialect } from '../option-table.js';
import { parseOptions } from '../options.js';
import { findSection, type SectionSpec } from '../sections.js';
import { parseVersion } from '../versions.js';
import { splitWords } from '../words.js';

/** One line of a kickstart, known for what it is. `line` counts from 1; `source` is all of it, `raw` has no white space behind it. */
export type Piece = {
  readonly line: number;
  readonly source: string;
  readonly raw: string;
} /** `body` is a line of any section but `%packages`. */ & (
  | { readonly kind: 'blank' | 'comment' | 'unread' | 'body' }
  | { readonly kind: 'command'; readonly command: CommandLine; readonly comment: string | undefined }
  /** `%include` and `%ksappend`. */
  | { readonly kind: 'directive'; readonly words: readonly string[]; readonly comment: string | undefined }
  | {
      readonly kind: 'header';
      readonly section: SectionSpec;
      readonly words: readonly string[];
      readonly options: CommandLine['options'];
      readonly comment: string | undefined;
    }
  /** A line of `%packages`; a comment alone has no entry. */
  | { readonly kind: 'package'; readonly entry: string; readonly comment: string | undefined }
  | { readonly kind: 'end'; readonly comment: string | undefined }
);

/**
 * The lines of one file, nothing left out and nothing included.
 * @param kickstart the same text as the parser reads it with `follow: 'none'`
 */
export function readPieces(text: string, kickstart: Kickstart, version: string | undefined): Piece[] {
  const commands = new Map(kickstart.commands.map((command) => [command.at.line, command]));
  const dialect = version === undefined ? undefined : parseVersion(version);
  const pieces: Piece[] = [];
  let section: SectionSpec | undefined;
  for (const [index, source] of splitLines(text.replace(/^\ufeff/, '')).entries()) {
    const place = { line: index + 1, source, raw: source.trimEnd() };
    const word = beginsWithPercent(source) ? firstWord(source) : '';
    if (word === '%include' || word === '%ksappend') pieces.push(directive(place));
    else if (findSection(word)) {
      const header = readHeader(place, findSection(word)!, dialect);
      pieces.push(header);
      section = header.section;
    } else if (section && word === '%end') {
      pieces.push({ ...place, kind: 'end', comment: commentIn(place.raw) });
      section = undefined;
    } else if (section) pieces.push(bodyLine(place, section));
    else pieces.push(topLine(place, commands.get(place.line)));
  }
  return pieces;
}

type Place = Pick<Piece, 'line' | 'source' | 'raw'>;

function directive(place: Place): Piece {
  const { words, comment } = splitWords(place.raw);
  return { ...place, kind: 'directive', words: words.slice(0, 2).map((word) => word.text), comment };
}

function readHeader(place: Place, section: SectionSpec, dialect: Dialect): Piece & { kind: 'header' } {
  const { words, comment } = splitWords(place.raw);
  const rest = words.slice(1);
  if (section.kind === 'verbatim')
    return { ...place, kind: 'header', section, words: rest.map((word) => word.text), options: {}, comment };
  const { options } = parseOptions({ ...section, owner: section.name }, rest, 1, dialect);
  return { ...place, kind: 'header', section, words: [], options, comment };
}

function bodyLine(place: Place, section: SectionSpec): Piece {
  if (section.kind !== 'packages') return { ...place, kind: 'body' };
  const hash = place.raw.indexOf('#');
  const entry = (hash < 0 ? place.raw : place.raw.slice(0, hash)).trim();
  if (entry === '' && hash < 0) return { ...place, kind: 'blank' };
  return { ...place, kind: 'package', entry, comment: commentIn(place.raw) };
}

function topLine(place: Place, command: CommandLine | undefined): Piece {
  const start = firstIndex(place.raw);
  if (start < 0) return { ...place, kind: 'blank' };
  if (place.raw[start] === '#') return { ...place, kind: 'comment' };
  // What a version passes over, and what is wrong, stays as it stands.
  if (!command) return { ...place, kind: 'unread' };
  return { ...place, kind: 'command', command, comment: splitWords(place.raw).comment };
}

function commentIn(raw: string): string | undefined {
  const hash = raw.indexOf('#');
  return hash < 0 ? undefined : raw.slice(hash);
}
