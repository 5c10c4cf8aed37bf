// SPDX-License-Identifier: Apache-2.0
import { literalsOf } from '../pattern/literals.js';

/** Characters of a literal by which rows are found. */
export const gramLength = 3;
const buckets = 4_096;

/** A literal that a pattern wants, and the numbers of the rows that may fit where it is found. */
export type LiteralRows = readonly [literal: string, ...rows: number[]];

/**
 * Which rows may fit a text, so that nobody tries them all: each row stands with the literals that its patterns want, in
 * the bucket of three characters of theirs. It is kept in the compiled index, since it takes longer to make than to use.
 */
export interface LiteralTable {
  /** For each of the four patterns of a row, the literals by their bucket. */
  readonly fields: readonly Readonly<Record<number, readonly LiteralRows[]>>[];
  /** Rows of which no literal is known: they are always to be tried. */
  readonly always: readonly number[];
}

/** The bucket of the three characters at a place of a text. */
export function bucketOf(text: string, at: number): number {
  return (text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2)) & (buckets - 1);
}

/** The table of rows, each given as its four patterns. */
export function literalTable(rows: readonly (readonly (string | null)[])[]): LiteralTable {
  const known = new Map<string, readonly string[]>();
  const fields = Array.from({ length: 4 }, () => new Map<string, number[]>());
  const always: number[] = [];
  for (const [number, patterns] of rows.entries()) {
    const best = bestLiterals(patterns, known);
    if (best === undefined) always.push(number);
    for (const literal of best?.literals ?? []) {
      const beneath = fields[best!.field]!.get(literal);
      if (beneath === undefined) fields[best!.field]!.set(literal, [number]);
      else beneath.push(number);
    }
  }
  return { fields: fields.map(inBuckets), always };
}

/** The pattern whose literals are longest; undefined where none has any long enough. */
function bestLiterals(patterns: readonly (string | null)[], known: Map<string, readonly string[]>) {
  let best: { field: number; literals: readonly string[]; length: number } | undefined;
  for (const [field, source] of patterns.entries()) {
    if (source === null) continue;
    let literals = known.get(source);
    if (literals === undefined) {
      literals = [...new Set(literalsOf(source))];
      known.set(source, literals);
    }
    const length = literals.reduce((least, literal) => Math.min(least, literal.length), Number.POSITIVE_INFINITY);
    if (literals.length > 0 && length >= gramLength && length > (best?.length ?? 0)) best = { field, literals, length };
  }
  return best;
}

/** Each literal stands in the rarest bucket of its own, so that few share one. */
function inBuckets(literals: ReadonlyMap<string, readonly number[]>): Record<number, LiteralRows[]> {
  const counts = new Uint16Array(buckets);
  for (const text of literals.keys()) {
    for (let at = 0; at + gramLength <= text.length; at++) counts[bucketOf(text, at)]! += 1;
  }
  const table: Record<number, LiteralRows[]> = {};
  for (const [text, rows] of literals) {
    let rarest = bucketOf(text, 0);
    for (let at = 1; at + gramLength <= text.length; at++) {
      const bucket = bucketOf(text, at);
      if (counts[bucket]! < counts[rarest]!) rarest = bucket;
    }
    const sharing = table[rarest] ?? [];
    sharing.push([text, ...rows]);
    table[rarest] = sharing;
  }
  return table;
}
