// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged, Recent, safe, unsupported } from '../bytes.js';
import { type BlockMap, readExtent } from './extents.js';
import { uuidText } from './names.js';
import type { FileNode, FileSystem, FolderEntry } from './types.js';
import { extentList, findInTree, type XfsGeometry } from './xfs-blocks.js';
import { dataEntries, shortEntries, type XfsName } from './xfs-folders.js';

// The format: the kernel's Documentation/filesystems/xfs and "XFS Algorithms & Data Structures". All is big-endian.
const knownIncompatible = 0x1ff;
const maxFolderBytes = 64 * 1024 * 1024;
const maxTargetBytes = 1024;
const inodeFormat = { local: 1, extents: 2, tree: 3 } as const;

export function isXfs(bytes: Bytes): boolean {
  return bytes.length >= 4096 && bytes.read(0, 4).toString('latin1') === 'XFSB';
}

/**
 * XFS of version 4 or 5. The journal is not replayed: what a crashed guest wrote last may be missing.
 * @throws InputError for a damaged superblock or unknown features
 */
export function openXfs(bytes: Bytes): FileSystem {
  const block = bytes.read(0, 512);
  const version5 = (block.readUInt16BE(100) & 0xf) === 5;
  if (version5 && block.readUInt32BE(216) & ~knownIncompatible) {
    throw unsupported('the XFS file system uses features that are not known here');
  }
  const fileType = version5 ? (block.readUInt32BE(216) & 1) !== 0 : (block.readUInt32BE(200) & 0x200) !== 0;
  const geometry: XfsGeometry = {
    bytes,
    version5,
    blockBytes: block.readUInt32BE(4),
    groupBlocks: block.readUInt32BE(84),
    groupCount: block.readUInt32BE(88),
    groupBlockLog: block[124]!,
  };
  const inodeBytes = block.readUInt16BE(104);
  const perBlockLog = block[123]!;
  const folderBlockLog = block[192]!;
  const { blockBytes, groupBlocks } = geometry;
  const powerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));
  if (!powerOfTwo(blockBytes) || blockBytes < 512 || blockBytes > 65536) throw damaged('the block size of the XFS');
  if (!powerOfTwo(inodeBytes) || inodeBytes < 256 || inodeBytes > 2048 || inodeBytes << perBlockLog !== blockBytes) {
    throw damaged('the inode size of the XFS');
  }
  if (geometry.groupBlockLog > 31 || groupBlocks > 2 ** geometry.groupBlockLog || groupBlocks < 1) {
    throw damaged('the allocation groups of the XFS');
  }
  if (folderBlockLog > 7 || blockBytes << folderBlockLog > 65536) throw damaged('the folder blocks of the XFS');
  const folderBlockBytes = blockBytes << folderBlockLog;
  const inodes = new Recent<number, Buffer>(256);

  const inode = (number: number): Buffer =>
    inodes.get(number, () => {
      const groupBits = geometry.groupBlockLog + perBlockLog;
      const group = Math.floor(number / 2 ** groupBits);
      const inGroup = number % 2 ** groupBits;
      if (group >= geometry.groupCount) throw damaged(`inode ${number} of the XFS`);
      const position =
        (group * groupBlocks + Math.floor(inGroup / 2 ** perBlockLog)) * blockBytes +
        (inGroup % 2 ** perBlockLog) * inodeBytes;
      const raw = bytes.read(position, inodeBytes);
      if (raw.toString('latin1', 0, 2) !== 'IN') throw damaged(`inode ${number} of the XFS`);
      return raw;
    });

  const nodeOf = (number: number): FileNode => {
    const raw = inode(number);
    const mode = raw.readUInt16BE(2) & 0xf000;
    const format = raw[5]!;
    const size = safe(raw.readBigUInt64BE(56));
    const core = raw[4]! >= 3 ? 176 : 100;
    const forkBytes = raw[82]! > 0 ? raw[82]! * 8 : inodeBytes - core;
    const fork = raw.subarray(core, Math.min(inodeBytes, core + forkBytes));
    const realtime = (raw.readUInt16BE(90) & 1) !== 0;
    const readAt = (offset: number, count: number): Buffer => {
      if (realtime) throw unsupported('a file that is needed lies on a realtime device');
      const wanted = Math.max(0, Math.min(count, size - offset));
      if (format === inodeFormat.local) return fork.subarray(offset, offset + wanted);
      return readExtent(bytes, mapOf(raw, fork, format), blockBytes, offset, wanted);
    };
    return {
      kind: mode === 0x8000 ? 'file' : mode === 0x4000 ? 'folder' : mode === 0xa000 ? 'link' : 'other',
      size,
      read: readAt,
      target: () => {
        if (size > maxTargetBytes) throw damaged('a symbolic link of the XFS');
        if (format === inodeFormat.local || !version5) return readAt(0, size).toString('utf8');
        return remoteTarget(mapOf(raw, fork, format), size);
      },
      entries: () => named(format === inodeFormat.local ? shortEntries(fork, fileType) : blockEntries()),
    };

    function* blockEntries(): Generator<XfsName> {
      if (size > maxFolderBytes) throw damaged('a folder of the XFS is too large');
      const map = mapOf(raw, fork, format);
      for (let at = 0; at < size; at += folderBlockBytes) {
        yield* dataEntries(readExtent(bytes, map, blockBytes, at, folderBlockBytes), version5, fileType);
      }
    }
  };

  const mapOf = (raw: Buffer, fork: Buffer, format: number): BlockMap => {
    if (format === inodeFormat.tree) return (wanted) => findInTree(geometry, fork, wanted);
    if (format !== inodeFormat.extents) throw damaged('an inode of the XFS has an unknown format');
    // With flag NREXT64 the count is a 64-bit number elsewhere.
    const wide = raw[4]! >= 3 && (raw.readBigUInt64BE(120) & 16n) !== 0n;
    const count = wide ? safe(raw.readBigUInt64BE(24)) : raw.readUInt32BE(76);
    if (count * 16 > fork.length) throw damaged('the extents of an inode of the XFS');
    const extents = extentList(geometry, fork, 0, count);
    return (wanted) => extents.find((one) => wanted >= one.block && wanted < one.block + one.count);
  };

  function* named(names: Iterable<XfsName>): Generator<FolderEntry> {
    for (const { name, inode: number } of names) {
      if (name !== '.' && name !== '..') yield { name, open: () => nodeOf(safe(number)) };
    }
  }

  /** Version 5 puts a header of 56 bytes in front of each stretch of a link's target. */
  const remoteTarget = (map: BlockMap, size: number): string => {
    const pieces: Buffer[] = [];
    let done = 0;
    for (let at = 0; done < size; ) {
      const head = readExtent(bytes, map, blockBytes, at, 56);
      const count = head.readUInt32BE(8);
      if (head.toString('latin1', 0, 4) !== 'XSLM' || count < 1 || count > size - done) {
        throw damaged('a symbolic link of the XFS');
      }
      pieces.push(readExtent(bytes, map, blockBytes, at + 56, count));
      done += count;
      at = Math.ceil((at + 56 + count) / blockBytes) * blockBytes;
    }
    return Buffer.concat(pieces).toString('utf8');
  };

  return {
    type: 'xfs',
    label: block.toString('utf8', 108, 120).split('\0', 1)[0]!,
    uuid: uuidText(block.subarray(32, 48)),
    caseless: false,
    root: () => nodeOf(safe(block.readBigUInt64BE(56))),
    subvolumes: () => [],
  };
}
