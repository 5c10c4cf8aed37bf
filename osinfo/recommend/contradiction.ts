// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { DecisionFact } from './types.js';

/** A fact in a sentence: its text, and in brackets where it is said and from whom it is inherited. */
export function sayFact(fact: DecisionFact): string {
  const where = [fact.at, fact.from && `from ${fact.from}`].filter(Boolean).join(', ');
  return where === '' ? fact.text : `${fact.text} (${where})`;
}

/**
 * Two facts that no machine satisfies.
 * @throws InputError always, naming both and the ways out
 */
export function contradiction(code: string, one: DecisionFact, other: DecisionFact, waysOut: string): never {
  throw new InputError(`recommend-${code}`, `${sayFact(one)}, but ${sayFact(other)}; ${waysOut}`);
}
