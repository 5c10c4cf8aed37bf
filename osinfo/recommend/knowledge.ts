// SPDX-License-Identifier: Apache-2.0
import type { DeviceLink, Fact, Os, Platform } from '../model/types.js';
import { type DeviceModel, idsOf } from './devices.js';

/** What an entity says, laid out for look-up. */
export interface Knowledge {
  readonly id: string;
  /** As a person calls it. */
  readonly name: string;
  readonly devices: ReadonlyMap<string, DeviceLink>;
  /** Devices of which the entry, or one that it inherits from, says that they are not driven. */
  readonly refused: ReadonlyMap<string, DeviceLink>;
  /** By the fact's name, nearest entity first. */
  readonly facts: ReadonlyMap<string, readonly Fact[]>;
  /** Every architecture that a platform names a machine for; undefined where it names no machine at all. */
  readonly machineArchs: ReadonlySet<string> | undefined;
}

// Entities are immutable, so what is worked out from one holds as long as it lives.
const known = new WeakMap<Os | Platform, Knowledge>();

export function knowledgeOf(entity: Os | Platform): Knowledge {
  const before = known.get(entity);
  if (before) return before;
  const facts = new Map<string, Fact[]>();
  for (const fact of entity.facts) {
    const list = facts.get(fact.name);
    if (list) list.push(fact);
    else facts.set(fact.name, [fact]);
  }
  const machines = facts.get('machine');
  const archs = machines?.flatMap((fact) => (fact.arch === undefined ? [] : [fact.arch]));
  const devices = new Map(entity.allDeviceLinks.map((link) => [link.target, link]));
  const knowledge: Knowledge = {
    id: entity.id,
    name: entity.name ?? entity.shortId ?? entity.id,
    devices,
    refused: refusedOf(entity, devices),
    facts,
    machineArchs: archs && new Set(archs),
  };
  known.set(entity, knowledge);
  return knowledge;
}

function refusedOf(entity: Os | Platform, devices: ReadonlyMap<string, DeviceLink>): ReadonlyMap<string, DeviceLink> {
  const refused = new Map<string, DeviceLink>();
  for (const one of 'ancestors' in entity ? [entity, ...entity.ancestors] : [entity]) {
    for (const link of one.deviceLinks) {
      if (!link.supported && !devices.has(link.target) && !refused.has(link.target)) refused.set(link.target, link);
    }
  }
  return refused;
}

/** The facts of one name that are for this architecture or for all, nearest entity first. */
export function factsFor(knows: Knowledge, name: string, arch: string): readonly Fact[] {
  const fits = (fact: Fact): boolean => fact.arch === undefined || fact.arch === 'all' || fact.arch === arch;
  return (knows.facts.get(name) ?? []).filter(fits);
}

/** The link by which an entity says that it has the model, under an id that it shows in this place. */
export function linkOf(knows: Knowledge, model: DeviceModel, modernVirtio: boolean): DeviceLink | undefined {
  for (const id of idsOf(model, modernVirtio)) {
    const link = knows.devices.get(id);
    if (link) return link;
  }
  return undefined;
}
