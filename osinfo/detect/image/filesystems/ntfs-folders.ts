// SPDX-License-Identifier: Apache-2.0
import { damaged } from '../bytes.js';
import { unfixed } from './ntfs-records.js';

export interface NtfsName {
  readonly name: string;
  readonly record: number;
}

/** The short name of a file that has a long one too. */
const dosNamespace = 2;
const lastEntry = 2;

/**
 * The names of a folder: those in its root, then those in the blocks that its bitmap calls used.
 * @param readBlocks undefined where the root holds all
 */
export function* folderNames(
  root: Buffer,
  readBlocks: ((offset: number, count: number) => Buffer) | undefined,
  blocksSize: number,
  used: Buffer,
): Generator<NtfsName> {
  const blockBytes = root.readUInt32LE(8);
  yield* entries(root, 16);
  if (!readBlocks) return;
  if (blockBytes < 512 || blockBytes > 65536 || !Number.isInteger(Math.log2(blockBytes))) {
    throw damaged('a folder of the NTFS');
  }
  for (let index = 0; (index + 1) * blockBytes <= blocksSize; index++) {
    if (((used[index >> 3] ?? 0) >> (index & 7)) & 1) {
      yield* entries(unfixed(readBlocks(index * blockBytes, blockBytes), 'INDX'), 24);
    }
  }
}

/** The entries behind an index header. */
function* entries(data: Buffer, header: number): Generator<NtfsName> {
  const end = Math.min(data.length, header + data.readUInt32LE(header + 4));
  for (let at = header + data.readUInt32LE(header); at + 16 <= end; ) {
    const length = data.readUInt16LE(at + 8);
    if (length < 16 || at + length > end) throw damaged('a folder of the NTFS');
    if (data.readUInt16LE(at + 12) & lastEntry) return;
    const letters = data.readUInt8(at + 16 + 64);
    const name = data.toString('utf16le', at + 16 + 66, at + 16 + 66 + letters * 2);
    const isDos = data.readUInt8(at + 16 + 65) === dosNamespace;
    if (!isDos && name !== '.') yield { name, record: data.readUIntLE(at, 6) };
    at += length;
  }
}
