// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { WorkError } from '../../../osinfo/errors.js';
import { rawCrc32c } from '../../sizes/crc32c.js';
import type { Place } from '../place.js';

/*
 * The inodes and folders of a fresh ext2, ext3 or ext4, to be changed where they are. The format: the kernel's
 * Documentation/filesystems/ext4. Folders are lists here: mke2fs makes no hash trees.
 */

const SUPERBLOCK = 1024;
const FEATURES = { fileType: 0x2, bit64: 0x80, seed: 0x2000 } as const;
const METADATA_CHECKSUMS = 0x400;
const EXTENTS = 0x80000;
/** Marks the last 12 bytes of a folder's block, which hold its checksum. */
const TAIL_TYPE = 0xde;

/** A place in the file system that holds the number of an inode and its name. */
export interface ExtEntry {
  readonly inode: number;
  readonly name: Buffer;
  /** Where the entry lies: the block, and the offset in it. */
  readonly block: number;
  readonly at: number;
}

export class ExtVolume {
  readonly #file: number;
  readonly #start: number;
  readonly #super: Buffer;
  readonly #blockBytes: number;
  readonly #descriptorBytes: number;
  readonly #inodesPerGroup: number;
  readonly #features: number;
  /** Begin of every checksum of the metadata; absent where the file system has none. */
  readonly #seed: number | undefined;
  readonly #tables = new Map<number, number>();
  readonly inodeBytes: number;

  constructor(place: Place) {
    this.#file = openSync(place.file, 'r+');
    this.#start = place.offsetBytes;
    this.#super = this.#read(SUPERBLOCK, 1024);
    this.#blockBytes = 1024 << this.#super.readUInt32LE(24);
    this.#inodesPerGroup = this.#super.readUInt32LE(40);
    this.inodeBytes = this.#super.readUInt32LE(76) === 0 ? 128 : this.#super.readUInt16LE(88);
    this.#features = this.#super.readUInt32LE(96);
    this.#descriptorBytes = this.#features & FEATURES.bit64 ? this.#super.readUInt16LE(254) : 32;
    if (this.#super.readUInt32LE(100) & METADATA_CHECKSUMS) {
      this.#seed =
        this.#features & FEATURES.seed
          ? this.#super.readUInt32LE(0x270)
          : rawCrc32c(0xffffffff, this.#super.subarray(104, 120));
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  readInode(number: number): Buffer {
    return this.#read(this.#inodeOffset(number), this.inodeBytes);
  }

  /** Writes an inode back, with its checksum. */
  writeInode(number: number, inode: Buffer): void {
    if (this.#seed !== undefined) {
      const wide = this.inodeBytes > 128 && inode.readUInt16LE(128) >= 4;
      inode.writeUInt16LE(0, 0x7c);
      if (wide) inode.writeUInt16LE(0, 0x82);
      const sum = rawCrc32c(this.#seedOf(number, inode), inode);
      inode.writeUInt16LE(sum & 0xffff, 0x7c);
      if (wide) inode.writeUInt16LE(sum >>> 16, 0x82);
    }
    this.#write(this.#inodeOffset(number), inode);
  }

  /** What a folder holds, without `.` and `..`. */
  entries(number: number): ExtEntry[] {
    const inode = this.readInode(number);
    const found: ExtEntry[] = [];
    for (const block of this.#blocksOf(inode)) {
      const bytes = this.#read(block * this.#blockBytes, this.#blockBytes);
      for (let at = 0; at + 8 <= bytes.length; ) {
        const length = bytes.readUInt16LE(at + 4);
        // The length of a whole block of 64 KiB does not fit, and is written as 0 or 65535.
        const step = length === 0 || length === 65535 ? this.#blockBytes : length;
        if (step < 8) throw damaged('a folder');
        const nameBytes = this.#features & FEATURES.fileType ? bytes[at + 6]! : bytes.readUInt16LE(at + 6);
        const name = bytes.subarray(at + 8, at + 8 + nameBytes);
        const target = bytes.readUInt32LE(at);
        if (target !== 0 && !['.', '..', ''].includes(name.toString('latin1')))
          found.push({ inode: target, name, block, at });
        at += step;
      }
    }
    return found;
  }

  /** Lets an entry of a folder name another inode. */
  pointEntry(folder: number, entry: ExtEntry, inode: number): void {
    const offset = entry.block * this.#blockBytes;
    const bytes = this.#read(offset, this.#blockBytes);
    bytes.writeUInt32LE(inode, entry.at);
    const tail = bytes.length - 12;
    if (this.#seed !== undefined && bytes.readUInt32LE(tail) === 0 && bytes[tail + 7] === TAIL_TYPE) {
      const sum = rawCrc32c(this.#seedOf(folder, this.readInode(folder)), bytes.subarray(0, tail));
      bytes.writeUInt32LE(sum, tail + 8);
    }
    this.#write(offset, bytes);
  }

  /** Each inode's checksum begins with its number and generation. */
  #seedOf(number: number, inode: Buffer): number {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(number, 0);
    inode.copy(head, 4, 100, 104);
    return rawCrc32c(this.#seed!, head);
  }

  #inodeOffset(number: number): number {
    const group = Math.floor((number - 1) / this.#inodesPerGroup);
    return this.#tableOf(group) * this.#blockBytes + ((number - 1) % this.#inodesPerGroup) * this.inodeBytes;
  }

  #tableOf(group: number): number {
    const known = this.#tables.get(group);
    if (known !== undefined) return known;
    const first = (this.#blockBytes === 1024 ? 2 : 1) * this.#blockBytes;
    const descriptor = this.#read(first + group * this.#descriptorBytes, this.#descriptorBytes);
    const high = this.#descriptorBytes >= 64 ? descriptor.readUInt32LE(40) : 0;
    const table = high * 2 ** 32 + descriptor.readUInt32LE(8);
    this.#tables.set(group, table);
    return table;
  }

  #blocksOf(inode: Buffer): number[] {
    const count = Math.ceil(inode.readUInt32LE(4) / this.#blockBytes);
    const map = inode.subarray(40, 100);
    const blocks = inode.readUInt32LE(32) & EXTENTS ? this.#extents(map) : this.#pointers(map, count);
    return blocks.slice(0, count);
  }

  #extents(node: Buffer): number[] {
    if (node.readUInt16LE(0) !== 0xf30a) throw damaged('the extents of a folder');
    const isLeaf = node.readUInt16LE(6) === 0;
    return Array.from({ length: node.readUInt16LE(2) }, (_, index) => 12 + index * 12).flatMap((at) => {
      if (!isLeaf) {
        const child = node.readUInt16LE(at + 8) * 2 ** 32 + node.readUInt32LE(at + 4);
        return this.#extents(this.#read(child * this.#blockBytes, this.#blockBytes));
      }
      const start = node.readUInt16LE(at + 6) * 2 ** 32 + node.readUInt32LE(at + 8);
      return Array.from({ length: node.readUInt16LE(at + 4) }, (_, index) => start + index);
    });
  }

  #pointers(map: Buffer, count: number): number[] {
    const blocks: number[] = [];
    for (let index = 0; index < 12; index++) blocks.push(map.readUInt32LE(index * 4));
    for (let level = 1; level <= 3 && blocks.length < count; level++)
      blocks.push(...this.#indirect(map.readUInt32LE((11 + level) * 4), level, count - blocks.length));
    return blocks;
  }

  #indirect(block: number, level: number, wanted: number): number[] {
    const bytes = this.#read(block * this.#blockBytes, this.#blockBytes);
    const blocks: number[] = [];
    for (let at = 0; at < bytes.length && blocks.length < wanted; at += 4) {
      const child = bytes.readUInt32LE(at);
      if (level === 1) blocks.push(child);
      else blocks.push(...this.#indirect(child, level - 1, wanted - blocks.length));
    }
    return blocks;
  }

  #read(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    if (readSync(this.#file, bytes, 0, length, this.#start + offset) !== length) throw damaged('its end');
    return bytes;
  }

  #write(offset: number, bytes: Buffer): void {
    writeSync(this.#file, bytes, 0, bytes.length, this.#start + offset);
  }
}

function damaged(what: string): WorkError {
  return new WorkError('ext-unreadable', `${what} of the ext file system that mke2fs made cannot be read`);
}
