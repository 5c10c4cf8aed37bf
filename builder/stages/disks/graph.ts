// SPDX-License-Identifier: Apache-2.0
import type {
  BtrfsPlan,
  DeviceContent,
  DeviceId,
  DiskPlan,
  LogicalVolumePlan,
  LuksPlan,
  PartitionPlan,
  Plan,
  RaidPlan,
  VolumeGroupPlan,
} from '../../plan/types.js';

/** What a device is made of, and so what is left to write when all that lies on it is there. */
export type Making =
  | { readonly kind: 'partition'; readonly disk: DiskPlan; readonly partition: PartitionPlan }
  | { readonly kind: 'raid'; readonly raid: RaidPlan }
  | { readonly kind: 'luks'; readonly luks: LuksPlan }
  | { readonly kind: 'group'; readonly group: VolumeGroupPlan }
  | { readonly kind: 'volume'; readonly group: VolumeGroupPlan; readonly volume: LogicalVolumePlan }
  | { readonly kind: 'btrfs'; readonly btrfs: BtrfsPlan };

/** A device of the plan's graph, with what it stands on. */
export interface Device {
  readonly id: DeviceId;
  readonly sizeBytes: number;
  readonly making: Making;
  readonly below: readonly DeviceId[];
  /** What lies on it; a group of volumes and a btrfs volume are no devices that something else could lie on. */
  readonly content?: DeviceContent;
  /** It is one stretch of another device: what is written there is written to it. */
  readonly within?: { readonly device: DeviceId; readonly offsetBytes: number };
}

/** A group of volumes as a device between its physical and its logical volumes; no device is called so. */
function groupId(name: string): DeviceId {
  return `group ${name}`;
}

/** All devices of a plan, each after those that it stands on. */
export function planDevices({ disks, storage }: Pick<Plan, 'disks' | 'storage'>): Device[] {
  return [
    ...disks.flatMap((disk) => disk.partitions.map((partition) => partitionDevice(disk, partition))),
    ...storage.raids.map(raidDevice),
    ...storage.luks.map(luksDevice),
    ...storage.volumeGroups.flatMap(groupDevices),
    ...storage.btrfs.map(btrfsDevice),
  ];
}

function partitionDevice(disk: DiskPlan, partition: PartitionPlan): Device {
  const { id, sizeBytes } = partition;
  return { id, sizeBytes, making: { kind: 'partition', disk, partition }, below: [], content: partition };
}

/** A mirror is what lies on its first member; the others are copies of that. */
function raidDevice(raid: RaidPlan): Device {
  const { id, sizeBytes, level, members, dataOffsetBytes } = raid;
  return {
    id,
    sizeBytes,
    making: { kind: 'raid', raid },
    below: members.map((one) => one.device),
    content: raid,
    ...(level === 1 ? { within: { device: firstMember(raid), offsetBytes: dataOffsetBytes } } : {}),
  };
}

/** The member with the first place in its array. */
export function firstMember(raid: RaidPlan): DeviceId {
  return raid.members.find((one) => one.slot === 0)!.device;
}

function luksDevice(luks: LuksPlan): Device {
  const { id, sizeBytes, device } = luks;
  return { id, sizeBytes, making: { kind: 'luks', luks }, below: [device], content: luks };
}

function groupDevices(group: VolumeGroupPlan): Device[] {
  const id = groupId(group.name);
  const volumes = group.logicalVolumes.map((volume): Device => {
    const within = stretchOf(group, volume);
    return {
      id: volume.id,
      sizeBytes: volume.sizeBytes,
      making: { kind: 'volume', group, volume },
      below: [volume.kind === 'thin' ? `${group.name}/${volume.pool}` : id],
      content: volume,
      ...(within ? { within } : {}),
    };
  });
  const below = group.physicalVolumes.map((one) => one.device);
  return [{ id, sizeBytes: 0, making: { kind: 'group', group }, below }, ...volumes];
}

/** The one run of extents that a volume is, if it is. */
function stretchOf(group: VolumeGroupPlan, volume: LogicalVolumePlan): Device['within'] {
  if (volume.kind !== 'linear' || volume.segments.length !== 1) return undefined;
  const segment = volume.segments[0]!;
  const { device, dataOffsetBytes } = group.physicalVolumes[segment.physicalVolume]!;
  return { device, offsetBytes: dataOffsetBytes + segment.firstExtent * group.extentBytes };
}

function btrfsDevice(btrfs: BtrfsPlan): Device {
  const { id, sizeBytes, devices } = btrfs;
  return { id, sizeBytes, making: { kind: 'btrfs', btrfs }, below: devices };
}
