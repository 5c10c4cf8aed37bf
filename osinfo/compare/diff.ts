// SPDX-License-Identifier: Apache-2.0
import type { LoadedDatabase } from '../load/load.js';
import { type EntityRecord, type Kind, kinds } from '../load/records.js';
import { type Item, type Parts, partsOf } from './items.js';

/** One thing about an entity that is not as it was. `before` is absent for what came, `after` for what went. */
export interface FieldChange {
  /** `eol-date`, `media x86_64 ^Exos-2$`, `media x86_64 ^Exos-2$: url`. */
  readonly field: string;
  readonly before?: string;
  readonly after?: string;
}

export interface EntityName {
  readonly kind: Kind;
  readonly id: string;
  readonly shortId?: string;
  readonly name?: string;
}

export interface EntityChange extends EntityName {
  readonly fields: readonly FieldChange[];
}

/** What differs between two databases; by kind and id. */
export interface DatabaseDiff {
  readonly added: readonly EntityName[];
  readonly removed: readonly EntityName[];
  readonly changed: readonly EntityChange[];
}

/** Compares two databases as they are loaded: where things stand in their files does not matter. */
export function diffDatabases(before: LoadedDatabase, after: LoadedDatabase): DatabaseDiff {
  const added: EntityName[] = [];
  const removed: EntityName[] = [];
  const changed: EntityChange[] = [];
  for (const kind of kinds) {
    const ids = new Set([...before.entities[kind].keys(), ...after.entities[kind].keys()]);
    for (const id of [...ids].sort()) {
      const old = definedIn(before, kind, id);
      const now = definedIn(after, kind, id);
      if (old === undefined && now !== undefined) added.push(nameOf(now));
      else if (old !== undefined && now === undefined) removed.push(nameOf(old));
      else if (old !== undefined && now !== undefined) {
        const fields = diffParts(partsOf(old), partsOf(now));
        if (fields.length > 0) changed.push({ ...nameOf(now), fields });
      }
    }
  }
  return { added, removed, changed };
}

/** An entity that is only referred to is not there. */
function definedIn(loaded: LoadedDatabase, kind: Kind, id: string): EntityRecord | undefined {
  const record = loaded.entities[kind].get(id);
  return record !== undefined && record.origins.length > 0 ? record : undefined;
}

function nameOf({ kind, id, params }: EntityRecord): EntityName {
  const shortId = params['short-id']?.[0];
  const name = params['name']?.[0];
  return { kind, id, ...(shortId === undefined ? {} : { shortId }), ...(name === undefined ? {} : { name }) };
}

function diffParts(before: Parts, after: Parts): readonly FieldChange[] {
  const fields = diffValues('', before.properties, after.properties);
  const lists = new Set([...before.items, ...after.items].map(({ list }) => list));
  for (const list of lists) {
    const old = before.items.filter((item) => item.list === list);
    const now = after.items.filter((item) => item.list === list);
    const { pairs, gone, come } = pairUp(old, now);
    for (const item of gone) fields.push({ field: titleOf(item), before: summaryOf(item) });
    for (const item of come) fields.push({ field: titleOf(item), after: summaryOf(item) });
    for (const [one, other] of pairs) fields.push(...diffValues(`${titleOf(other)}: `, one.values, other.values));
  }
  return fields;
}

function diffValues(
  prefix: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    const now = Object.hasOwn(after, key) ? after[key] : undefined;
    if (old === now) continue;
    changes.push({
      field: prefix + key,
      ...(old === undefined ? {} : { before: old }),
      ...(now === undefined ? {} : { after: now }),
    });
  }
  return changes;
}

/** Items that are the same thing on both sides: equal ones, then those with the same best name, then the next best. */
function pairUp(
  before: readonly Item[],
  after: readonly Item[],
): { pairs: [Item, Item][]; gone: Item[]; come: Item[] } {
  let gone = [...before];
  let come = [...after];
  const pairs: [Item, Item][] = [];
  const match = (keyOf: (item: Item) => string | undefined, keep: boolean): void => {
    const waiting = new Map<string, Item[]>();
    for (const item of gone) {
      const key = keyOf(item);
      if (key !== undefined) waiting.set(key, [...(waiting.get(key) ?? []), item]);
    }
    const paired = new Set<Item>();
    for (const item of come) {
      const other = waiting.get(keyOf(item) ?? '')?.shift();
      if (keyOf(item) === undefined || other === undefined) continue;
      paired.add(item).add(other);
      if (keep) pairs.push([other, item]);
    }
    gone = gone.filter((item) => !paired.has(item));
    come = come.filter((item) => !paired.has(item));
  };
  match(
    (item) =>
      JSON.stringify(
        Object.entries(item.values)
          .sort()
          .concat([['', item.names[0] ?? '']]),
      ),
    false,
  );
  const depth = Math.max(0, ...[...before, ...after].map(({ names }) => names.length));
  for (let level = 0; level < depth; level++) match((item) => item.names[level], true);
  return { pairs, gone, come };
}

function titleOf({ list, names }: Item): string {
  const name = names[0] ?? '';
  return name === '' ? list : `${list} ${name}`;
}

/** The values of a part that came or went, in one line, but for those that its title tells. */
function summaryOf(item: Item): string {
  const title = titleOf(item);
  const told = Object.entries(item.values).filter(([, value]) => !title.includes(value));
  return told.map(([key, value]) => `${key}=${value}`).join(', ');
}
