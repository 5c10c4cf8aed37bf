// SPDX-License-Identifier: Apache-2.0

import type { StorageContext } from './context.js';
import { MIB } from './context.js';
import type { PartWish, StorageDemand } from './demand.js';
import { insideLuks } from './luks.js';
import { extentBytesOf, LVM_DATA_OFFSET, neededExtents } from './lvm-sizes.js';
import { DEFAULT_CHUNK, raidLevel, raidSizes } from './raid-geometry.js';
import type { Slot } from './slots.js';
import { providers, stackOf } from './stack.js';

/** A partition's size in MiB, before or after it has grown. */
type SizeOf = (part: PartWish) => number;

/** Bytes that a member such as `pv.01` offers, through arrays and encryption, with partitions of these sizes. */
function memberBytes(demand: StorageDemand, member: string, sizeOf: SizeOf): number {
  const provider = providers(demand, member)[0];
  if (!provider) return 0;
  if ('disk' in provider) return insideLuks(sizeOf(provider) * MIB, provider.encryption);
  const level = raidLevel(provider.level);
  if (level === undefined) return 0;
  const chunk = provider.chunkSizeKiB === undefined ? DEFAULT_CHUNK : provider.chunkSizeKiB * 1024;
  const sizes = provider.members.map((one) => memberBytes(demand, one, sizeOf));
  return insideLuks(raidSizes(level, chunk, sizes, provider.spares).sizeBytes, provider.encryption);
}

/**
 * A growing partition begins with what its volume group needs at least, not only with its own `--size`: kickstarts say
 * `part pv.01 --size=1 --grow` and mean that.
 */
export function raiseForVolumes(slots: readonly Slot[], demand: StorageDemand, context: StorageContext): Slot[] {
  const sizes = new Map(slots.flatMap((slot) => (slot.part ? [[slot.part, slot.base] as const] : [])));
  const slotOf = new Map(slots.flatMap((slot) => (slot.part ? [[slot.part, slot] as const] : [])));
  for (const group of demand.volumeGroups) {
    const extent = extentBytesOf(group);
    const needed = neededExtents(demand, group, context) * extent;
    const leaves = group.members
      .flatMap((member) => providers(demand, member))
      .flatMap((provider) => stackOf(demand, provider).parts)
      .filter((part) => slotOf.get(part)?.grow);
    const capacity = (more: number) =>
      group.members.reduce((sum, member) => {
        const bytes = memberBytes(demand, member, (part) => sizes.get(part)! + (leaves.includes(part) ? more : 0));
        return sum + Math.max(0, Math.floor((bytes - LVM_DATA_OFFSET) / extent)) * extent;
      }, 0);
    if (leaves.length === 0 || capacity(0) >= needed) continue;
    // The least that each growing partition must gain: capacity rises with it, so halving finds it.
    let low = 0;
    let high = Math.ceil(needed / MIB) + 1024;
    while (low + 1 < high) {
      const middle = Math.floor((low + high) / 2);
      if (capacity(middle) >= needed) high = middle;
      else low = middle;
    }
    for (const part of leaves) sizes.set(part, sizes.get(part)! + high);
  }
  return slots.map((slot) =>
    slot.part && sizes.get(slot.part) !== slot.base
      ? { ...slot, base: Math.min(sizes.get(slot.part)!, slot.max ?? Number.POSITIVE_INFINITY) }
      : slot,
  );
}
