// SPDX-License-Identifier: Apache-2.0
import { bucketOf, gramLength, type LiteralTable } from '../../load/literal-table.js';

/**
 * Numbers of the rows that may fit, each once, in no order.
 * @param texts what was read of the four fields that rows have patterns for, in their order
 */
export function lookUp(table: LiteralTable, texts: readonly (readonly string[] | undefined)[]): ReadonlySet<number> {
  const found = new Set(table.always);
  for (const [field, literals] of table.fields.entries()) {
    for (const text of texts[field] ?? []) {
      for (let at = 0; at + gramLength <= text.length; at++) {
        for (const one of literals[bucketOf(text, at)] ?? []) {
          if (!text.includes(one[0])) continue;
          for (let index = 1; index < one.length; index++) found.add(one[index] as number);
        }
      }
    }
  }
  return found;
}
