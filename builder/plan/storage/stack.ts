// SPDX-License-Identifier: Apache-2.0
import type { Btrfs, LogicalVolume, Raid, VolumeGroup } from '../../kickstart/model.js';
import type { PartWish, StorageDemand } from './demand.js';

/** A line of the kickstart that makes a device, a group or a volume. */
export type Item = PartWish | Raid | VolumeGroup | LogicalVolume | Btrfs;

/** Something mounted, and everything that it stands on, from itself down to the partitions. */
export interface Stack {
  readonly top: PartWish | Raid | LogicalVolume | Btrfs;
  readonly items: ReadonlySet<Item>;
  readonly parts: readonly PartWish[];
  /** An array is below it, so that each of its disks has what the system needs to start. */
  readonly mirrored: boolean;
}

/** What is mounted at a place; undefined where nothing is. */
export function findStack(demand: StorageDemand, mountpoint: string): Stack | undefined {
  const top = [...demand.parts, ...demand.raids, ...demand.logicalVolumes, ...demand.btrfs].find(
    (one) => one.mountpoint === mountpoint,
  );
  return top && stackOf(demand, top);
}

/** What an item stands on. */
export function stackOf(demand: StorageDemand, top: Stack['top']): Stack {
  const items = new Set<Item>();
  const open: Item[] = [top];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    if (items.has(item)) continue;
    items.add(item);
    open.push(...below(demand, item));
  }
  const parts = demand.parts.filter((part) => items.has(part));
  return { top, items, parts, mirrored: demand.raids.some((raid) => items.has(raid)) };
}

/** What an item directly stands on; names that nothing has are found by the checks. */
export function below(demand: StorageDemand, item: Item): Item[] {
  if ('vgname' in item) return demand.volumeGroups.filter((group) => group.name === item.vgname);
  if ('subvol' in item && item.subvol) {
    const parent = parentVolume(demand, item);
    return parent ? [parent] : [];
  }
  return 'members' in item ? item.members.flatMap((member) => providers(demand, member)) : [];
}

/** The lines that make a member: `pv.01`, `raid.01`, `btrfs.01`. */
export function providers(demand: StorageDemand, member: string): (PartWish | Raid)[] {
  return [...demand.parts, ...demand.raids].filter((one) => one.mountpoint === member);
}

/** The volume that a subvolume is in, named by its label, mount point or one of its members. */
export function parentVolume(demand: StorageDemand, subvolume: Btrfs): Btrfs | undefined {
  const name = subvolume.members[0]?.replace(/^LABEL=/, '');
  const volumes = demand.btrfs.filter((one) => !one.subvol);
  return volumes.find((one) => one.label === name || one.mountpoint === name || one.members.includes(name ?? ''));
}
