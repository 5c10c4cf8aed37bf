// SPDX-License-Identifier: Apache-2.0
import type { Bytes } from '../bytes.js';
import { readGpt } from './gpt.js';
import { isMbr, protectsGpt, readMbr } from './mbr.js';
import type { PartitionTable } from './types.js';

/** What speaks for one of the two sector sizes of an MBR, which does not say its own: a partition whose start looks used. */
function mbrSectorBytes(disk: Bytes): number {
  const small = readMbr(disk, 512).partitions;
  const large = readMbr(disk, 4096).partitions;
  const used = (start: number): boolean => {
    const head = disk.read(start, Math.min(70_000, disk.length - start));
    return head.some((byte) => byte !== 0);
  };
  if (small.some((one) => used(one.startBytes))) return 512;
  return large.some((one) => used(one.startBytes)) ? 4096 : 512;
}

/**
 * The partition table of a disk: GPT with sectors of 512 or 4096 bytes (its backup where the first is damaged, also in
 * a hybrid with an MBR), else MBR with logical partitions, else none. Bounds are cut to the disk.
 */
export function readPartitions(disk: Bytes): PartitionTable {
  if (disk.length < 512) return { kind: 'none', partitions: [], notes: [] };
  const first = disk.read(0, 512);
  const protective = protectsGpt(first);
  for (const sectorBytes of [512, 4096]) {
    const gpt = readGpt(disk, sectorBytes);
    // An old GPT's copy can be left at the end of a disk that got an MBR since.
    const stale = gpt !== undefined && gpt.notes.length > 0 && isMbr(first) && !protective;
    if (gpt && !stale) return { kind: 'gpt', ...gpt };
  }
  if (protective) {
    return { kind: 'none', partitions: [], notes: ['both GPTs of the disk are damaged'] };
  }
  if (isMbr(first)) return { kind: 'mbr', ...readMbr(disk, mbrSectorBytes(disk)) };
  return { kind: 'none', partitions: [], notes: [] };
}
