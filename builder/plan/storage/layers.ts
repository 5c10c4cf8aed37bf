// SPDX-License-Identifier: Apache-2.0
import type { At, Filesystem, Issue } from '../../kickstart/model.js';
import { fatSerialFor, uuidFor } from '../identity.js';
import { refusal, type StorageContext } from './context.js';
import { planFilesystem } from './filesystem.js';
import { filesystemType, roleOf } from './kinds.js';
import { planLuks } from './luks.js';
import type { Item } from './stack.js';
import type {
  BtrfsPlan,
  DeviceContent,
  DeviceId,
  FilesystemPlan,
  LuksPlan,
  RaidPlan,
  VolumeGroupPlan,
} from './types.js';

/** Something that fstab speaks of. */
export interface Mounted {
  /** A path, or `swap`. */
  readonly target: string;
  readonly device: DeviceId;
  readonly sizeBytes: number;
  readonly filesystem: FilesystemPlan;
  /** Path of the subvolume that is mounted. */
  readonly subvolume?: string;
  /** The table's name of the partition, where it is one. */
  readonly partitionGuid?: string | undefined;
  readonly at?: At;
  readonly hibernation: boolean;
}

/** A device that a larger thing is made of, by the kickstart's word for it. */
export interface Member {
  readonly device: DeviceId;
  readonly sizeBytes: number;
  readonly at: At;
}

/** The layers above the partitions, while they are made. */
export interface Layers {
  readonly context: StorageContext;
  readonly notices: Issue[];
  /** What `/boot` stands on, if a boot loader has to read it. */
  readonly bootItems: ReadonlySet<Item>;
  readonly raids: RaidPlan[];
  readonly luks: LuksPlan[];
  readonly volumeGroups: VolumeGroupPlan[];
  readonly btrfs: BtrfsPlan[];
  readonly partitionGuids: ReadonlyMap<DeviceId, string>;
  readonly members: Map<string, Member>;
  readonly mounted: Mounted[];
}

/** A line of the kickstart as its device's content sees it. */
export type ContentWish = Filesystem & {
  readonly at: At;
  readonly mountpoint: string;
  readonly hibernation?: boolean;
};

/**
 * What lies on a device that a line of the kickstart asks for, encrypted or not. Members and mounted file systems are
 * entered in `layers`.
 * @param command the line's command, for messages
 * @param identity what the identities of its content follow from
 */
export function fillDevice(
  layers: Layers,
  device: DeviceId,
  sizeBytes: number,
  wish: ContentWish & Item,
  command: string,
  identity: readonly string[],
): DeviceContent {
  const { context, notices } = layers;
  const { at, mountpoint } = wish;
  const what = `${command} ${mountpoint}`;
  const content = (inner: DeviceId, bytes: number) => contentOf(layers, inner, bytes, wish, command, identity);
  if (!wish.encryption) return content(device, sizeBytes);
  const role = roleOf(mountpoint, wish.fstype, at, command);
  if (role === 'esp' || role === 'biosboot' || role === 'prepboot') {
    throw refusal(at, 'encrypted-firmware', `${what} --encrypted: firmware could not read it; remove --encrypted`);
  }
  const forBoot = layers.bootItems.has(wish);
  layers.luks.push(planLuks(context, device, sizeBytes, what, at, wish.encryption, forBoot, content, notices));
  return { role: 'luks', at };
}

function contentOf(
  layers: Layers,
  device: DeviceId,
  sizeBytes: number,
  wish: ContentWish,
  command: string,
  identity: readonly string[],
): DeviceContent {
  const { at, mountpoint, fstype } = wish;
  const role = roleOf(mountpoint, fstype, at, command);
  if (role === 'lvm' || role === 'raid' || role === 'btrfs') {
    layers.members.set(mountpoint, { device, sizeBytes, at });
    return { role, at };
  }
  if (role === 'biosboot' || role === 'prepboot') return { role, at };
  const type = filesystemType(role, fstype, layers.context.defaultFilesystem, at);
  const uuid = type === 'vfat' ? fatSerialFor(...identity) : uuidFor(...identity, 'filesystem');
  const filesystem = planFilesystem(
    type,
    `${command} ${mountpoint}`,
    sizeBytes,
    uuid,
    mountOptionsOf(role, type),
    wish,
  );
  const target = role === 'swap' ? 'swap' : mountpoint;
  const partitionGuid = layers.partitionGuids.get(device);
  if (type === 'squashfs' && device.startsWith('md/')) {
    throw refusal(
      at,
      'squashfs-place',
      `${command} ${mountpoint}: squashfs has no UUID to be found by on an array; use erofs`,
    );
  }
  if (role === 'swap' || mountpoint.startsWith('/')) {
    const hibernation = wish.hibernation ?? false;
    layers.mounted.push({ target, device, sizeBytes, filesystem, partitionGuid, at, hibernation });
  }
  return { role, ...(mountpoint.startsWith('/') ? { mountpoint } : {}), filesystem, at };
}

/** Mount options where the kickstart has none. */
export function mountOptionsOf(role: DeviceContent['role'], type: FilesystemPlan['type']): string {
  if (role === 'esp') return 'umask=0077';
  return type === 'squashfs' || type === 'erofs' ? 'ro' : 'defaults';
}
