// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged, safe, unsupported } from '../bytes.js';
import { BtrfsChunks } from './btrfs-chunks.js';
import { readFileExtents } from './btrfs-extents.js';
import { BtrfsTree, itemType } from './btrfs-tree.js';
import { uuidText } from './names.js';
import type { FileNode, FileSystem, FolderEntry, Subvolume } from './types.js';

// The format: the btrfs documentation's "On-disk Format" and the kernel's include/uapi/linux/btrfs_tree.h. Little-endian.
const superblockOffset = 64 * 1024;
const knownIncompatible = 0x1_1fffn;
const topLevel = 5n;
const firstInode = 256n;
const rootFolder = 6n;
const maxSubvolumes = 256;
const maxTargetBytes = 4096;
const maxNesting = 32;

export function isBtrfs(bytes: Bytes): boolean {
  return (
    bytes.length >= superblockOffset + 4096 && bytes.read(superblockOffset + 64, 8).toString('latin1') === '_BHRfS_M'
  );
}

/**
 * Btrfs on one device, or what one device of several holds whole (single, DUP, RAID1). The log tree is not replayed.
 * The root is the default subvolume; all others are `subvolumes()`.
 * @throws InputError for a damaged superblock or unknown features
 */
export function openBtrfs(bytes: Bytes): FileSystem {
  const block = bytes.read(superblockOffset, 4096);
  if (block.readBigUInt64LE(188) & ~knownIncompatible) {
    throw unsupported('the btrfs file system uses features that are not known here');
  }
  const nodeBytes = block.readUInt32LE(148);
  if (nodeBytes < 4096 || nodeBytes > 65536 || !Number.isInteger(Math.log2(nodeBytes))) {
    throw damaged('the node size of the btrfs');
  }
  const chunks = new BtrfsChunks(bytes, block.readBigUInt64LE(201));
  const systemBytes = block.readUInt32LE(160);
  if (systemBytes > 2048) throw damaged('the system chunks of the btrfs');
  chunks.addSystem(block.subarray(811, 811 + systemBytes));
  for (const item of new BtrfsTree(chunks, block.readBigUInt64LE(88), nodeBytes).all()) {
    if (item.type === itemType.chunk) chunks.add(item.offset, item.data);
  }
  chunks.settle();
  const roots = new BtrfsTree(chunks, block.readBigUInt64LE(80), nodeBytes);
  const trees = new Map<bigint, BtrfsTree>();

  const treeOf = (id: bigint): BtrfsTree => {
    const known = trees.get(id);
    if (known) return known;
    // A subvolume that is a snapshot has the time of its making in the key: the last item is in force.
    const item = [...roots.range(id, itemType.root, 0n, 0xffff_ffff_ffff_ffffn)].at(-1);
    if (!item || item.data.length < 239) throw damaged(`tree ${id} of the btrfs`);
    const tree = new BtrfsTree(chunks, item.data.readBigUInt64LE(176), nodeBytes);
    trees.set(id, tree);
    return tree;
  };

  const nodeOf = (tree: BtrfsTree, number: bigint): FileNode => {
    const item = tree.first(number, itemType.inode);
    if (!item || item.length < 160) throw damaged(`inode ${number} of the btrfs`);
    const mode = item.readUInt32LE(52) & 0xf000;
    const size = safe(item.readBigUInt64LE(16));
    const readAt = (offset: number, count: number): Buffer =>
      readFileExtents(chunks, tree, number, offset, Math.max(0, Math.min(count, size - offset)));
    return {
      kind: mode === 0x8000 ? 'file' : mode === 0x4000 ? 'folder' : mode === 0xa000 ? 'link' : 'other',
      size,
      read: readAt,
      target: () => {
        if (size > maxTargetBytes) throw damaged('a symbolic link of the btrfs');
        return readAt(0, size).toString('utf8');
      },
      entries: () => entriesOf(tree, number),
    };
  };

  function* entriesOf(tree: BtrfsTree, number: bigint): Generator<FolderEntry> {
    for (const item of tree.range(number, itemType.folderIndex, 0n, 0xffff_ffff_ffff_ffffn)) {
      const entry = parseFolderItem(item.data);
      yield {
        name: entry.name,
        open: () => (entry.type === itemType.root ? nodeOf(treeOf(entry.id), firstInode) : nodeOf(tree, entry.id)),
      };
    }
  }

  const defaultId = (): bigint => {
    for (const item of roots.range(rootFolder, itemType.folder, 0n, 0xffff_ffff_ffff_ffffn)) {
      const entry = parseFolderItem(item.data);
      if (entry.name === 'default' && entry.type === itemType.root) return entry.id;
    }
    return topLevel;
  };

  const subvolumes = (): Subvolume[] => {
    const parents = new Map<bigint, { parent: bigint; name: string }>();
    for (const item of roots.all()) {
      if (item.type !== itemType.rootReference) continue;
      if (parents.size >= maxSubvolumes || item.data.length < 18) break;
      const nameBytes = item.data.readUInt16LE(16);
      parents.set(item.offset, { parent: item.id, name: item.data.toString('utf8', 18, 18 + nameBytes) });
    }
    const nameOf = (id: bigint, depth = 0): string => {
      const found = parents.get(id);
      if (!found || depth > maxNesting) return '';
      const above = nameOf(found.parent, depth + 1);
      return above === '' ? found.name : `${above}/${found.name}`;
    };
    const others = [...parents.keys()].map((id) => ({ name: nameOf(id), root: () => nodeOf(treeOf(id), firstInode) }));
    return [{ name: '/', root: () => nodeOf(treeOf(topLevel), firstInode) }, ...others];
  };

  return {
    type: 'btrfs',
    label: block.toString('utf8', 299, 299 + 256).split('\0', 1)[0]!,
    uuid: uuidText(block.subarray(32, 48)),
    caseless: false,
    root: () => nodeOf(treeOf(defaultId()), firstInode),
    subvolumes,
  };
}

function parseFolderItem(data: Buffer): { id: bigint; type: number; name: string } {
  if (data.length < 30) throw damaged('a folder of the btrfs');
  const nameBytes = data.readUInt16LE(27);
  if (30 + nameBytes > data.length) throw damaged('a folder of the btrfs');
  return { id: data.readBigUInt64LE(0), type: data[8]!, name: data.toString('utf8', 30, 30 + nameBytes) };
}
