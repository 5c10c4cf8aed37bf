// SPDX-License-Identifier: Apache-2.0
import { literalsOf } from '../../pattern/literals.js';
import type { Entry, Facts } from './entries.js';

/** Characters of a literal by which entries are found. */
const gramLength = 3;

/**
 * Finds the entries that may fit what was read, without looking at the others: each stands under three characters that
 * every label of it must have. Entries of which nothing of the kind is known are always looked at.
 */
export class LiteralIndex<Field extends string> {
  private readonly byGram = new Map<Field, Map<string, number[]>>();
  private readonly always: number[] = [];

  constructor(entries: readonly Entry<Field>[]) {
    const literals = entries.map(bestLiterals);
    const common = new Map<string, number>();
    for (const one of literals) {
      for (const literal of one?.literals ?? [])
        for (const gram of gramsOf(literal)) common.set(gram, (common.get(gram) ?? 0) + 1);
    }
    for (const [number, one] of literals.entries()) {
      if (one === undefined) {
        this.always.push(number);
        continue;
      }
      let grams = this.byGram.get(one.field);
      if (grams === undefined) {
        grams = new Map();
        this.byGram.set(one.field, grams);
      }
      // The rarest of each literal, so that few entries share one.
      const keys = one.literals.map((literal) =>
        gramsOf(literal).reduce((a, b) => (common.get(b)! < common.get(a)! ? b : a)),
      );
      for (const key of new Set(keys)) {
        const under = grams.get(key);
        if (under === undefined) grams.set(key, [number]);
        else under.push(number);
      }
    }
  }

  /** Numbers of entries, each once, in no order. */
  lookUp(facts: Facts<Field>): ReadonlySet<number> {
    const found = new Set(this.always);
    for (const [field, grams] of this.byGram) {
      for (const text of facts.texts.get(field) ?? []) {
        for (let at = 0; at + gramLength <= text.length; at++) {
          for (const number of grams.get(text.slice(at, at + gramLength)) ?? []) found.add(number);
        }
      }
    }
    return found;
  }
}

/** The field whose literals are longest; undefined where none has any long enough. */
function bestLiterals<Field extends string>({ patterns }: Entry<Field>) {
  let best: { field: Field; literals: readonly string[]; length: number } | undefined;
  for (const { field, source } of patterns) {
    const literals = literalsOf(source);
    if (literals.length === 0) continue;
    const length = Math.min(...literals.map((literal) => literal.length));
    if (length >= gramLength && length > (best?.length ?? 0)) best = { field, literals, length };
  }
  return best;
}

function gramsOf(literal: string): readonly string[] {
  return Array.from({ length: literal.length - gramLength + 1 }, (_, at) => literal.slice(at, at + gramLength));
}
