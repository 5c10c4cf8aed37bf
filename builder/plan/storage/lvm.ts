// SPDX-License-Identifier: Apache-2.0
import type { LogicalVolume, VolumeGroup } from '../../kickstart/model.js';
import { lvmIdFor } from '../identity.js';
import { MIB, notice, refusal } from './context.js';
import type { StorageDemand } from './demand.js';
import { fillDevice, type Layers } from './layers.js';
import { extentBytesOf, growVolumes, LVM_DATA_OFFSET, poolChunkBytes, sizeVolumes } from './lvm-sizes.js';
import type { LogicalVolumePlan, PhysicalVolumePlan, SegmentPlan, VolumeGroupPlan } from './types.js';

/** Adds the volume groups and their volumes to the layers. */
export function planVolumeGroups(layers: Layers, demand: StorageDemand): void {
  for (const group of demand.volumeGroups) layers.volumeGroups.push(planGroup(layers, demand, group));
}

function planGroup(layers: Layers, demand: StorageDemand, group: VolumeGroup): VolumeGroupPlan {
  const { context } = layers;
  const extentBytes = extentBytesOf(group);
  const physicalVolumes = group.members.map((name): PhysicalVolumePlan => {
    const member = layers.members.get(name)!;
    return {
      device: member.device,
      uuid: lvmIdFor(context.name, group.name, 'pv', name),
      sizeBytes: member.sizeBytes,
      dataOffsetBytes: LVM_DATA_OFFSET,
      extentCount: Math.max(0, Math.floor((member.sizeBytes - LVM_DATA_OFFSET) / extentBytes)),
    };
  });
  const total = physicalVolumes.reduce((sum, one) => sum + one.extentCount, 0);
  if (total >= 2 ** 32)
    throw refusal(
      group.at,
      'pesize',
      `volgroup ${group.name} would have ${total} extents, and lvm counts them in 32 bits: give a larger --pesize`,
    );
  const sizes = sizeVolumes(demand, group, total, context);
  const take = allocator(physicalVolumes);
  const logicalVolumes: LogicalVolumePlan[] = [];
  let spareExtents = 0;
  for (const { volume, extents, metadataExtents } of sizes) {
    const base = {
      id: `${group.name}/${volume.name}`,
      name: volume.name,
      uuid: lvmIdFor(context.name, group.name, 'lv', volume.name),
      sizeBytes: extents * extentBytes,
    };
    if (volume.thinPool) {
      const pool = planPool(layers, group, volume, base, extents, metadataExtents, extentBytes, take);
      spareExtents = Math.max(spareExtents, metadataExtents);
      logicalVolumes.push(pool, ...planThin(layers, demand, group, volume, extents, extentBytes));
      continue;
    }
    const segments = take(extents);
    const content = fillDevice(layers, base.id, base.sizeBytes, volume, 'logvol', [context.name, base.id]);
    logicalVolumes.push({ ...content, ...base, kind: 'linear', segments });
  }
  const poolSpare =
    spareExtents === 0
      ? {}
      : { poolSpare: { uuid: lvmIdFor(context.name, group.name, 'spare'), segments: take(spareExtents) } };
  return {
    at: group.at,
    name: group.name,
    uuid: lvmIdFor(context.name, group.name, 'vg'),
    extentBytes,
    physicalVolumes,
    logicalVolumes,
    ...poolSpare,
    freeExtents: take.free(),
  };
}

type Take = ((extents: number) => SegmentPlan[]) & { free: () => number };

/** Hands extents out from the first physical volume to the last, as lvcreate does with linear volumes. */
function allocator(physicalVolumes: readonly PhysicalVolumePlan[]): Take {
  let volume = 0;
  let next = 0;
  const take = (extents: number): SegmentPlan[] => {
    const segments: SegmentPlan[] = [];
    let left = extents;
    while (left > 0) {
      const room = physicalVolumes[volume]!.extentCount - next;
      if (room === 0) {
        volume += 1;
        next = 0;
        continue;
      }
      const count = Math.min(room, left);
      segments.push({ physicalVolume: volume, firstExtent: next, extentCount: count });
      next += count;
      left -= count;
    }
    return segments;
  };
  const free = () => physicalVolumes.slice(volume).reduce((sum, one) => sum + one.extentCount, 0) - next;
  return Object.assign(take, { free });
}

type VolumeBase = Pick<LogicalVolumePlan, 'id' | 'name' | 'uuid' | 'sizeBytes'>;

function planPool(
  layers: Layers,
  group: VolumeGroup,
  volume: LogicalVolume,
  base: VolumeBase,
  extents: number,
  metadataExtents: number,
  extentBytes: number,
  take: Take,
): LogicalVolumePlan {
  const { at, mountpoint, name } = volume;
  if (mountpoint.startsWith('/') || volume.encryption) {
    const what = volume.encryption ? 'cannot be encrypted itself: encrypt its pv' : 'cannot be mounted: call it none';
    throw refusal(at, 'thin-pool', `logvol ${mountpoint} --name=${name}: a thin pool ${what}`);
  }
  const id = (part: string) => lvmIdFor(layers.context.name, group.name, 'lv', name, part);
  return {
    ...base,
    role: 'unused',
    at,
    kind: 'thin-pool',
    chunkBytes: poolChunkBytes(volume, extents * extentBytes),
    data: { uuid: id('tdata'), segments: take(extents) },
    metadata: { uuid: id('tmeta'), segments: take(metadataExtents) },
  };
}

/** Thin volumes have no extents of their own; together they may be larger than the pool, and that is said. */
function planThin(
  layers: Layers,
  demand: StorageDemand,
  group: VolumeGroup,
  pool: LogicalVolume,
  poolExtents: number,
  extentBytes: number,
): LogicalVolumePlan[] {
  const { context, notices } = layers;
  const volumes = demand.logicalVolumes.filter(
    (one) => one.thin && one.vgname === group.name && one.poolName === pool.name,
  );
  const sizes = growVolumes(volumes, poolExtents, extentBytes, context, { at: pool.at, name: pool.name });
  const sum = sizes.reduce((one, other) => one + other, 0);
  if (sum > poolExtents) {
    const mib = (extents: number) => (extents * extentBytes) / MIB;
    notices.push(
      notice(
        pool.at,
        'thin-overcommitted',
        `the thin volumes of ${group.name}/${pool.name} come to ${mib(sum)} MiB, and the pool has ${mib(poolExtents)} MiB: it fills up before they do`,
      ),
    );
  }
  return volumes.map((volume, index): LogicalVolumePlan => {
    const id = `${group.name}/${volume.name}`;
    const sizeBytes = sizes[index]! * extentBytes;
    return {
      ...fillDevice(layers, id, sizeBytes, volume, 'logvol', [context.name, id]),
      id,
      name: volume.name,
      uuid: lvmIdFor(context.name, group.name, 'lv', volume.name),
      sizeBytes,
      kind: 'thin',
      pool: pool.name,
      deviceNumber: index + 1,
    };
  });
}

/** How device-mapper names a volume: hyphens of the names are doubled, one stands between them. */
export function mapperName(group: string, volume: string): string {
  return `${group.replaceAll('-', '--')}-${volume.replaceAll('-', '--')}`;
}
