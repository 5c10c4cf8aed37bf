// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged } from '../bytes.js';
import type { Extent } from './extents.js';

export interface XfsGeometry {
  readonly bytes: Bytes;
  readonly version5: boolean;
  readonly blockBytes: number;
  readonly groupBlocks: number;
  readonly groupCount: number;
  readonly groupBlockLog: number;
}

const maxDepth = 10;

/** The number of a block on the disk; XFS writes the number of its group and that in the group, side by side. */
function linear(geometry: XfsGeometry, block: bigint): number {
  const bits = BigInt(geometry.groupBlockLog);
  const group = Number(block >> bits);
  const inGroup = Number(block & ((1n << bits) - 1n));
  if (group >= geometry.groupCount || inGroup >= geometry.groupBlocks) throw damaged(`block ${block} of the XFS`);
  return group * geometry.groupBlocks + inGroup;
}

function extentAt(geometry: XfsGeometry, data: Buffer, at: number): Extent {
  const high = data.readBigUInt64BE(at);
  const low = data.readBigUInt64BE(at + 8);
  const unwritten = high >> 63n === 1n;
  return {
    block: Number((high & 0x7fff_ffff_ffff_ffffn) >> 9n),
    count: Number(low & 0x1f_ffffn),
    start: unwritten ? undefined : linear(geometry, ((high & 0x1ffn) << 43n) | (low >> 21n)),
  };
}

/** `count` extent records from `at`. */
export function extentList(geometry: XfsGeometry, data: Buffer, at: number, count: number): Extent[] {
  return Array.from({ length: count }, (_, index) => extentAt(geometry, data, at + index * 16));
}

/** The extent that covers a block of a file whose map is a tree; its root lies in the inode. */
export function findInTree(geometry: XfsGeometry, fork: Buffer, block: number): Extent | undefined {
  let node = fork;
  let headBytes = 4;
  let level = node.readUInt16BE(0);
  let count = node.readUInt16BE(2);
  if (level < 1 || level > maxDepth) throw damaged('the extent tree of a file of the XFS');
  for (;;) {
    // Keys come first, in room for as many as fit; then as many pointers.
    const room = Math.floor((node.length - headBytes) / 16);
    if (count > room) throw damaged('the extent tree of a file of the XFS');
    if (level === 0) {
      const found = extentList(geometry, node, headBytes, count);
      return found.find((one) => block >= one.block && block < one.block + one.count);
    }
    let child = -1;
    for (let index = 0; index < count; index++) {
      if (node.readBigUInt64BE(headBytes + index * 8) > BigInt(block)) break;
      child = index;
    }
    if (child < 0) return undefined;
    const at = linear(geometry, node.readBigUInt64BE(headBytes + room * 8 + child * 8));
    node = geometry.bytes.read(at * geometry.blockBytes, geometry.blockBytes);
    const magic = node.toString('latin1', 0, 4);
    if (magic !== (geometry.version5 ? 'BMA3' : 'BMAP') || node.readUInt16BE(4) !== level - 1) {
      throw damaged('the extent tree of a file of the XFS');
    }
    headBytes = geometry.version5 ? 72 : 24;
    level--;
    count = node.readUInt16BE(6);
  }
}
