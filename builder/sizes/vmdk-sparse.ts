// SPDX-License-Identifier: Apache-2.0
import { type ImageFile, maxTableBytes } from './image-file.js';
import type { FormatSizes } from './types.js';

const flags = { zeroedGrains: 1 << 2, compressed: 1 << 16 };
/** The grain directory's place is only known from the footer, which a stream has at its end. */
const directoryAtEnd = 0xffffffffffffffffn;
const sector = 512;

/**
 * A hosted sparse extent (VMware's Virtual Disk Format 5.0, little-endian): header, grain directory, grain tables of 512
 * entries, grains. A new grain goes to the end of the file, at a multiple of its size.
 * @throws InputError when the header or the tables contradict the file
 */
export function readSparseExtent(file: ImageFile): FormatSizes {
  let header = file.read(0, sector, 'header');
  file.expectMagic(header.subarray(0, 4), 'KDMV', 'VMDK');
  if (header.readBigUInt64LE(56) === directoryAtEnd) {
    // Footer marker, footer, end-of-stream marker: a sector each.
    header = file.readWhole(Math.max(0, file.length - 2 * sector), sector, 'footer');
    if (header.subarray(0, 4).toString('latin1') !== 'KDMV') throw file.damaged('its footer is missing');
  }
  const version = header.readUInt32LE(4);
  if (version < 1 || version > 3) throw file.unsupported(`VMDK version ${version} is not supported`);
  const capacityBytes = file.safe(header.readBigUInt64LE(12) * 512n, 'capacity');
  const grainBytes = file.safe(header.readBigUInt64LE(20) * 512n, 'grain size');
  const perTable = header.readUInt32LE(44);
  if (grainBytes < 4096 || grainBytes > 2 ** 30 || !Number.isInteger(Math.log2(grainBytes))) {
    throw file.damaged(`its grains have ${grainBytes} bytes`);
  }
  if (perTable === 0 || perTable > 512)
    throw file.damaged(`its grain tables have ${perTable} entries (1 to 512 are allowed)`);
  const sizes = { capacityBytes, clusterBytes: grainBytes };
  const found = header.readUInt32LE(8);
  if (found & flags.compressed) {
    const note = 'streamOptimized: written once as a whole, never in place';
    return { ...sizes, commitmentBytes: file.length, commitmentNote: note };
  }
  if (found & flags.zeroedGrains) {
    const note =
      'unbounded: a grain that the guest zeroes loses its place, and gets a new one when it is written again';
    return { ...sizes, commitmentBytes: null, commitmentNote: note };
  }
  const directoryOffset = file.safe(header.readBigUInt64LE(56) * 512n, 'grain directory offset');
  const grains = Math.ceil(capacityBytes / grainBytes);
  const missing = countMissing(file, directoryOffset, grains, perTable);
  if (!missing)
    return { ...sizes, commitmentBytes: null, commitmentNote: 'not computed: its tables are larger than 1 GiB' };
  // A writer that makes a missing grain table makes its redundant copy as well.
  const tables = missing.tables * 2 * Math.ceil((perTable * 4) / sector) * sector;
  const full = Math.ceil((file.length + tables) / grainBytes) * grainBytes + missing.grains * grainBytes;
  return { ...sizes, commitmentBytes: missing.grains === 0 ? file.length : full };
}

function countMissing(
  file: ImageFile,
  directoryOffset: number,
  grains: number,
  perTable: number,
): { readonly grains: number; readonly tables: number } | undefined {
  const tables = Math.ceil(grains / perTable);
  if (tables * (4 + perTable * 4) > maxTableBytes) return undefined;
  const directory = file.readWhole(directoryOffset, tables * 4, 'grain directory');
  const missing = { grains: 0, tables: 0 };
  for (let index = 0; index < tables; index++) {
    const entries = Math.min(perTable, grains - index * perTable);
    const offset = directory.readUInt32LE(index * 4) * sector;
    if (offset === 0) {
      missing.grains += entries;
      missing.tables++;
      continue;
    }
    const table = file.readWhole(offset, entries * 4, `grain table ${index}`);
    // 0 is a grain that was never written, 1 one of zeros: neither has a place in the file.
    for (let at = 0; at < table.length; at += 4) if (table.readUInt32LE(at) <= 1) missing.grains++;
  }
  return missing;
}
