// SPDX-License-Identifier: Apache-2.0
import type { Entry, Facts } from './entries.js';
import type { Patterns } from './patterns.js';

/** Characters of a literal by which entries are found. */
const gramLength = 3;

/**
 * Finds the entries that may fit what was read, without looking at the others: each stands under three characters that
 * every label of it must have. Entries of which nothing of the kind is known are always looked at.
 */
export class LiteralIndex<Field extends string> {
  private readonly byGram = new Map<Field, LiteralTable>();
  private readonly always: number[] = [];

  constructor(entries: readonly Entry<Field>[], patterns: Patterns) {
    const literals = new Map<Field, Map<string, Literal>>();
    for (const [number, entry] of entries.entries()) {
      const best = bestLiterals(entry, patterns);
      if (best === undefined) {
        this.always.push(number);
        continue;
      }
      const known = literals.get(best.field) ?? new Map<string, Literal>();
      literals.set(best.field, known);
      for (const text of best.literals) {
        const literal = known.get(text);
        if (literal === undefined) known.set(text, { text, entries: [number] });
        else if (literal.entries.at(-1) !== number) literal.entries.push(number);
      }
    }
    for (const [field, known] of literals) this.byGram.set(field, tableOf([...known.values()]));
  }

  /** Numbers of entries, each once, in no order. */
  lookUp(facts: Facts<Field>): ReadonlySet<number> {
    const found = new Set(this.always);
    for (const [field, literals] of this.byGram) {
      for (const text of facts.texts.get(field) ?? []) {
        for (let at = 0; at + gramLength <= text.length; at++) {
          for (const literal of literals[bucketOf(text, at)] ?? []) {
            if (text.includes(literal.text)) for (const number of literal.entries) found.add(number);
          }
        }
      }
    }
    return found;
  }
}

interface Literal {
  readonly text: string;
  /** Numbers of the entries of which a label may have it. */
  readonly entries: number[];
}

/** Literals by the bucket of three characters of theirs. */
type LiteralTable = readonly (readonly Literal[] | undefined)[];

const buckets = 4_096;

/** The bucket of the three characters at a place. */
function bucketOf(text: string, at: number): number {
  return (text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2)) & (buckets - 1);
}

/** Each literal stands in the rarest bucket of its own, so that few share one. */
function tableOf(literals: readonly Literal[]): LiteralTable {
  const counts = new Uint16Array(buckets);
  for (const { text } of literals) {
    for (let at = 0; at + gramLength <= text.length; at++) counts[bucketOf(text, at)]! += 1;
  }
  const table = new Array<Literal[] | undefined>(buckets);
  for (const literal of literals) {
    let rarest = bucketOf(literal.text, 0);
    for (let at = 1; at + gramLength <= literal.text.length; at++) {
      const bucket = bucketOf(literal.text, at);
      if (counts[bucket]! < counts[rarest]!) rarest = bucket;
    }
    const sharing = table[rarest];
    if (sharing === undefined) table[rarest] = [literal];
    else sharing.push(literal);
  }
  return table;
}

/** The field whose literals are longest; undefined where none has any long enough. */
function bestLiterals<Field extends string>(entry: Entry<Field>, patterns: Patterns) {
  let best: { field: Field; literals: readonly string[]; length: number } | undefined;
  for (const { field, source } of entry.patterns) {
    const literals = patterns.literalsOf(source);
    const length = literals.reduce((least, literal) => Math.min(least, literal.length), Number.POSITIVE_INFINITY);
    if (literals.length > 0 && length >= gramLength && length > (best?.length ?? 0)) best = { field, literals, length };
  }
  return best;
}
