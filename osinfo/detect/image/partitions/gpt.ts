// SPDX-License-Identifier: Apache-2.0
import { type Bytes, safe } from '../bytes.js';
import { crc32 } from './crc32.js';
import type { Partition } from './types.js';

const maxEntries = 1024;

/** A GUID as it is written: its first three parts are little-endian on the disk. */
export function guid(bytes: Buffer): string {
  const hex = (from: number, to: number): string => bytes.toString('hex', from, to);
  const swapped = Buffer.from(bytes.subarray(0, 8));
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  const first = swapped.toString('hex');
  return `${first.slice(0, 8)}-${first.slice(8, 12)}-${first.slice(12)}-${hex(8, 10)}-${hex(10, 16)}`;
}

function readHeaderAt(disk: Bytes, offset: number): Buffer | undefined {
  if (offset < 0 || offset + 512 > disk.length) return undefined;
  const head = disk.read(offset, 512);
  if (head.toString('latin1', 0, 8) !== 'EFI PART') return undefined;
  const size = head.readUInt32LE(12);
  if (size < 92 || size > 512) return undefined;
  const copy = Buffer.from(head.subarray(0, size));
  copy.writeUInt32LE(0, 16);
  return crc32(copy) === head.readUInt32LE(16) ? head : undefined;
}

function readEntries(disk: Bytes, head: Buffer, sectorBytes: number): Partition[] | undefined {
  const count = head.readUInt32LE(80);
  const entryBytes = head.readUInt32LE(84);
  if (count > maxEntries || entryBytes < 128 || entryBytes > 4096 || entryBytes % 8 !== 0) return undefined;
  const offset = Number(head.readBigUInt64LE(72)) * sectorBytes;
  if (!(offset >= 0) || offset + count * entryBytes > disk.length) return undefined;
  const table = disk.read(offset, count * entryBytes);
  if (crc32(table) !== head.readUInt32LE(88)) return undefined;
  const partitions: Partition[] = [];
  for (let index = 0; index < count; index++) {
    const entry = table.subarray(index * entryBytes, (index + 1) * entryBytes);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    const first = Number(entry.readBigUInt64LE(32));
    const last = Number(entry.readBigUInt64LE(40));
    const startBytes = first * sectorBytes;
    if (last < first || startBytes >= disk.length) continue;
    partitions.push({
      number: index + 1,
      startBytes: safe(BigInt(startBytes)),
      lengthBytes: Math.min((last - first + 1) * sectorBytes, disk.length - startBytes),
      type: guid(entry),
    });
  }
  return partitions;
}

/** The partitions of a GPT with sectors of this size, from its first table or, where that is damaged, its second. */
export function readGpt(disk: Bytes, sectorBytes: number): { partitions: Partition[]; notes: string[] } | undefined {
  const sectors = Math.floor(disk.length / sectorBytes);
  const copies = [sectorBytes, (sectors - 1) * sectorBytes];
  for (const [index, offset] of copies.entries()) {
    const head = readHeaderAt(disk, offset);
    const partitions = head && readEntries(disk, head, sectorBytes);
    if (partitions) return { partitions, notes: index === 0 ? [] : ['the first GPT is damaged; its copy was read'] };
  }
  return undefined;
}
