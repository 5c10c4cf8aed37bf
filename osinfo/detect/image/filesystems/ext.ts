// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged, Recent, safe, unsupported } from '../bytes.js';
import { blockMapOf, type ExtGeometry } from './ext-blocks.js';
import { readExtent } from './extents.js';
import { uuidText } from './names.js';
import type { FileNode, FileSystem, FolderEntry } from './types.js';

// The format: the kernel's Documentation/filesystems/ext4.
const superblockOffset = 1024;
const incompatible = {
  compression: 0x1,
  fileType: 0x2,
  recover: 0x4,
  journalDevice: 0x8,
  metaGroups: 0x10,
  extents: 0x40,
  bit64: 0x80,
  mmp: 0x100,
  flexGroups: 0x200,
  eaInode: 0x400,
  checksumSeed: 0x2000,
  largeDir: 0x4000,
  inlineData: 0x8000,
  encrypt: 0x10000,
  casefold: 0x20000,
} as const;
const knownFeatures = Object.values(incompatible).reduce((sum, bit) => sum | bit, 0) & ~0x9;
const inodeFlags = { extents: 0x80000, inlineData: 0x10000000, encrypted: 0x800 } as const;
const rootInode = 2;
const maxFolderBytes = 32 * 1024 * 1024;

export function isExt(bytes: Bytes): boolean {
  return bytes.length >= 2048 && bytes.read(superblockOffset + 56, 2).readUInt16LE() === 0xef53;
}

/**
 * Ext2, ext3 or ext4. The journal is not replayed: what a crashed guest wrote last may be missing, nothing is made up.
 * @throws InputError for a damaged superblock or unknown features
 */
export function openExt(bytes: Bytes): FileSystem {
  const block = bytes.read(superblockOffset, 1024);
  const features = block.readUInt32LE(96);
  if (features & ~knownFeatures) throw unsupported('the ext file system uses features that are not known here');
  const logBlock = block.readUInt32LE(24);
  if (logBlock > 6) throw damaged('the block size of the ext file system');
  const blockBytes = 1024 << logBlock;
  const revision = block.readUInt32LE(76);
  const inodeBytes = revision === 0 ? 128 : block.readUInt16LE(88);
  const inodesPerGroup = block.readUInt32LE(40);
  const blocksPerGroup = block.readUInt32LE(32);
  const descriptorBytes = features & incompatible.bit64 ? Math.max(32, block.readUInt16LE(254)) : 32;
  if (inodeBytes < 128 || inodeBytes > blockBytes || inodesPerGroup < 1 || blocksPerGroup < 1) {
    throw damaged('the inode tables of the ext file system');
  }
  if (descriptorBytes > blockBytes) throw damaged('the group descriptors of the ext file system');
  const geometry: ExtGeometry = { bytes, blockBytes };
  const inodeCount = block.readUInt32LE(0);
  const firstBlock = block.readUInt32LE(20);
  const firstMeta = block.readUInt32LE(260);
  const perBlock = Math.floor(blockBytes / descriptorBytes);
  const sparseSuper = (block.readUInt32LE(100) & 1) !== 0;
  const read = new Recent<number, Buffer>(128);
  const blockAt = (number: number): Buffer => read.get(number, () => bytes.read(number * blockBytes, blockBytes));

  const inodeTableOf = (group: number): number => {
    const index = Math.floor(group / perBlock);
    // The superblock of small blocks is block 1, also where bigalloc lets the groups begin at 0.
    let at = (blockBytes === 1024 ? 1 : 0) + 1 + index;
    if (features & incompatible.metaGroups && index >= firstMeta) {
      // META_BG: the descriptors of a meta group lie in its first group, behind its superblock if it has one.
      const first = index * perBlock;
      const shifted = first === 0 && blockBytes === 1024 && firstBlock === 0 ? 1 : 0;
      at = first * blocksPerGroup + firstBlock + (hasSuperblock(first, sparseSuper) ? 1 : 0) + shifted;
    }
    const descriptor = blockAt(at).subarray((group % perBlock) * descriptorBytes);
    const high = descriptorBytes >= 64 ? descriptor.readUInt32LE(40) : 0;
    return high * 2 ** 32 + descriptor.readUInt32LE(8);
  };

  const inode = (number: number): Buffer => {
    if (number < 1 || number > inodeCount) throw damaged(`inode ${number} of the ext file system`);
    const group = Math.floor((number - 1) / inodesPerGroup);
    const offset = inodeTableOf(group) * blockBytes + ((number - 1) % inodesPerGroup) * inodeBytes;
    return blockAt(Math.floor(offset / blockBytes)).subarray(offset % blockBytes, (offset % blockBytes) + inodeBytes);
  };

  const nodeOf = (number: number): FileNode => {
    const raw = inode(number);
    const mode = raw.readUInt16LE(0) & 0xf000;
    const flags = raw.readUInt32LE(32);
    const size = raw.readUInt32LE(108) * 2 ** 32 + raw.readUInt32LE(4);
    const refuse = (): void => {
      if (flags & inodeFlags.encrypted) throw unsupported('a file that is needed is encrypted (fscrypt)');
    };
    const readAt = (offset: number, count: number): Buffer => {
      refuse();
      const wanted = Math.max(0, Math.min(count, size - offset));
      if (flags & inodeFlags.inlineData) return inlineData(raw, size).subarray(offset, offset + wanted);
      return readExtent(
        bytes,
        blockMapOf(geometry, raw, (flags & inodeFlags.extents) !== 0),
        blockBytes,
        offset,
        wanted,
      );
    };
    return {
      kind: mode === 0x8000 ? 'file' : mode === 0x4000 ? 'folder' : mode === 0xa000 ? 'link' : 'other',
      size,
      read: readAt,
      target: () => {
        refuse();
        if (size < 60 && !(flags & inodeFlags.inlineData)) return raw.toString('utf8', 40, 40 + size);
        return readAt(0, Math.min(size, 4097)).toString('utf8');
      },
      entries: () => {
        refuse();
        if (size > maxFolderBytes) throw damaged('a folder of the ext file system is too large');
        if (flags & inodeFlags.inlineData) return inlineEntries(raw, size);
        return entriesOf(readAt(0, size), 0);
      },
    };
  };

  function* entriesOf(data: Buffer, from: number): Generator<FolderEntry> {
    for (let at = from; at + 8 <= data.length; ) {
      const number = data.readUInt32LE(at);
      const length = data.readUInt16LE(at + 4);
      // With blocks of 64 KiB the length of a whole block does not fit and is written as 0 or 65535.
      const step = length === 0 || length === 65535 ? blockBytes : length;
      if (step < 8 || step % 4 !== 0) throw damaged('a folder of the ext file system');
      const nameBytes = features & incompatible.fileType ? data[at + 6]! : data.readUInt16LE(at + 6);
      // Number 0 is an entry without a file: a hole, the block's checksum, or nodes of the hash tree.
      if (number !== 0 && nameBytes > 0 && at + 8 + nameBytes <= data.length) {
        const name = data.toString('utf8', at + 8, at + 8 + nameBytes);
        if (name !== '.' && name !== '..') yield { name, open: () => nodeOf(number) };
      }
      at += step;
    }
  }

  function* inlineEntries(raw: Buffer, size: number): Generator<FolderEntry> {
    const data = inlineData(raw, size);
    // In front stands the number of the parent; behind 60 bytes a list of its own begins, in the inode's attributes.
    yield* entriesOf(data.subarray(0, 60), 4);
    yield* entriesOf(data.subarray(60), 0);
  }

  const hasJournal = (block.readUInt32LE(92) & 4) !== 0;
  const modern = incompatible.extents | incompatible.bit64 | incompatible.flexGroups | incompatible.inlineData;
  return {
    type: features & modern ? 'ext4' : hasJournal ? 'ext3' : 'ext2',
    label: block.toString('utf8', 120, 136).split('\0', 1)[0]!,
    uuid: uuidText(block.subarray(104, 120)),
    caseless: false,
    root: () => nodeOf(rootInode),
    subvolumes: () => [],
  };
}

/** Groups that hold a copy of the superblock: with sparse_super 0, 1 and the powers of 3, 5 and 7. */
function hasSuperblock(group: number, sparse: boolean): boolean {
  if (!sparse || group <= 1) return true;
  return [3, 5, 7].some((base) => {
    let power = base;
    while (power < group) power *= base;
    return power === group;
  });
}

/** The content of an inode that has no block: 60 bytes in place of the block map, the rest in the attribute `system.data`. */
function inlineData(raw: Buffer, size: number): Buffer {
  const first = raw.subarray(40, 100);
  if (size <= 60 || raw.length <= 132) return first.subarray(0, Math.min(60, size));
  const start = 128 + raw.readUInt16LE(128);
  if (start + 4 > raw.length || raw.readUInt32LE(start) !== 0xea020000) return first;
  const list = start + 4;
  for (let at = list; at + 16 <= raw.length && raw.readUInt32LE(at) !== 0; ) {
    const nameBytes = raw[at]!;
    const isData = raw[at + 1] === 7 && raw.toString('latin1', at + 16, at + 16 + nameBytes) === 'data';
    if (isData) {
      const offset = list + raw.readUInt16LE(at + 2);
      return Buffer.concat([first, raw.subarray(offset, offset + safe(BigInt(raw.readUInt32LE(at + 8))))]);
    }
    at += (16 + nameBytes + 3) & ~3;
  }
  return first;
}
