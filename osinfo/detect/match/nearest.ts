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
  const grams = new Map<Field, ReadonlySet<string>>();
  for (const [field, [text]] of facts.texts) grams.set(field, pairsOf(text ?? ''));
  const likest = entries
    .map((entry) => ({ entry, likeness: likeness(entry, grams) }))
    .filter(({ likeness }) => likeness > 0)
    .sort((a, b) => b.likeness - a.likeness || before(a.entry, b.entry))
    .slice(0, closeLooks);
  const alike = likest
    .filter(({ likeness }) => likeness >= likest[0]!.likeness / 2)
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
  read: ReadonlyMap<Field, ReadonlySet<string>>,
): number {
  let best = 0;
  for (const { field, source } of patterns) {
    const text = read.get(field);
    if (text === undefined) continue;
    const pairs = pairsOf(source);
    let shared = 0;
    for (const pair of pairs) if (text.has(pair)) shared += 1;
    best = Math.max(best, (2 * shared) / (pairs.size + text.size || 1));
  }
  return best;
}

function pairsOf(text: string): ReadonlySet<string> {
  const letters = text
    .slice(0, 200)
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase();
  const pairs = new Set<string>();
  for (let at = 0; at + 2 <= letters.length; at++) pairs.add(letters.slice(at, at + 2));
  return pairs;
}
