// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged } from '../bytes.js';
import type { BlockMap, Extent } from './extents.js';

export interface ExtGeometry {
  readonly bytes: Bytes;
  readonly blockBytes: number;
}

/** Where an inode's blocks lie: by its extent tree, or by the older direct and indirect blocks. */
export function blockMapOf(geometry: ExtGeometry, inode: Buffer, extents: boolean): BlockMap {
  const map = inode.subarray(40, 100);
  return extents ? (block) => findExtent(geometry, map, block) : (block) => findIndirect(geometry, map, block);
}

const maxDepth = 5;

function findExtent(geometry: ExtGeometry, top: Buffer, block: number): Extent | undefined {
  let node = top;
  for (let level = 0; level <= maxDepth; level++) {
    if (node.readUInt16LE(0) !== 0xf30a) throw damaged('an extent tree of the ext file system');
    const count = node.readUInt16LE(2);
    const depth = node.readUInt16LE(6);
    if (12 + count * 12 > node.length) throw damaged('an extent tree of the ext file system');
    let at = -1;
    for (let index = 0; index < count && node.readUInt32LE(12 + index * 12) <= block; index++) at = 12 + index * 12;
    if (at < 0) return undefined;
    if (depth === 0) {
      const first = node.readUInt32LE(at);
      const raw = node.readUInt16LE(at + 4);
      // Above 32768 the run is allocated and was never written.
      const unwritten = raw > 32768;
      const length = unwritten ? raw - 32768 : raw;
      if (block >= first + length) return undefined;
      const start = node.readUInt16LE(at + 6) * 2 ** 32 + node.readUInt32LE(at + 8);
      return { block: first, count: length, start: unwritten ? undefined : start };
    }
    const child = node.readUInt16LE(at + 8) * 2 ** 32 + node.readUInt32LE(at + 4);
    node = geometry.bytes.read(child * geometry.blockBytes, geometry.blockBytes);
  }
  throw damaged('an extent tree of the ext file system is too deep');
}

function findIndirect(geometry: ExtGeometry, map: Buffer, block: number): Extent | undefined {
  const perBlock = geometry.blockBytes / 4;
  let rest = block;
  let at: number;
  let span: number;
  if (rest < 12) {
    at = map.readUInt32LE(rest * 4);
    return at === 0 ? undefined : { block, count: 1, start: at };
  }
  rest -= 12;
  let level = 1;
  while (level <= 3 && rest >= perBlock ** level) {
    rest -= perBlock ** level;
    level++;
  }
  if (level > 3) throw damaged('a file of the ext file system is too large');
  at = map.readUInt32LE((11 + level) * 4);
  for (; level > 0; level--) {
    if (at === 0) return undefined;
    span = perBlock ** (level - 1);
    at = geometry.bytes.read(at * geometry.blockBytes + Math.floor(rest / span) * 4, 4).readUInt32LE();
    rest %= span;
  }
  return at === 0 ? undefined : { block, count: 1, start: at };
}
