// SPDX-License-Identifier: Apache-2.0
import type { Kickstart, Part } from '../../kickstart/model.js';
import { refusal } from './context.js';

/** The disk where nothing names one. */
const FIRST_DISK = 'sda';

/**
 * The disk of a partition: what `--ondisk` or `--onpart` says, or the one that the kickstart as a whole is about.
 * @throws InputError for a name that no disk of an image can have, or one that `ignoredisk` rules out
 */
export function chooseDisk(kickstart: Kickstart, part: Part | undefined): string {
  const said = part?.onDisk ?? (part?.onPart === undefined ? undefined : diskOfPartition(part.onPart));
  if (part === undefined || said === undefined) return systemDisk(kickstart);
  const option = part.onDisk === undefined ? `--onpart=${part.onPart}` : `--ondisk=${part.onDisk}`;
  const disk = said.replace(/^\/dev\//, '');
  if (!isDiskName(disk)) {
    throw refusal(part.at, 'disk-name', `${option} is no disk name for an image; use one such as sda`);
  }
  const { ignoredisk } = kickstart;
  const only = ignoredisk?.onlyUse.map(plainName) ?? [];
  const ruledOut =
    (only.length > 0 && !only.some((pattern) => fits(pattern, disk, true))) ||
    (ignoredisk?.drives ?? []).some((drive) => fits(plainName(drive), disk, false));
  if (ruledOut) {
    throw refusal(part.at, 'disk-ignored', `${option}: ignoredisk leaves this disk alone; name another`);
  }
  return disk;
}

/** The disk that the kickstart is about: the first one that it names for the system. */
function systemDisk(kickstart: Kickstart): string {
  const { ignoredisk, bootloader, clearpart, parts } = kickstart;
  const byMount = (mountpoint: string) => {
    const part = parts.find((one) => one.mountpoint === mountpoint);
    return part?.onDisk ?? (part?.onPart === undefined ? undefined : diskOfPartition(part.onPart));
  };
  const named = [
    ...(ignoredisk?.onlyUse ?? []),
    byMount('/'),
    byMount('/boot'),
    bootloader?.bootDrive,
    byMount('/boot/efi'),
    byMount('biosboot'),
    ...(clearpart?.drives ?? []),
  ];
  const ignored = (ignoredisk?.drives ?? []).map(plainName);
  const isIgnored = (disk: string) => ignored.some((pattern) => fits(pattern, disk, false));
  for (const one of named) {
    // `vda|sda` leaves the choice; the first will do.
    for (const alternative of (one ?? '').split('|')) {
      const disk = plainName(alternative);
      if (isDiskName(disk) && !isIgnored(disk)) return disk;
    }
  }
  return FIRST_DISK;
}

/** `sda1` → `sda`, `nvme0n1p2` → `nvme0n1`. */
function diskOfPartition(partition: string): string {
  const name = plainName(partition);
  return /^(.*\d)p\d+$/.exec(name)?.[1] ?? name.replace(/\d+$/, '');
}

/** The number of a partition in its name: `sda3` → 3; undefined where there is none. */
export function partitionNumber(partition: string): number | undefined {
  const digits = /(\d{1,3})$/.exec(partition)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** How the kernel names a partition: with a `p` where the disk's name ends in a digit. */
export function partitionId(disk: string, number: number): string {
  return `${disk}${/\d$/.test(disk) ? 'p' : ''}${number}`;
}

function plainName(name: string): string {
  return name.replace(/^\/dev\//, '');
}

/** A name that an image's disk, and so its file, can have. */
export function isDiskName(disk: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/.test(disk);
}

/**
 * `ignoredisk` takes shell patterns, of which kickstarts use `*` and `|`: `vd*`, `sda|sdb`.
 * @param unknown the answer for a pattern that cannot be told here, such as a path below /dev/disk
 */
function fits(pattern: string, disk: string, unknown: boolean): boolean {
  return pattern.split('|').some((one) => {
    const pieces = one.split('*');
    if (/[/?[\]{}]/.test(one) || pieces.length > 2) return unknown;
    const [first, last] = pieces;
    if (last === undefined) return first === disk;
    return disk.startsWith(first!) && disk.endsWith(last) && disk.length >= first!.length + last.length;
  });
}
