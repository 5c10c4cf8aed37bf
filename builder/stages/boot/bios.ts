// SPDX-License-Identifier: Apache-2.0
import { WorkError } from '../../../osinfo/errors.js';
import type { DiskPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { readTreeFile } from '../files.js';
import { writeAt } from '../place.js';
import type { GrubCore } from './core.js';

const SECTOR = 512;

/** GRUB's boot.img: only this much of the first sector is code, the rest belongs to the partition table. */
const BOOT_CODE = 440;

/**
 * Places GRUB's two BIOS images: boot.img knows the first sector of the core image (8 bytes at 0x5c, and two no-ops at
 * 0x66 that keep the BIOS's drive number); the core image's first sector knows where its rest lies (block list at its
 * end: start sector at 0x1f4, count at 0x1fc, load segment at 0x1fe). GRUB's own include/grub/offsets.h has the numbers.
 */
export function writeBiosCode(context: StageContext, disk: DiskPlan, image: string, core: GrubCore): void {
  const boot = readTreeFile(context.tree, `usr/lib/grub/${core.platform.name}/boot.img`);
  const place = disk.partitions.find((partition) => partition.role === 'biosboot')!;
  if (core.bytes.length > place.sizeBytes) {
    throw new WorkError(
      'core-too-large',
      `the boot loader needs ${core.bytes.length} bytes, more than the BIOS boot partition has`,
    );
  }
  const first = BigInt(place.startBytes / SECTOR);
  const code = Buffer.from(boot.subarray(0, BOOT_CODE));
  code.writeBigUInt64LE(first, 0x5c);
  code.writeUInt16LE(0x9090, 0x66);
  const sectors = Math.ceil(core.bytes.length / SECTOR);
  const padded = Buffer.alloc(sectors * SECTOR);
  core.bytes.copy(padded);
  padded.writeBigUInt64LE(first + 1n, 0x1f4);
  padded.writeUInt16LE(sectors - 1, 0x1fc);
  padded.writeUInt16LE(0x820, 0x1fe);
  writeAt(image, code, 0);
  writeAt(image, padded, place.startBytes);
}
