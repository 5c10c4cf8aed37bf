// SPDX-License-Identifier: Apache-2.0
import type { DeviceId, VolumeGroupPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { DeviceBytes } from '../device-bytes.js';
import { encryptFile } from '../luks/encrypt.js';
import { fillPool } from '../lvm/pool.js';
import { volumeExtents } from '../lvm/pour.js';
import { writeVolumeGroup } from '../lvm/write.js';
import { fillMembers } from '../md/fill.js';
import { writeSuperblocks } from '../md/superblock.js';
import { drain, partOf, pourOver, writeAt } from '../place.js';
import type { Device } from './graph.js';
import type { Places } from './places.js';

/** What is needed to bring a device's bytes onto the devices below it. */
export interface Sealing {
  readonly context: StageContext;
  readonly places: Places;
  /** Seconds since 1970 that arrays and volumes were made at. */
  readonly createdSeconds: number;
}

/**
 * Brings what was written to a device onto those that it stands on, with what makes them its own: superblocks, the
 * metadata of a volume group, a header and the encryption. Everything that lies on the device is there by now.
 */
export async function seal(sealing: Sealing, { id, making, within }: Device): Promise<void> {
  const { context, places, createdSeconds } = sealing;
  switch (making.kind) {
    case 'partition':
    case 'btrfs':
      return;
    case 'raid':
      context.detail('disks', `${id}: RAID${making.raid.level} over ${making.raid.members.length} devices`);
      await fillMembers(context, making.raid, places.of(id), places.of);
      writeDeviceBytes(places, writeSuperblocks(making.raid, createdSeconds));
      if (!within) places.drop(id);
      return;
    case 'luks': {
      const { luks } = making;
      context.detail('disks', `${luks.device}: encryption of ${Math.ceil(luks.sizeBytes / 1048576)} MiB`);
      const { file } = places.of(id);
      await encryptFile(context, luks, file);
      await drain(context, file, partOf(places.of(luks.device), 0, luks.dataOffsetBytes + luks.sizeBytes));
      places.drop(id);
      return;
    }
    case 'group':
      context.detail('disks', `volume group ${making.group.name}`);
      writeDeviceBytes(places, writeVolumeGroup(making.group, createdSeconds));
      return;
    case 'volume':
      await sealVolume(sealing, id, making, within !== undefined);
  }
}

async function sealVolume(
  { context, places }: Sealing,
  id: DeviceId,
  { group, volume }: Extract<Device['making'], { kind: 'volume' }>,
  isPlaced: boolean,
): Promise<void> {
  if (volume.kind === 'linear') {
    if (isPlaced) return;
    await pourOver(context, places.of(id), volumeExtents(group, volume.segments, places.of));
    places.drop(id);
  } else if (volume.kind === 'thin-pool') {
    const volumes = thinVolumes(group, volume.name);
    await fillPool(context, group, volume, volumes, places.of);
    for (const one of volumes) places.drop(one.id);
  }
  // A thin volume goes where its pool is filled.
}

function thinVolumes(group: VolumeGroupPlan, pool: string) {
  return group.logicalVolumes.filter((one) => one.kind === 'thin').filter((one) => one.pool === pool);
}

function writeDeviceBytes(places: Places, pieces: readonly DeviceBytes[]): void {
  for (const { device, offset, bytes } of pieces) {
    const place = places.of(device);
    writeAt(place.file, bytes, place.offsetBytes + offset);
  }
}
