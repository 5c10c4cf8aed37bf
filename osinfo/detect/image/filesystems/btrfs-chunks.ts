// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged, safe, unsupported } from '../bytes.js';

const maxChunks = 100_000;
/** RAID0, RAID10, RAID5, RAID6: one device does not hold a whole chunk. */
const striped = 0x8n | 0x40n | 0x80n | 0x100n;

interface Chunk {
  readonly logical: number;
  readonly length: number;
  /** On this device; undefined where it is on others only, or striped. */
  readonly physical: number | undefined;
}

/** Where logical addresses of a btrfs lie on its device. */
export class BtrfsChunks {
  readonly #bytes: Bytes;
  readonly #device: bigint;
  #chunks: Chunk[] = [];
  readonly #known = new Set<number>();

  constructor(bytes: Bytes, device: bigint) {
    this.#bytes = bytes;
    this.#device = device;
  }

  /** The chunks of the superblock: keys and items, one behind the other. */
  addSystem(data: Buffer): void {
    for (let at = 0; at + 17 + 48 <= data.length; ) {
      const logical = data.readBigUInt64LE(at + 9);
      const stripes = data.readUInt16LE(at + 17 + 44);
      const bytes = 48 + stripes * 32;
      this.add(logical, data.subarray(at + 17, at + 17 + bytes));
      at += 17 + bytes;
    }
    this.settle();
  }

  add(logical: bigint, item: Buffer): void {
    if (item.length < 80) throw damaged('a chunk of the btrfs');
    const start = safe(logical);
    if (this.#known.has(start)) return;
    if (this.#known.size >= maxChunks) throw damaged('the btrfs has too many chunks');
    this.#known.add(start);
    const stripes = item.readUInt16LE(44);
    const whole = stripes === 1 || (item.readBigUInt64LE(24) & striped) === 0n;
    let physical: number | undefined;
    for (let at = 48; whole && at + 16 <= item.length && at < 48 + stripes * 32; at += 32) {
      if (item.readBigUInt64LE(at) === this.#device) physical ??= safe(item.readBigUInt64LE(at + 8));
    }
    this.#chunks.push({ logical: start, length: safe(item.readBigUInt64LE(0)), physical });
  }

  /** To be called when chunks were added. */
  settle(): void {
    this.#chunks = this.#chunks.toSorted((a, b) => a.logical - b.logical);
  }

  read(logical: number, bytes: number): Buffer {
    const chunk = this.#find(logical);
    if (!chunk || logical + bytes > chunk.logical + chunk.length) throw damaged(`address ${logical} of the btrfs`);
    if (chunk.physical === undefined) {
      throw unsupported('a part that is needed lies on another device of the btrfs, or is striped over several');
    }
    return this.#bytes.read(chunk.physical + (logical - chunk.logical), bytes);
  }

  #find(logical: number): Chunk | undefined {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#chunks[middle]!.logical <= logical) low = middle + 1;
      else high = middle;
    }
    return this.#chunks[low - 1];
  }
}
