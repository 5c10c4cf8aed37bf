// SPDX-License-Identifier: Apache-2.0
import { InputError, WorkError } from '../../../osinfo/errors.js';
import type { DiskPlan } from '../../plan/types.js';
import { writeAt } from '../place.js';

const SECTOR = 512;

/** GRUB's boot.img: only this much of the first sector is code, the rest belongs to the partition table. */
const BOOT_CODE = 440;

/** What of a disk the core image may take: the BIOS boot partition, or the gap between an MBR and what comes first. */
interface Room {
  readonly startBytes: number;
  readonly sizeBytes: number;
}

/**
 * Places GRUB's two BIOS images on a disk whose table is written already.
 * @param image the raw image of the disk
 * @param boot GRUB's boot.img
 * @param core the core image
 * @throws InputError with the kickstart's line where there is no room for the core image
 */
export function writeBiosCode(disk: DiskPlan, image: string, boot: Uint8Array, core: Uint8Array): void {
  const room = roomFor(disk, core.length);
  const { code, body } = linkImages(boot, core, room.startBytes / SECTOR);
  writeAt(image, code, 0);
  writeAt(image, body, room.startBytes);
}

function roomFor(disk: DiskPlan, needed: number): Room {
  const mib = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);
  const own = disk.partitions.find((one) => one.role === 'biosboot');
  if (own) {
    if (needed <= own.sizeBytes) return own;
    const message = `the boot loader needs ${mib(needed)} MiB, more than the BIOS boot partition has: give it --size=2`;
    throw new InputError('core-too-large', message, own.at);
  }
  if (disk.label === 'gpt') throw new WorkError('no-biosboot', `${disk.name} has no BIOS boot partition`);
  const first = disk.partitions.toSorted((a, b) => a.startBytes - b.startBytes)[0];
  const end = Math.min(
    disk.sizeBytes,
    disk.extended?.startBytes ?? disk.sizeBytes,
    first?.startBytes ?? disk.sizeBytes,
  );
  const room = { startBytes: SECTOR, sizeBytes: end - SECTOR };
  if (needed <= room.sizeBytes) return room;
  throw new InputError(
    'no-mbr-gap',
    `${disk.name}: the boot loader needs ${mib(needed)} MiB before the first partition; let it begin at 1 MiB`,
    first?.at,
  );
}

/**
 * Tells the two images where they lie: boot.img knows the first sector of the core image (8 bytes at 0x5c, and two no-ops
 * at 0x66 that keep the BIOS's drive number); the core image's first sector knows where its rest lies (block list at its
 * end: start sector at 0x1f4, count at 0x1fc, load segment at 0x1fe). GRUB's own include/grub/offsets.h has the numbers.
 * @param first the core image's sector on the disk
 */
export function linkImages(
  boot: Uint8Array,
  core: Uint8Array,
  first: number,
): { readonly code: Uint8Array; readonly body: Uint8Array } {
  const code = Buffer.from(boot.subarray(0, BOOT_CODE));
  code.writeBigUInt64LE(BigInt(first), 0x5c);
  code.writeUInt16LE(0x9090, 0x66);
  const sectors = Math.ceil(core.length / SECTOR);
  const body = Buffer.alloc(sectors * SECTOR);
  body.set(core);
  body.writeBigUInt64LE(BigInt(first + 1), 0x1f4);
  body.writeUInt16LE(sectors - 1, 0x1fc);
  body.writeUInt16LE(0x820, 0x1fe);
  return { code, body };
}
