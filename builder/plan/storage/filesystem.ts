// SPDX-License-Identifier: Apache-2.0
import type { At, Filesystem } from '../../kickstart/model.js';
import { planMkfsOptions } from '../mkfs-options.js';
import { MIB, refusal, TIB } from './context.js';
import type { FilesystemPlan, FilesystemType } from './types.js';

/** Longest label that each holds (manual pages of the programs that make them); squashfs has none. */
const LABEL_LENGTH: Readonly<Record<FilesystemType, number>> = {
  ext2: 16,
  ext3: 16,
  ext4: 16,
  xfs: 12,
  btrfs: 255,
  vfat: 11,
  swap: 15,
  squashfs: 0,
  erofs: 15,
};

/**
 * Sizes that their makers take: xfsprogs refuses less than 300 MiB since 5.19, btrfs-progs less than 114294784 bytes a
 * device; FAT32 counts sectors in 32 bits; ext2 and ext3 count 4 KiB blocks in 32 bits.
 */
const SIZE: Readonly<Record<FilesystemType, { readonly minMiB: number; readonly maxBytes?: number }>> = {
  ext2: { minMiB: 8, maxBytes: 16 * TIB },
  ext3: { minMiB: 8, maxBytes: 16 * TIB },
  ext4: { minMiB: 8 },
  xfs: { minMiB: 300 },
  btrfs: { minMiB: 109 },
  vfat: { minMiB: 4, maxBytes: 2 * TIB },
  swap: { minMiB: 1 },
  squashfs: { minMiB: 1 },
  erofs: { minMiB: 1 },
};

/** Smallest size in MiB that a file system of this type can have. */
export function smallestFilesystem(type: FilesystemType): number {
  return SIZE[type].minMiB;
}

export interface FilesystemWish extends Filesystem {
  readonly at: At;
}

/**
 * The file system of one device.
 * @param what how the line is called in messages: `part /home`
 * @param uuid its identity, in the form of its type
 * @throws InputError where the label, an option or the size is not one that this file system can have
 */
export function planFilesystem(
  type: FilesystemType,
  what: string,
  sizeBytes: number,
  uuid: string,
  mountOptions: string,
  wish: FilesystemWish | undefined,
): FilesystemPlan {
  const mkfs = planMkfsOptions(wish, type);
  const label = wish?.label;
  if (wish?.fsOptions !== undefined && !/^[\x21-\x7e]{1,500}$/.test(wish.fsOptions)) {
    throw refusal(wish.at, 'fs-options', '--fsoptions is one word, its options joined by commas');
  }
  if (wish && label !== undefined && (label.length > LABEL_LENGTH[type] || !/^[\x21-\x7e]+$/.test(label))) {
    throw refusal(
      wish.at,
      'part-label',
      LABEL_LENGTH[type] === 0
        ? `--label=${label}: ${type} has no label; remove it`
        : `--label=${label}: a label of ${type} has at most ${LABEL_LENGTH[type]} plain characters`,
    );
  }
  if (wish && type === 'btrfs' && label !== undefined && /[/\\]/.test(label))
    throw refusal(wish.at, 'part-label', `--label=${label}: a label of btrfs has no / and no \\`);
  if (wish) checkSize(type, what, sizeBytes, wish.at);
  return {
    type,
    uuid: type === 'squashfs' ? '' : uuid,
    ...(label === undefined ? {} : { label }),
    mountOptions: wish?.fsOptions ?? mountOptions,
    mkfsOptions: mkfs.words,
    extendedOptions: mkfs.extended,
  };
}

function checkSize(type: FilesystemType, what: string, sizeBytes: number, at: At): void {
  const { minMiB, maxBytes } = SIZE[type];
  if (sizeBytes < minMiB * MIB) {
    const has = Math.floor(sizeBytes / MIB);
    throw refusal(at, 'part-size', `${what}: ${type} needs ${minMiB} MiB or more, and has ${has} MiB`);
  }
  if (maxBytes !== undefined && sizeBytes > maxBytes) {
    throw refusal(at, 'part-size', `${what}: ${type} is at most ${maxBytes / TIB} TiB; use ext4 or xfs`);
  }
}
