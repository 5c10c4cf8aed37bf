// SPDX-License-Identifier: Apache-2.0
import { InputError, nearest } from './errors.js';
import type { EntityInfo, Os, Platform, Product, Relation } from './model/types.js';
import { compareVersions } from './version-order.js';

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** `KEY OPERATOR VALUE`, such as `family=linux`, `release-date>=2024`, `short-id=debian*`. */
export interface Condition {
  readonly key: string;
  readonly operator: Operator;
  readonly value: string;
}

/** A condition that cannot be read, or names a property that is not there. The message is osinfo-query's own. */
export class ConditionError extends InputError {
  readonly near: readonly string[];
  constructor(message: string, near: readonly string[] = []) {
    super('condition', message);
    this.near = near;
  }
}

/**
 * Reads a condition. The key ends at the first operator; a value may hold anything.
 * @throws ConditionError without an operator, or with a key that is not among `keys`
 */
export function parseCondition(text: string, keys: readonly string[]): Condition {
  const match = /^([^=<>!]*)(!=|<=|>=|=|<|>)(.*)$/s.exec(text);
  if (match === null) throw new ConditionError('Syntax error in condition, expecting KEY=VALUE');
  const [, key = '', operator, value = ''] = match;
  if (!keys.includes(key)) throw new ConditionError(`Unknown property name ${key}`, nearest(key, keys));
  return { key, operator: operator as Operator, value };
}

/**
 * Whether any of the entity's values of the key is as the condition says. `=` is exact, but for `*` (any text) and `?`
 * (one character); the comparisons count as versions do, and a part of a date (`2024`) is that whole year or month.
 * An entity without the property fits only `!=`.
 */
export function fits(entity: EntityInfo, { key, operator, value }: Condition): boolean {
  const values = entity.params(key);
  if (operator === '=') return values.some((one) => matchesGlob(one, value));
  if (operator === '!=') return !values.some((one) => matchesGlob(one, value));
  const compare = (one: string): number =>
    compareVersions(key.endsWith('-date') ? one.slice(0, Math.max(1, value.length)) : one, value);
  return values.some((one) => comparisons[operator](compare(one)));
}

const comparisons = {
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
} as const;

/** `*` and `?` against a whole text, in time that is bounded by the product of the lengths. */
export function matchesGlob(text: string, pattern: string): boolean {
  if (!pattern.includes('*') && !pattern.includes('?')) return text === pattern;
  let at = 0;
  let on = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (on < pattern.length && pattern[on] === '*') {
      star = on;
      resume = at;
      on += 1;
    } else if (on < pattern.length && (pattern[on] === '?' || pattern[on] === text[at])) {
      at += 1;
      on += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      on = star + 1;
    } else return false;
  }
  while (pattern[on] === '*') on += 1;
  return on === pattern.length;
}

/**
 * Sorts by the first value of a property, then by id; what lacks the property comes last. Byte order as the original
 * has it (`rhel10` before `rhel9`), or `versions`: as people count.
 */
export function sortEntities<T extends EntityInfo>(
  entities: readonly T[],
  key: string,
  order: 'bytes' | 'versions',
): T[] {
  const compare = order === 'bytes' ? compareBytes : compareVersions;
  return entities
    .map((entity) => ({ entity, value: entity.param(key) }))
    .sort((a, b) => {
      if (a.value !== undefined && b.value !== undefined && a.value !== b.value) return compare(a.value, b.value);
      if ((a.value === undefined) !== (b.value === undefined)) return a.value === undefined ? 1 : -1;
      return compareBytes(a.entity.id, b.entity.id);
    })
    .map(({ entity }) => entity);
}

/** The distinct values of a property among entities, in the order that people count. */
export function uniqueValues(entities: Iterable<EntityInfo>, key: string): string[] {
  const values = new Set<string>();
  for (const entity of entities) for (const value of entity.params(key)) values.add(value);
  return [...values].sort(compareVersions);
}

/** The products of these that were released last, latest first; those without a date come last, by their version. */
export function latestFirst<T extends Product>(products: readonly T[]): T[] {
  return [...products].sort((a, b) => {
    if (a.releaseDate !== b.releaseDate) {
      if (a.releaseDate === undefined || b.releaseDate === undefined) return a.releaseDate === undefined ? 1 : -1;
      return a.releaseDate < b.releaseDate ? 1 : -1;
    }
    return compareVersions(b.version ?? '', a.version ?? '') || compareBytes(a.id, b.id);
  });
}

/** The distinct products that a relation of any of these leads to. */
export function relatedOf(products: readonly Os[], relation: Relation): Os[];
export function relatedOf(products: readonly Platform[], relation: Relation): Platform[];
export function relatedOf(products: readonly (Os | Platform)[], relation: Relation): (Os | Platform)[] {
  const found = products.flatMap((one): readonly (Os | Platform)[] =>
    'relatedOses' in one ? one.relatedOses(relation) : one.relatedPlatforms(relation),
  );
  return [...new Set(found)];
}

/** Code units: the order of UTF-8 bytes as well, but for what is above U+FFFF. */
function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
