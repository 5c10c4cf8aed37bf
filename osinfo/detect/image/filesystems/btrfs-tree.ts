// SPDX-License-Identifier: Apache-2.0
import { damaged, Recent, safe } from '../bytes.js';
import type { BtrfsChunks } from './btrfs-chunks.js';

export const itemType = {
  inode: 1,
  folder: 84,
  folderIndex: 96,
  extent: 108,
  root: 132,
  rootReference: 156,
  chunk: 228,
} as const;

export interface BtrfsItem {
  readonly id: bigint;
  readonly type: number;
  readonly offset: bigint;
  readonly data: Buffer;
}

interface Key {
  readonly id: bigint;
  readonly type: number;
  readonly offset: bigint;
}

const headBytes = 101;
const maxOffset = 0xffff_ffff_ffff_ffffn;
const maxLevel = 7;

function keyAt(node: Buffer, at: number): Key {
  return { id: node.readBigUInt64LE(at), type: node[at + 8]!, offset: node.readBigUInt64LE(at + 9) };
}

function compare(a: Key, b: Key): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  if (a.type !== b.type) return a.type - b.type;
  return a.offset === b.offset ? 0 : a.offset < b.offset ? -1 : 1;
}

/** One tree of a btrfs: items in the order of their keys. */
export class BtrfsTree {
  readonly #chunks: BtrfsChunks;
  readonly #root: bigint;
  readonly #nodeBytes: number;
  readonly #nodes = new Recent<number, Buffer>(64);

  constructor(chunks: BtrfsChunks, root: bigint, nodeBytes: number) {
    this.#chunks = chunks;
    this.#root = root;
    this.#nodeBytes = nodeBytes;
  }

  all(): Generator<BtrfsItem> {
    return this.#walk(
      safe(this.#root),
      undefined,
      { id: 0n, type: 0, offset: 0n },
      { id: maxOffset, type: 255, offset: maxOffset },
    );
  }

  /** The items of one id and type, with offsets from `from` to `to`. */
  range(id: bigint, type: number, from: bigint, to: bigint): Generator<BtrfsItem> {
    return this.#walk(safe(this.#root), undefined, { id, type, offset: from }, { id, type, offset: to });
  }

  first(id: bigint, type: number): Buffer | undefined {
    for (const item of this.range(id, type, 0n, maxOffset)) return item.data;
    return undefined;
  }

  *#walk(logical: number, expected: number | undefined, from: Key, to: Key): Generator<BtrfsItem> {
    const node = this.#nodes.get(logical, () => this.#chunks.read(logical, this.#nodeBytes));
    const level = node[100]!;
    // Levels only go down: no loop of nodes can be endless.
    if (safe(node.readBigUInt64LE(48)) !== logical || level > maxLevel || (expected ?? level) !== level) {
      throw damaged('a node of the btrfs');
    }
    const count = node.readUInt32LE(96);
    if (headBytes + count * (level > 0 ? 33 : 25) > node.length) throw damaged('a node of the btrfs');
    if (level > 0) {
      for (let index = 0; index < count; index++) {
        const at = headBytes + index * 33;
        if (compare(keyAt(node, at), to) > 0) return;
        // The child holds what lies between its key and the next one.
        if (index + 1 < count && compare(keyAt(node, at + 33), from) <= 0) continue;
        yield* this.#walk(safe(node.readBigUInt64LE(at + 17)), level - 1, from, to);
      }
      return;
    }
    for (let index = 0; index < count; index++) {
      const at = headBytes + index * 25;
      const key = keyAt(node, at);
      if (compare(key, from) < 0) continue;
      if (compare(key, to) > 0) return;
      const start = headBytes + node.readUInt32LE(at + 17);
      const end = start + node.readUInt32LE(at + 21);
      if (end > node.length) throw damaged('a leaf of the btrfs');
      yield { ...key, data: node.subarray(start, end) };
    }
  }
}
