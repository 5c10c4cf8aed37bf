// SPDX-License-Identifier: Apache-2.0
import type { Entry, Facts } from './entries.js';
import { fieldMatches } from './fields.js';
import type { Patterns } from './patterns.js';

/** Entries that are looked at closely. */
const closeLooks = 60;

/**
 * The entries that miss least, best first, one an operating system: those whose patterns look most like what was read
 * are tried field by field.
 */
export function nearestEntries<Field extends string>(
  entries: readonly Entry<Field>[],
  facts: Facts<Field>,
  patterns: Patterns,
  most: number,
): readonly Entry<Field>[] {
  const grams = new Map<Field, ReadonlySet<number>>();
  for (const [field, [text]] of facts.texts) grams.set(field, pairsOf(text ?? ''));
  const likenesses = Float64Array.from(entries, (entry) => likeness(entry, grams));
  const best = likenesses.reduce((most, one) => Math.max(most, one), 0);
  if (best === 0) return [];
  const alike = entries
    .map((entry, index) => ({ entry, likeness: likenesses[index]! }))
    .filter(({ likeness }) => likeness >= best / 2)
    .sort((a, b) => b.likeness - a.likeness || before(a.entry, b.entry))
    .slice(0, closeLooks)
    .map((one) => ({ ...one, missed: missedFields(one.entry, facts, patterns) }))
    .sort((a, b) => a.missed - b.missed || b.likeness - a.likeness || before(a.entry, b.entry));
  const seen = new Set<number>();
  return alike
    .map(({ entry }) => entry)
    .filter(({ os }) => !seen.has(os) && seen.add(os))
    .slice(0, most);
}

function before(a: Entry<string>, b: Entry<string>): number {
  return a.os - b.os || a.part - b.part;
}

function missedFields<Field extends string>(entry: Entry<Field>, facts: Facts<Field>, patterns: Patterns): number {
  return fieldMatches(entry, facts, patterns).filter(({ outcome }) => outcome !== 'fits').length;
}

/** Pairs of letters and digits that the pattern's text and what was read share, as a share of both. */
function likeness<Field extends string>(
  { patterns }: Entry<Field>,
  read: ReadonlyMap<Field, ReadonlySet<number>>,
): number {
  let best = 0;
  for (const pattern of patterns) {
    const text = read.get(pattern.field);
    if (text === undefined) continue;
    const pairs = pairsOfPattern(pattern);
    let shared = 0;
    for (let index = 0; index < pairs.length; index++) if (text.has(pairs[index]!)) shared += 1;
    best = Math.max(best, (2 * shared) / (pairs.length + text.size || 1));
  }
  return best;
}

const known = new WeakMap<object, readonly number[]>();

/** Each pattern is held against every label that nothing fits: its pairs are found once. */
function pairsOfPattern(pattern: { readonly source: string }): readonly number[] {
  let pairs = known.get(pattern);
  if (pairs === undefined) {
    pairs = [...pairsOf(pattern.source)];
    known.set(pattern, pairs);
  }
  return pairs;
}

/** Two characters of ASCII after one another, as a number. */
function pairsOf(text: string): ReadonlySet<number> {
  const letters = text
    .slice(0, 200)
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase();
  const pairs = new Set<number>();
  for (let at = 0; at + 2 <= letters.length; at++) pairs.add(letters.charCodeAt(at) * 128 + letters.charCodeAt(at + 1));
  return pairs;
}
