// SPDX-License-Identifier: Apache-2.0
import type { Btrfs } from '../../kickstart/model.js';
import { uuidFor } from '../identity.js';
import { refusal } from './context.js';
import type { StorageDemand } from './demand.js';
import { planFilesystem } from './filesystem.js';
import type { Layers, Member } from './layers.js';
import { parentVolume } from './stack.js';
import type { BtrfsPlan, BtrfsProfile } from './types.js';

/** Fewest devices of each profile (mkfs.btrfs(8)). */
const PROFILES: Readonly<Record<BtrfsProfile, number>> = {
  single: 1,
  dup: 1,
  raid0: 2,
  raid1: 2,
  raid10: 4,
  raid5: 2,
  raid6: 3,
};

/** Adds the btrfs volumes to the layers, each with its subvolumes. */
export function planBtrfsVolumes(layers: Layers, demand: StorageDemand): void {
  for (const volume of demand.btrfs) {
    if (!volume.subvol) layers.btrfs.push(planVolume(layers, demand, volume));
  }
}

function planVolume(layers: Layers, demand: StorageDemand, volume: Btrfs): BtrfsPlan {
  const { context } = layers;
  const { at, mountpoint } = volume;
  const label = volume.label ?? volume.name;
  const members = volume.members.map((name) => layers.members.get(name)!);
  const id = `btrfs/${label ?? volume.members[0]}`;
  const sizeBytes = members.reduce((sum, member) => sum + member.sizeBytes, 0);
  const filesystem = planFilesystem(
    'btrfs',
    `btrfs ${mountpoint}`,
    Math.min(...members.map((member) => member.sizeBytes)),
    uuidFor(context.name, id, 'filesystem'),
    'defaults',
    {
      at,
      label,
      mkfsOptions: volume.mkfsOptions,
      fstype: 'btrfs',
      fsOptions: undefined,
      fsProfile: undefined,
      existing: false,
      encryption: undefined,
    },
  );
  const subvolumes = demand.btrfs
    .filter((one) => one.subvol && parentVolume(demand, one) === volume)
    .map((one) => ({
      at: one.at,
      path: subvolumePath(one),
      ...(one.mountpoint.startsWith('/') ? { mountpoint: one.mountpoint } : {}),
      mountOptions: filesystem.mountOptions,
    }));
  const twice = subvolumes.find((one, index) => subvolumes.findIndex((other) => other.path === one.path) !== index);
  if (twice)
    throw refusal(twice.at, 'subvolume-twice', `btrfs --name=${twice.path}: the volume has this subvolume already`);
  const plan: BtrfsPlan = {
    id,
    at,
    devices: members.map((member) => member.device),
    sizeBytes,
    filesystem,
    dataProfile: profile(volume, 'data', volume.dataLevel, 'single', members),
    metadataProfile: profile(volume, 'metadata', volume.metadataLevel, members.length > 1 ? 'raid1' : 'dup', members),
    ...(mountpoint.startsWith('/') ? { mountpoint } : {}),
    subvolumes,
  };
  const mounted = { device: id, sizeBytes, filesystem, hibernation: false };
  if (plan.mountpoint !== undefined) layers.mounted.push({ ...mounted, target: plan.mountpoint, at });
  for (const one of subvolumes) {
    if (one.mountpoint !== undefined)
      layers.mounted.push({ ...mounted, target: one.mountpoint, subvolume: one.path, at: one.at });
  }
  return plan;
}

/** A path below the top of the volume, which must not lead out of it. */
function subvolumePath({ at, name }: Btrfs): string {
  const path = (name ?? '').replace(/^\/+|\/+$/g, '');
  if (!/^[A-Za-z0-9@._-][A-Za-z0-9@._/-]{0,200}$/.test(path) || path.split('/').some((one) => /^\.{0,2}$/.test(one)))
    throw refusal(
      at,
      'subvolume-name',
      `btrfs --name=${name} is no name of a subvolume; use letters, digits, @ _ . and -`,
    );
  return path;
}

function profile(
  volume: Btrfs,
  option: 'data' | 'metadata',
  level: string | undefined,
  fallback: BtrfsProfile,
  members: readonly Member[],
): BtrfsProfile {
  if (level === undefined) return fallback;
  const word = level.toLowerCase();
  const name = /^\d+$/.test(word) ? `raid${word}` : word;
  if (!(name in PROFILES)) {
    throw refusal(
      volume.at,
      'btrfs-level',
      `btrfs --${option}=${level} is no profile; use ${Object.keys(PROFILES).join(', ')}`,
    );
  }
  const fewest = PROFILES[name as BtrfsProfile];
  if (members.length < fewest) {
    throw refusal(
      volume.at,
      'btrfs-members',
      `btrfs --${option}=${level} needs ${fewest} devices or more, and the volume has ${members.length}`,
    );
  }
  return name as BtrfsProfile;
}
