// SPDX-License-Identifier: Apache-2.0
import { outputEpoch } from '../../../osinfo/doors/clock.js';
import { makeSparseFile } from '../disks/places.js';
import { copyRuns, dataRuns, writeAt } from '../place.js';
import type { Conversion } from './formats.js';
import { imageId } from './image-identity.js';

const SECTOR = 512;
const MIB = 1024 * 1024;
/** 1 January 2000, from which a VHD counts its seconds. */
const EPOCH = 946_684_800;

/**
 * A fixed VHD as Azure takes it: the raw disk, of whole MiB, and a footer. Its blocks are those of the raw disk: holes stay
 * holes.
 */
export async function writeFixedVhd(conversion: Conversion): Promise<void> {
  const { context, disk, raw, target } = conversion;
  const capacity = Math.ceil(disk.sizeBytes / MIB) * MIB;
  makeSparseFile(target, capacity, 0o644);
  const runs = await dataRuns(context, raw);
  await copyRuns(
    raw,
    target,
    runs.map(({ offset, length }) => ({ from: offset, to: offset, length })),
  );
  const seconds = context.plan.outputs.sourceDateEpoch ?? outputEpoch();
  writeAt(target, formatFooter(capacity, Math.max(0, seconds - EPOCH), imageId(conversion, 'vhd')), capacity);
}

/**
 * The footer of a fixed disk, big-endian (Microsoft, "Virtual Hard Disk Image Format Specification" 1.0, 2006).
 * @param seconds since 2000
 */
export function formatFooter(capacityBytes: number, seconds: number, id: Uint8Array): Buffer {
  const footer = Buffer.alloc(SECTOR);
  footer.write('conectix', 0, 'latin1');
  // A bit that is always set, version 1.0, and no further header.
  footer.writeUInt32BE(2, 8);
  footer.writeUInt32BE(0x0001_0000, 12);
  footer.writeBigUInt64BE(0xffff_ffff_ffff_ffffn, 16);
  footer.writeUInt32BE(seconds % 2 ** 32, 24);
  // The name by which QEMU says that the size counts, and not the geometry, which is smaller.
  footer.write('qem2', 28, 'latin1');
  footer.writeUInt32BE(0x0005_0003, 32);
  footer.write('Wi2k', 36, 'latin1');
  footer.writeBigUInt64BE(BigInt(capacityBytes), 40);
  footer.writeBigUInt64BE(BigInt(capacityBytes), 48);
  // The largest geometry: readers that count by it, and not by the name, then take the size too.
  footer.writeUInt16BE(65_535, 56);
  footer[58] = 16;
  footer[59] = 255;
  // Fixed.
  footer.writeUInt32BE(2, 60);
  footer.set(id, 68);
  const sum = footer.reduce((total, byte) => total + byte, 0);
  footer.writeUInt32BE(~sum >>> 0, 64);
  return footer;
}
