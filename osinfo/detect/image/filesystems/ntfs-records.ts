// SPDX-License-Identifier: Apache-2.0
import { damaged, safe } from '../bytes.js';
import type { Extent } from './extents.js';

export const attributeType = {
  list: 0x20,
  volumeName: 0x60,
  data: 0x80,
  indexRoot: 0x90,
  indexBlocks: 0xa0,
  bitmap: 0xb0,
  reparse: 0xc0,
} as const;

export interface NtfsAttribute {
  readonly type: number;
  readonly name: string;
  readonly size: number;
  /** Where it lies in the record itself. */
  readonly value: Buffer | undefined;
  readonly runs: readonly Extent[];
  /** The first cluster of the file that `runs` speak of. */
  readonly firstBlock: number;
  readonly packed: boolean;
  readonly encrypted: boolean;
}

export interface NtfsRecord {
  readonly inUse: boolean;
  readonly isFolder: boolean;
  readonly isReparse: boolean;
  readonly attributes: readonly NtfsAttribute[];
}

const end = 0xffffffff;
const maxRuns = 100_000;

/**
 * A record as it was before it was written: the last two bytes of each 512 are replaced by a number on the disk, which
 * must be the same in all, and stand in a table.
 * @throws InputError when a part was not written, or it is no record of this kind
 */
export function unfixed(raw: Buffer, magic: 'FILE' | 'INDX'): Buffer {
  if (raw.toString('latin1', 0, 4) !== magic) throw damaged(`a record (${magic}) of the NTFS`);
  const table = raw.readUInt16LE(4);
  const count = raw.readUInt16LE(6);
  const record = Buffer.from(raw);
  if (count < 1 || table + count * 2 > raw.length || (count - 1) * 512 > raw.length) {
    throw damaged(`a record (${magic}) of the NTFS`);
  }
  for (let index = 1; index < count; index++) {
    const at = index * 512 - 2;
    if (raw.readUInt16LE(at) !== raw.readUInt16LE(table)) throw damaged(`a record (${magic}) of the NTFS`);
    raw.copy(record, at, table + index * 2, table + index * 2 + 2);
  }
  return record;
}

/** The attributes of a record of the file table. @throws InputError when they contradict themselves */
export function parseRecord(record: Buffer): NtfsRecord {
  const attributes: NtfsAttribute[] = [];
  for (let at = record.readUInt16LE(20); at + 24 <= record.length && record.readUInt32LE(at) !== end; ) {
    const length = record.readUInt32LE(at + 4);
    if (length < 24 || at + length > record.length) throw damaged('an attribute of a file of the NTFS');
    attributes.push(parseAttribute(record.subarray(at, at + length)));
    at += length;
  }
  const flags = record.readUInt16LE(22);
  return {
    inUse: (flags & 1) !== 0,
    isFolder: (flags & 2) !== 0,
    isReparse: attributes.some((one) => one.type === attributeType.reparse),
    attributes,
  };
}

function parseAttribute(data: Buffer): NtfsAttribute {
  const nameAt = data.readUInt16LE(10);
  const flags = data.readUInt16LE(12);
  const base = {
    type: data.readUInt32LE(0),
    name: data.toString('utf16le', nameAt, nameAt + data[9]! * 2),
    packed: (flags & 0xff) !== 0,
    encrypted: (flags & 0x4000) !== 0,
  };
  if (data[8] === 0) {
    const from = data.readUInt16LE(20);
    const value = data.subarray(from, from + data.readUInt32LE(16));
    return { ...base, value, size: value.length, runs: [], firstBlock: 0 };
  }
  const firstBlock = safe(data.readBigUInt64LE(16));
  return {
    ...base,
    value: undefined,
    size: firstBlock === 0 ? safe(data.readBigUInt64LE(48)) : 0,
    runs: runsOf(data.subarray(data.readUInt16LE(32)), firstBlock),
    firstBlock,
  };
}

/** Runs are written with as few bytes as they need: a length, and how far the start lies from the one before. */
export function runsOf(data: Buffer, firstBlock: number): Extent[] {
  const runs: Extent[] = [];
  let block = firstBlock;
  let start = 0;
  for (let at = 0; at < data.length && data[at] !== 0; ) {
    const lengthBytes = data[at]! & 15;
    const startBytes = data[at]! >> 4;
    if (lengthBytes < 1 || lengthBytes > 6 || startBytes > 6 || runs.length >= maxRuns) {
      throw damaged('the runs of a file of the NTFS');
    }
    const count = data.readUIntLE(at + 1, lengthBytes);
    if (startBytes > 0) start += data.readIntLE(at + 1 + lengthBytes, startBytes);
    if (count < 1 || start < 0) throw damaged('the runs of a file of the NTFS');
    runs.push({ block, count, start: startBytes === 0 ? undefined : start });
    block += count;
    at += 1 + lengthBytes + startBytes;
  }
  return runs;
}
