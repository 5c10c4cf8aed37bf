// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from 'node:fs';
import { WorkError } from '../../../osinfo/errors.js';
import { crc32c } from '../../sizes/crc32c.js';
import { writeAt } from '../place.js';
import type { Conversion } from './formats.js';
import { imageId } from './image-identity.js';
import { convertByQemu } from './qemu-img.js';

const KIB64 = 64 * 1024;
const HEADERS = [KIB64, 2 * KIB64] as const;
const HEADER_BYTES = 4096;
const REGION_TABLE = 3 * KIB64;
const LOG_SECTOR = 4096;
/** As they lie in the file: their first three parts are turned. */
const METADATA_REGION = '06a27c8b90479a4bb8fe575f050f886e';
const PAGE_83 = 'ab12cabee6b2234593efc309e000c746';

/**
 * A dynamic VHDX, with blocks of 1 MiB, as Microsoft advises for the disks of Linux. qemu-img leaves ids, counters and
 * what it wrote on the way in the file; they are set from what is built (MS-VHDX 2.2.2, 2.3, 2.6).
 */
export async function writeVhdx(conversion: Conversion): Promise<void> {
  await convertByQemu(conversion, 'vhdx', ['-o', 'subformat=dynamic,block_size=1048576']);
  const { target } = conversion;
  const file = openSync(target, 'r');
  try {
    const first = read(file, HEADERS[0], HEADER_BYTES);
    if (first.subarray(48, 64).some((byte) => byte !== 0))
      throw new WorkError('vhdx-log', `qemu-img left a log to be replayed in ${target}; build again`);
    clearLog(target, file, Number(first.readBigUInt64LE(72)), first.readUInt32LE(68));
    HEADERS.forEach((offset, index) => {
      writeAt(target, renewHeader(read(file, offset, HEADER_BYTES), index + 1, conversion), offset);
    });
    writeAt(target, imageId(conversion, 'vhdx disk'), diskIdOffset(file));
  } finally {
    closeSync(file);
  }
}

/** A header with ids of ours; the one with the higher number counts. */
function renewHeader(header: Buffer, number: number, conversion: Conversion): Buffer {
  header.writeBigUInt64LE(BigInt(number), 8);
  header.set(imageId(conversion, 'vhdx file'), 16);
  header.set(imageId(conversion, 'vhdx data'), 32);
  header.writeUInt32LE(0, 4);
  header.writeUInt32LE(crc32c(header), 4);
  return header;
}

/** The log is not in use any more; what is left in it is overwritten, and its holes stay holes. */
function clearLog(target: string, file: number, offset: number, bytes: number): void {
  const log = read(file, offset, bytes);
  for (let at = 0; at < bytes; at += LOG_SECTOR) {
    if (log.subarray(at, at + LOG_SECTOR).some((byte) => byte !== 0))
      writeAt(target, Buffer.alloc(LOG_SECTOR), offset + at);
  }
}

/** Where the id lies by which a guest tells the disk (page 83 of its vital product data). */
function diskIdOffset(file: number): number {
  const regions = read(file, REGION_TABLE, KIB64);
  const region = findEntry(regions, 16, METADATA_REGION);
  const metadata = Number(regions.readBigUInt64LE(region + 16));
  const table = read(file, metadata, KIB64);
  return metadata + table.readUInt32LE(findEntry(table, 32, PAGE_83) + 16);
}

/** Entries of both tables have 32 bytes and begin with an id. */
function findEntry(table: Buffer, start: number, id: string): number {
  for (let at = start; at + 32 <= table.length; at += 32) if (table.toString('hex', at, at + 16) === id) return at;
  throw new WorkError('vhdx-table', `qemu-img wrote no VHDX with ${id} in it`);
}

function read(file: number, offset: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  readSync(file, buffer, 0, bytes, offset);
  return buffer;
}
