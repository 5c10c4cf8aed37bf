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
  private readonly byGram = new Map<Field, Map<string, Literal[]>>();
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
    for (const [field, known] of literals) this.byGram.set(field, byRarestGram([...known.values()]));
  }

  /** Numbers of entries, each once, in no order. */
  lookUp(facts: Facts<Field>): ReadonlySet<number> {
    const found = new Set(this.always);
    for (const [field, literals] of this.byGram) {
      for (const text of facts.texts.get(field) ?? []) {
        for (let at = 0; at + gramLength <= text.length; at++) {
          for (const literal of literals.get(text.slice(at, at + gramLength)) ?? []) {
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

/** Each literal beneath the rarest of its runs of characters, so that few share one. */
function byRarestGram(literals: readonly Literal[]): Map<string, Literal[]> {
  const counts = new Map<string, number>();
  for (const { text } of literals) for (const gram of gramsOf(text)) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  const found = new Map<string, Literal[]>();
  for (const literal of literals) {
    const key = gramsOf(literal.text).reduce((a, b) => (counts.get(b)! < counts.get(a)! ? b : a));
    const beneath = found.get(key);
    if (beneath === undefined) found.set(key, [literal]);
    else beneath.push(literal);
  }
  return found;
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

function gramsOf(literal: string): readonly string[] {
  return Array.from({ length: literal.length - gramLength + 1 }, (_, at) => literal.slice(at, at + gramLength));
}
