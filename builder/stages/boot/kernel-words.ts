// SPDX-License-Identifier: Apache-2.0
import type { DeviceId, Plan, StorageLayers } from '../../plan/types.js';

/**
 * The kernel's command line of a system whose initramfs is dracut's (dracut.cmdline(7)): it opens and assembles what it
 * is told, and nothing else.
 */
export function kernelWords(plan: Pick<Plan, 'storage' | 'boot'>): string {
  return [...rootWords(plan), otherWords(plan)].join(' ').trim();
}

/** What any initramfs is told of the root. */
export function rootWords({ storage }: Pick<Plan, 'storage'>): string[] {
  const { argument, flags } = storage.root;
  return [`root=${argument}`, 'ro', ...(flags === undefined ? [] : [`rootflags=${flags}`])];
}

/** Those that GRUB's scripts do not find out themselves: all but the root's own. */
export function otherWords({ storage, boot }: Pick<Plan, 'storage' | 'boot'>): string {
  return [...initramfsWords(storage), boot.append].filter((word) => word !== '').join(' ');
}

/** What dracut's initramfs is told of devices beside the root. */
export function initramfsWords(storage: StorageLayers): string[] {
  const { resume } = storage;
  return [...(resume === undefined ? [] : [`resume=${resume}`]), ...deviceWords(storage)];
}

/** A word for each array, container and volume below the root and the swap that is resumed from, outermost first. */
function deviceWords(storage: StorageLayers): string[] {
  const words = new Set<string>();
  const seen = new Set<DeviceId>();
  const look = (id: DeviceId): void => {
    if (seen.has(id)) return;
    seen.add(id);
    const raid = storage.raids.find((one) => one.id === id);
    for (const member of raid?.members ?? []) look(member.device);
    if (raid) words.add(`rd.md.uuid=${raid.uuid}`);
    const luks = storage.luks.find((one) => one.id === id);
    if (luks) {
      look(luks.device);
      words.add(`rd.luks.uuid=${luks.uuid}`);
    }
    for (const volume of storage.btrfs.filter((one) => one.id === id))
      for (const device of volume.devices) look(device);
    for (const group of storage.volumeGroups) {
      if (!group.logicalVolumes.some((one) => one.id === id)) continue;
      for (const one of group.physicalVolumes) look(one.device);
      words.add(`rd.lvm.lv=${id}`);
    }
  };
  look(storage.root.device);
  const swap = storage.resume === undefined ? undefined : findBySource(storage, storage.resume);
  if (swap !== undefined) look(swap);
  return [...words];
}

/** The array, volume or container that a source of fstab(5) names; undefined for a partition. */
function findBySource(storage: StorageLayers, source: string): DeviceId | undefined {
  const raid = storage.raids.find((one) => one.filesystem && source === `UUID=${one.filesystem.uuid}`);
  if (raid) return raid.id;
  const name = source.replace('/dev/mapper/', '');
  const volume = storage.volumeGroups
    .flatMap((group) => group.logicalVolumes)
    .find(
      ({ id }) =>
        id
          .split('/')
          .map((part) => part.replaceAll('-', '--'))
          .join('-') === name,
    );
  return volume?.id ?? storage.luks.find((one) => one.name === name)?.id;
}
