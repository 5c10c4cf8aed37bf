// SPDX-License-Identifier: Apache-2.0
import { damaged, safe, unsupported } from '../bytes.js';
import { inflateUpTo } from '../compression/inflate.js';
import { lzoSegments } from '../compression/lzo.js';
import { zstdUpTo } from '../compression/zstd.js';
import type { BtrfsChunks } from './btrfs-chunks.js';
import { type BtrfsTree, itemType } from './btrfs-tree.js';

const maxBytes = 64 * 1024 * 1024;
/** The kernel packs 128 KiB at once. */
const maxPacked = 1024 * 1024;
const inlineHead = 21;

type Unpack = (packed: Buffer, bytes: number) => Buffer;
const unpackers: Readonly<Record<number, Unpack>> = { 1: inflateUpTo, 2: lzoSegments, 3: zstdUpTo };

/** `bytes` bytes of a file from `offset`: inline, plain or compressed extents; holes read as zeros. */
export function readFileExtents(
  chunks: BtrfsChunks,
  tree: BtrfsTree,
  inode: bigint,
  offset: number,
  bytes: number,
): Buffer {
  if (bytes > maxBytes) throw damaged('a file that is needed is too large');
  const result = Buffer.alloc(bytes);
  const end = offset + bytes;
  for (const item of tree.range(inode, itemType.extent, 0n, BigInt(Math.max(0, end - 1)))) {
    const start = safe(item.offset);
    if (item.data.length < inlineHead) throw damaged('an extent of the btrfs');
    const put = (data: Buffer): void => {
      const from = Math.max(start, offset);
      const to = Math.min(start + data.length, end);
      if (to > from) data.copy(result, from - offset, from - start, to - start);
    };
    const compression = item.data[16]!;
    const ramBytes = safe(item.data.readBigUInt64LE(8));
    const kind = item.data[20]!;
    if (item.data[17] !== 0) throw unsupported('a file that is needed is encrypted');
    if (kind === 0) {
      put(
        compression === 0
          ? item.data.subarray(inlineHead)
          : unpack(compression, item.data.subarray(inlineHead), ramBytes),
      );
      continue;
    }
    if (item.data.length < 53) throw damaged('an extent of the btrfs');
    const address = safe(item.data.readBigUInt64LE(21));
    const length = safe(item.data.readBigUInt64LE(45));
    // Address 0 is a hole; kind 2 was allocated and never written.
    if (address === 0 || kind === 2 || start + length <= offset) continue;
    const inExtent = safe(item.data.readBigUInt64LE(37));
    if (compression !== 0) {
      const packed = chunks.read(address, Math.min(maxPacked, safe(item.data.readBigUInt64LE(29))));
      put(unpack(compression, packed, ramBytes).subarray(inExtent, inExtent + length));
      continue;
    }
    const from = Math.max(start, offset);
    const to = Math.min(start + length, end);
    if (to > from) chunks.read(address + inExtent + (from - start), to - from).copy(result, from - offset);
  }
  return result;
}

function unpack(compression: number, packed: Buffer, bytes: number): Buffer {
  const unpacker = unpackers[compression];
  if (!unpacker) throw unsupported(`a file that is needed is compressed in an unknown way (${compression})`);
  if (bytes > maxPacked) throw damaged('a compressed extent of the btrfs');
  return unpacker(packed, bytes);
}
