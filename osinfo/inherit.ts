// SPDX-License-Identifier: Apache-2.0
import { type EntityRecord, newestFirst, type ResourceKind, type SubRecord } from './load/records.js';

/**
 * What an entity has from others, by libosinfo's rules, which differ by kind:
 *
 * | what | along | how |
 * |---|---|---|
 * | devices of an OS | derives-from, clones | union; the nearest link of a device decides, also to switch it off |
 * | firmware of an OS | derives-from, clones | what a nearer level switches off is off; the rest is added up |
 * | kernel-url-argument, cloud-image-username | derives-from, clones | the first found |
 * | resources of an OS | derives-from, clones | only into an element with `inherit`, number by number, same architecture |
 * | devices of a platform | derives-from, upgrades | union, where `supported="false"` has no say |
 *
 * Names, dates, media, trees, images, variants, scripts and drivers are never inherited.
 */

type Lookup = (id: string) => EntityRecord | undefined;
type Relation = 'derives-from' | 'clones' | 'upgrades';

/** The relations that inheritance follows, in the order in which it does. */
export const inheritedAlong: Readonly<Record<'os' | 'platform', readonly Relation[]>> = {
  os: ['derives-from', 'clones'],
  platform: ['derives-from', 'upgrades'],
};

/** Direct targets of a relation: of several the one said last comes first, as libosinfo keeps them. */
export function relatedIds(record: EntityRecord, relation: Relation): string[] {
  return newestFirst((record.relations ?? []).filter((one) => one.relation === relation)).map(({ id }) => id);
}

/**
 * The entity and everything it inherits from, nearest first: depth first, each target with all that is above it before
 * the next. Nothing comes twice, so that rings and diamonds end.
 */
export function lineageOf(start: EntityRecord, lookup: Lookup): EntityRecord[] {
  const relations = inheritedAlong[start.kind === 'platform' ? 'platform' : 'os'];
  const lineage: EntityRecord[] = [];
  const seen = new Set<string>();
  const stack = [start];
  for (let record = stack.pop(); record !== undefined; record = stack.pop()) {
    if (seen.has(record.id)) continue;
    seen.add(record.id);
    lineage.push(record);
    const targets = relations.flatMap((relation) => relatedIds(record!, relation));
    for (const id of targets.reverse()) {
      const target = lookup(id);
      if (target !== undefined && !seen.has(id)) stack.push(target);
    }
  }
  return lineage;
}

/** A part of an entity, and the entity that it is from. */
export interface Inherited {
  readonly part: SubRecord;
  readonly from: string;
}

/** Device links of an OS with all that it inherits; a device that its nearest link switches off is left out. */
export function osDeviceLinks(lineage: readonly EntityRecord[]): Inherited[] {
  return nearestLinks(lineage).filter(({ part }) => isSupportedLink(part));
}

/** Device links of a platform with all that it inherits. libosinfo ignores `supported` here. */
export function platformDeviceLinks(lineage: readonly EntityRecord[]): Inherited[] {
  return nearestLinks(lineage);
}

function nearestLinks(lineage: readonly EntityRecord[]): Inherited[] {
  const nearest = new Map<string, Inherited>();
  for (const record of lineage) {
    for (const part of record.links ?? []) {
      if (!nearest.has(part.id)) nearest.set(part.id, { part, from: record.id });
    }
  }
  return [...nearest.values()];
}

export function isSupportedLink(link: SubRecord): boolean {
  return link.params.supported?.[0] !== 'false';
}

/** Only `true` is on; an entry that does not say is on. */
export function isSupportedFirmware(firmware: SubRecord): boolean {
  const supported = firmware.params.supported?.[0];
  return supported === undefined || supported === 'true';
}

/** Firmware that is not switched off at its own or a nearer level (`get_firmware_list`). */
export function supportedFirmware(lineage: readonly EntityRecord[]): Inherited[] {
  const off = new Set<string>();
  const list: Inherited[] = [];
  for (const record of lineage) {
    const own = record.firmware ?? [];
    for (const part of own) if (!isSupportedFirmware(part)) off.add(firmwareKey(part));
    for (const part of own) if (!off.has(firmwareKey(part))) list.push({ part, from: record.id });
  }
  return list;
}

/** Firmware of the nearest level that speaks of an architecture and type, switched off or not (`get_complete_firmware_list`). */
export function completeFirmware(lineage: readonly EntityRecord[]): Inherited[] {
  const known = new Set<string>();
  const list: Inherited[] = [];
  for (const record of lineage) {
    const own = (record.firmware ?? []).filter((part) => !known.has(firmwareKey(part)));
    for (const part of own) {
      known.add(firmwareKey(part));
      list.push({ part, from: record.id });
    }
  }
  return list;
}

function firmwareKey(firmware: SubRecord): string {
  return `${firmware.params.architecture?.[0] ?? ''} ${firmware.params.type?.[0] ?? ''}`;
}

/** The first value of a property that is found along the lineage. */
export function firstParam(lineage: readonly EntityRecord[], key: string): string | undefined {
  for (const record of lineage) {
    const value = record.params[key]?.[0];
    if (value !== undefined) return value;
  }
  return undefined;
}

const resourceNumbers = ['cpu', 'n-cpus', 'ram', 'storage'] as const;

/**
 * The resource entries of one kind, entries with `inherit` filled number by number from the nearest entry of the same
 * architecture that has it. The architecture has to be the same word: `all` fills no other. Nothing is filled in place.
 */
export function filledResources(lineage: readonly EntityRecord[], kind: ResourceKind): SubRecord[] {
  const [self, ...ancestors] = lineage;
  return (self?.[kind] ?? []).map((entry) => {
    if (entry.params.inherit?.[0] !== 'true') return entry;
    const params = { ...entry.params };
    for (const ancestor of ancestors) {
      // Of two entries for one architecture libosinfo meets the later one first.
      for (const source of [...(ancestor[kind] ?? [])].reverse()) {
        if (source.params.architecture?.[0] !== params.architecture?.[0]) continue;
        for (const number of resourceNumbers) {
          const values = source.params[number];
          if (values !== undefined) params[number] ??= values;
        }
      }
    }
    return { ...entry, params };
  });
}
