// SPDX-License-Identifier: Apache-2.0
import { RAID_LEVELS } from '../plan/storage/raid-geometry.js';
import type { DeviceId, Plan, StorageLayers } from '../plan/types.js';

export interface EncryptedSpace {
  /** Bytes of the images that are encrypted: they have no holes, and no compression makes them less. */
  readonly imageBytes: number;
  /** Bytes that are taken while the largest container is encrypted, beside those of the images. */
  readonly workBytes: number;
}

/** The space that encryption takes of the machine that builds. */
export function encryptedSpace({ storage }: Pick<Plan, 'storage'>): EncryptedSpace {
  const sizes = storage.luks.map((one) => one.sizeBytes + 2 * one.dataOffsetBytes);
  const images = storage.luks.map((one, index) => sizes[index]! * copies(storage, one.device));
  return { imageBytes: Math.ceil(images.reduce((sum, one) => sum + one, 0)), workBytes: Math.max(0, ...sizes) };
}

/** How often the bytes of a device lie on the disks, copies and parity counted. */
function copies(storage: StorageLayers, id: DeviceId): number {
  const raid = storage.raids.find((one) => one.id === id);
  if (raid) {
    const active = raid.members.filter((one) => one.slot !== undefined);
    const own = active.length / RAID_LEVELS[raid.level].data(active.length);
    return own * Math.max(...active.map((one) => copies(storage, one.device)));
  }
  const group = storage.volumeGroups.find((one) => one.logicalVolumes.some((volume) => volume.id === id));
  return group ? Math.max(...group.physicalVolumes.map((one) => copies(storage, one.device))) : 1;
}
