// SPDX-License-Identifier: Apache-2.0
import { isSince, type Version } from '../versions.js';
import type { Converted } from './spec.js';

/** `/dev/sda1` is kept as `sda1`. */
export function withoutDev(value: string): Converted {
  return value.startsWith('/dev/') ? value.slice('/dev/'.length) : value;
}

const AUTOPART_TYPES: Readonly<Record<string, string>> = {
  lvm: 'lvm',
  btrfs: 'btrfs',
  plain: 'plain',
  partition: 'plain',
  thinp: 'thinp',
};

/** A layout of autopart; `partition` is another word for `plain`. */
export function autopartType(value: string, version: Version | undefined): Converted {
  const known = Object.keys(AUTOPART_TYPES).filter(
    (type) => type !== 'thinp' || version === undefined || isSince(version, 'F20 RHEL7'),
  );
  const type = known.includes(value.toLowerCase()) ? AUTOPART_TYPES[value.toLowerCase()] : undefined;
  return type ?? { misfit: `${JSON.stringify(value)} is not one of ${known.join(', ')}` };
}

const RAID_LEVELS = ['0', '1', '4', '5', '6', '10'];

/** `1`, `raid1` and `RAID1` are kept as `RAID1`. */
export function raidLevel(value: string): Converted {
  const level = value.toUpperCase().replace(/^RAID/, '');
  return RAID_LEVELS.includes(level)
    ? `RAID${level}`
    : { misfit: `${JSON.stringify(value)} is no RAID level: give one of ${RAID_LEVELS.join(', ')}` };
}

/** The name of an array. `md0` is kept as `0` by the releases that number arrays. */
export function raidDevice(value: string, version: Version | undefined): Converted {
  const name = value.replace(/^\/dev\//, '');
  const named = version === undefined || isSince(version, 'F43 RHEL10');
  const kept = named || !name.startsWith('md') ? name : name.slice('md'.length);
  if (version !== undefined && !isSince(version, 'F19 RHEL7') && !/^\d+$/.test(kept)) {
    return { misfit: `${JSON.stringify(value)} has no number: ${version.name} wants md0, md1…` };
  }
  return kept;
}

const BTRFS_LEVELS = ['single', 'raid0', 'raid1', 'raid10', 'raid5', 'raid6', 'dup'];

/** `1` and `RAID1` are kept as `raid1`. */
export function btrfsLevel(value: string): Converted {
  const level = value.toLowerCase();
  if (/^\d+$/.test(level)) return BTRFS_LEVELS.includes(`raid${level}`) ? `raid${level}` : noBtrfsLevel(value);
  return BTRFS_LEVELS.includes(level) ? level : noBtrfsLevel(value);
}

function noBtrfsLevel(value: string): Converted {
  return { misfit: `${JSON.stringify(value)} is no btrfs profile: give one of ${BTRFS_LEVELS.join(', ')}` };
}

/** When a snapshot is taken. */
export function snapshotTime(value: string): Converted {
  return value === 'pre-install' || value === 'post-install'
    ? value
    : { misfit: `${JSON.stringify(value)} is neither pre-install nor post-install` };
}
