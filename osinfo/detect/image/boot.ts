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

/** Paths of the loaders in the folders below `EFI` of a FAT file system. */
export function efiFiles(fileSystem: FileSystem): string[] {
  const tree = new Tree(fileSystem.root(), fileSystem.caseless);
  const found: string[] = [];
  for (const folder of tree.list('/EFI').slice(0, maxEfiFiles)) {
    for (const name of tree.list(`/EFI/${folder}`)) {
      if (found.length < maxEfiFiles && name.toLowerCase().endsWith('.efi')) {
        found.push(printable(`EFI/${folder}/${name}`));
      }
    }
  }
  return found;
}
