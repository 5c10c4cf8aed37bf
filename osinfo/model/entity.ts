// SPDX-License-Identifier: Apache-2.0

import { lineageOf, relatedIds } from '../inherit.js';
import type { HardwareIds } from '../load/ids.js';
import {
  type At,
  type EntityRecord,
  type ExtraRecord,
  type FactRecord,
  type Kind,
  kinds,
  type Params,
  type SubRecord,
} from '../load/records.js';
import { type HeadRow, headKeys, type RecordSource } from '../load/source.js';
import type {
  Device,
  EntityInfo,
  ExtraElement,
  Fact,
  InstallScript,
  Origin,
  Os,
  Platform,
  Product,
  Relation,
} from './types.js';

/** What entities need of the whole database. */
export interface World {
  readonly source: RecordSource;
  readonly ids: HardwareIds;
  os(id: string): Os | undefined;
  platform(id: string): Platform | undefined;
  installScript(id: string): InstallScript | undefined;
  /** A device that nothing defines has nothing but its id. */
  device(id: string): Device;
}

export function originOf(world: World, at: At): Origin {
  return { file: world.source.files()[at[0]] ?? '', line: at[1] };
}

const none: readonly string[] = [];
const listedKeys = Object.fromEntries(
  kinds.map((kind) => [kind, new Map(headKeys[kind].map((key, index) => [key, index + 1]))]),
) as unknown as Readonly<Record<Kind, ReadonlyMap<string, number>>>;

/** The base of all entities: properties from the list where they are in it, from the record where they are not. */
export abstract class Entity implements EntityInfo {
  private readonly memo = new Map<string, unknown>();
  private row: HeadRow | undefined;

  constructor(
    protected readonly world: World,
    private readonly kind: Kind,
    readonly id: string,
  ) {}

  get origins(): readonly Origin[] {
    return this.once('origins', () => this.record.origins.map((at) => originOf(this.world, at)));
  }

  param(key: string): string | undefined {
    const value = this.listed(key);
    return typeof value === 'string' ? value : this.params(key)[0];
  }

  params(key: string): readonly string[] {
    if (key === 'id') return [this.id];
    const value = this.listed(key);
    if (value !== undefined) return value === null ? none : typeof value === 'string' ? [value] : value;
    const all = this.allParams;
    return Object.hasOwn(all, key) ? all[key]! : none;
  }

  /** The value in the list, null for none; undefined for what the list does not have. Loops come through here for every cell. */
  private listed(key: string): HeadRow[number] | undefined {
    const position = listedKeys[this.kind].get(key);
    if (position === undefined) return undefined;
    this.row ??= this.world.source.head(this.kind, this.id) ?? [this.id];
    return this.row[position] ?? null;
  }

  paramKeys(): readonly string[] {
    return ['id', ...Object.keys(this.allParams)];
  }

  get extras(): readonly ExtraElement[] {
    return this.once('extras', () => (this.record.extras ?? []).map((one) => toExtra(this.world, one)));
  }

  get facts(): readonly Fact[] {
    return this.once('facts', () => (this.record.facts ?? []).map((fact) => toFact(this.world, fact, this.id)));
  }

  protected get allParams(): Params {
    return this.record.params;
  }

  protected get record(): EntityRecord {
    return this.once(
      'record',
      () => this.world.source.record(this.kind, this.id) ?? { kind: this.kind, id: this.id, origins: [], params: {} },
    );
  }

  /** Computed when first asked for. */
  protected once<T>(name: string, make: () => T): T {
    if (!this.memo.has(name)) this.memo.set(name, make());
    return this.memo.get(name) as T;
  }
}

/** What operating systems and platforms have in common. */
export abstract class ProductEntity extends Entity implements Product {
  get shortId(): string | undefined {
    return this.param('short-id');
  }
  get shortIds(): readonly string[] {
    return this.params('short-id');
  }
  get name(): string | undefined {
    return this.param('name');
  }
  get version(): string | undefined {
    return this.param('version');
  }
  get vendor(): string | undefined {
    return this.param('vendor');
  }
  get codename(): string | undefined {
    return this.param('codename');
  }
  get logo(): string | undefined {
    return this.param('logo');
  }
  get releaseDate(): string | undefined {
    return this.param('release-date');
  }
  get eolDate(): string | undefined {
    return this.param('eol-date');
  }

  related(relation: Relation): readonly string[] {
    return relatedIds(this.record, relation);
  }

  get lineage(): readonly string[] {
    return this.once('lineage', () => this.lineageRecords.map((record) => record.id));
  }

  override get facts(): readonly Fact[] {
    return this.once('facts', () =>
      this.lineageRecords.flatMap((record) => (record.facts ?? []).map((fact) => toFact(this.world, fact, record.id))),
    );
  }

  protected get lineageRecords(): readonly EntityRecord[] {
    return this.once('lineageRecords', () =>
      lineageOf(this.record, (id) => this.world.source.record(this.record.kind, id)),
    );
  }
}

export function toExtra(world: World, { name, namespace, xml, at }: ExtraRecord): ExtraElement {
  return { name, namespace, xml, origin: originOf(world, at) };
}

function toFact(world: World, fact: FactRecord, from: string): Fact {
  const { source, ...attributes } = fact.attributes;
  return { name: fact.name, arch: attributes.arch, attributes, source, from, origin: originOf(world, fact.at) };
}

/** The record beneath an entity. @throws TypeError for an object that no database of `openDb` handed out */
export function recordOf(entity: EntityInfo): EntityRecord {
  if (entity instanceof Entity) return entity['record'];
  throw new TypeError('an entity of a database that openDb() or dbFromXml() opened is needed');
}

/** The first value of a part's property. */
export function first(part: SubRecord, key: string): string | undefined {
  return part.params[key]?.[0];
}
