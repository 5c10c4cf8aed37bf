// SPDX-License-Identifier: Apache-2.0
// What becomes of the words behind options that several commands have.
import { InvalidArgumentError } from 'commander';
import type { DbChoice } from '../../osinfo/load/places.js';

/** The letters of sizes, in bytes. */
export const UNITS = { M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 } as const;

/** Of an option that may be repeated: all words, in their order. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/**
 * A whole number of at least 1.
 * @throws InvalidArgumentError
 */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > 2 ** 31)
    throw new InvalidArgumentError('it has to be a whole number, 1 or more.');
  return value;
}

/**
 * `--define-include PATH=FILE`, which may be given several times.
 * @throws InvalidArgumentError
 */
export function collectInclude(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('it is written PATH=FILE.');
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
}

/** What a `--db` that may be repeated says: one word may be `bundled` or `system`; several are paths. */
export function chosenDb(given: readonly string[]): DbChoice {
  return given.length === 1 ? given[0]! : given;
}
