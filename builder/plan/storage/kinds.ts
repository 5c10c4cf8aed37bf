// SPDX-License-Identifier: Apache-2.0
import type { At } from '../../kickstart/model.js';
import { refusal } from './context.js';
import type { DeviceRole, FilesystemType } from './types.js';

/** Names that kickstarts use for file systems, lower case, and ours. */
const FILESYSTEM: Readonly<Record<string, FilesystemType>> = {
  ext2: 'ext2',
  ext3: 'ext3',
  ext4: 'ext4',
  xfs: 'xfs',
  btrfs: 'btrfs',
  vfat: 'vfat',
  fat: 'vfat',
  fat16: 'vfat',
  fat32: 'vfat',
  msdos: 'vfat',
  efi: 'vfat',
  'efi system partition': 'vfat',
  swap: 'swap',
  squashfs: 'squashfs',
  erofs: 'erofs',
};

/** Names for what is no file system. */
const OTHER: Readonly<Record<string, DeviceRole>> = {
  biosboot: 'biosboot',
  'bios boot': 'biosboot',
  prepboot: 'prepboot',
  'ppc prep boot': 'prepboot',
  lvmpv: 'lvm',
  'physical volume (lvm)': 'lvm',
  mdmember: 'raid',
  'software raid': 'raid',
  swap: 'swap',
  efi: 'esp',
  'efi system partition': 'esp',
};

/** A word of the language for a member of something larger: `pv.01`, `raid.md0`, `btrfs.1`. */
const MEMBER: readonly (readonly [string, DeviceRole])[] = [
  ['pv.', 'lvm'],
  ['raid.', 'raid'],
  ['btrfs.', 'btrfs'],
];

/**
 * What a line asks to lie on its device.
 * @throws InputError for a mount point that is none
 */
export function roleOf(mountpoint: string, fstype: string | undefined, at: At, command: string): DeviceRole {
  const word = mountpoint.toLowerCase();
  const member = MEMBER.find(([start]) => mountpoint.startsWith(start));
  if (member) return member[1];
  if (word === 'swap' || word === 'biosboot' || word === 'prepboot') return word;
  const named = OTHER[fstype?.toLowerCase() ?? ''];
  if (named === 'lvm' || named === 'raid') {
    throw refusal(
      at,
      'mount-point',
      `${command} ${mountpoint} --fstype=${fstype} is a part of something larger: call it ${named === 'lvm' ? 'pv' : 'raid'}.01`,
    );
  }
  if (mountpoint === '/boot/efi') return 'esp';
  if (named !== undefined && (named !== 'esp' || mountpoint.startsWith('/'))) return named;
  if (word === 'none' && fstype !== undefined) return 'filesystem';
  if (!/^\/[\x20-\x7e]*$/.test(mountpoint) || mountpoint.startsWith('//') || mountpoint.split('/').includes('..')) {
    throw refusal(
      at,
      'mount-point',
      `${command} ${mountpoint}: give an absolute path, swap, biosboot, prepboot, pv.01, raid.01 or btrfs.01`,
    );
  }
  return 'filesystem';
}

/**
 * The file system that a line names, or the default.
 * @throws InputError for one that nobody makes
 */
export function filesystemType(
  role: DeviceRole,
  fstype: string | undefined,
  fallback: FilesystemType,
  at: At,
): FilesystemType {
  if (role === 'swap') return 'swap';
  if (role === 'esp') return 'vfat';
  if (fstype === undefined) return fallback;
  const type = FILESYSTEM[fstype.toLowerCase()];
  if (type === undefined || type === 'swap') {
    throw refusal(
      at,
      'filesystem',
      `--fstype=${fstype} is not made here; use ext4, ext3, ext2, xfs, btrfs, vfat, squashfs or erofs`,
    );
  }
  return type;
}
