// SPDX-License-Identifier: Apache-2.0
import type { At, EntityRecord, SubRecord } from '../../load/records.js';
import { type Node, PatternError, parsePattern } from '../../pattern/parse.js';
import { type Positions, positionsOf } from '../../pattern/positions.js';
import { definedOf, type LintInput } from './types.js';

/** A pattern of the database: where it stands, and what it is held against. */
export interface LabelPattern {
  readonly field: string;
  readonly source: string;
  readonly at: At;
  /** Most characters that the label can have, where its format has a bound (ISO 9660, section 8.4). */
  readonly maxLength: number | undefined;
}

export interface Parsed {
  readonly node: Node;
  /** Undefined where it is too large to be looked at. */
  readonly graph: Positions | undefined;
}

const isoFields: Readonly<Record<string, number>> = {
  'volume-id': 32,
  'system-id': 32,
  'publisher-id': 128,
  'application-id': 128,
};
const treeFields = ['treeinfo-family', 'treeinfo-variant', 'treeinfo-version', 'treeinfo-arch'];

/** The patterns of a media or a tree by their fields. */
export function patternsOf(part: SubRecord): readonly LabelPattern[] {
  const found: LabelPattern[] = [];
  for (const field of [...Object.keys(isoFields), ...treeFields, 'l10n-language-regex']) {
    const source = part.params[field]?.[0];
    const maxLength = field === 'l10n-language-regex' ? isoFields['volume-id'] : isoFields[field];
    if (source !== undefined) found.push({ field, source, at: part.at, maxLength });
  }
  return found;
}

/** Every media and tree, with the OS that it is of. */
export function* labelled(input: LintInput): Generator<{ os: EntityRecord; part: SubRecord; what: 'media' | 'tree' }> {
  for (const os of definedOf(input, 'os')) {
    for (const part of os.media ?? []) yield { os, part, what: 'media' };
    for (const part of os.trees ?? []) yield { os, part, what: 'tree' };
  }
}

const cache = new Map<string, Parsed | PatternError>();

/** A pattern read, or what is wrong with it. Databases repeat the same few hundred: they are kept. */
export function readLabelPattern(source: string): Parsed | PatternError {
  let parsed = cache.get(source);
  if (parsed === undefined) {
    parsed = parse(source);
    if (cache.size > 20_000) cache.clear();
    cache.set(source, parsed);
  }
  return parsed;
}

function parse(source: string): Parsed | PatternError {
  try {
    const node = parsePattern(source);
    return { node, graph: positionsOf(node) };
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
}
