// SPDX-License-Identifier: Apache-2.0
import type { Bytes } from './bytes.js';
import { Tree } from './filesystems/tree.js';
import type { FileSystem } from './filesystems/types.js';
import { printable } from './guest/text.js';
import { biosBoot, efiSystem, type PartitionTable } from './partitions/types.js';

const maxEfiFiles = 64;
const codeBytes = 440;

/** Whether a PC BIOS finds code to run: a filled master boot record in front of a partition table. */
export function hasBiosCode(disk: Bytes, table: PartitionTable): boolean {
  if (table.kind === 'none') return false;
  if (table.partitions.some((one) => one.type === biosBoot)) return true;
  return disk.read(0, codeBytes).some((byte) => byte !== 0);
}

export function isEfiPartition(type: string | undefined): boolean {
  return type === efiSystem || type === '0xef';
}

/** Paths of the loaders in the folders below `EFI` of a FAT file system, two levels deep. */
export function efiFiles(fileSystem: FileSystem): string[] {
  const tree = new Tree(fileSystem.root(), fileSystem.caseless);
  const found: string[] = [];
  const look = (folder: string, levels: number): void => {
    for (const name of tree.list(`/${folder}`)) {
      if (found.length >= maxEfiFiles) return;
      const path = `${folder}/${name}`;
      if (name.toLowerCase().endsWith('.efi')) found.push(printable(path));
      else if (levels > 0 && tree.isFolder(`/${path}`)) look(path, levels - 1);
    }
  };
  look('EFI', 2);
  return found;
}
