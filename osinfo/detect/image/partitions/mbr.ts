// SPDX-License-Identifier: Apache-2.0
import type { Bytes } from '../bytes.js';
import type { Partition } from './types.js';

const extended = new Set([0x05, 0x0f, 0x85]);
/** Linux gives up behind 255 as well. */
const maxLogical = 255;

interface Entry {
  readonly type: number;
  readonly start: number;
  readonly sectors: number;
}

function entriesOf(sector: Buffer): Entry[] {
  return [0, 1, 2, 3].map((index) => {
    const at = 446 + index * 16;
    return { type: sector[at + 4]!, start: sector.readUInt32LE(at + 8), sectors: sector.readUInt32LE(at + 12) };
  });
}

/** Whether the sector has an MBR's signature and entries that a table can have (a FAT boot sector has the first only). */
export function isMbr(sector: Buffer): boolean {
  if (sector.readUInt16LE(510) !== 0xaa55) return false;
  const entries = entriesOf(sector);
  const states = [0, 1, 2, 3].every((index) => [0x00, 0x80].includes(sector[446 + index * 16]!));
  return states && entries.some((entry) => entry.type !== 0 && entry.sectors > 0 && entry.start > 0);
}

/** Whether the table only protects a GPT, or shows some of its partitions to old systems (hybrid). */
export function protectsGpt(sector: Buffer): boolean {
  return isMbr(sector) && entriesOf(sector).some((entry) => entry.type === 0xee);
}

const typeOf = (entry: Entry): string => `0x${entry.type.toString(16).padStart(2, '0')}`;

/** The primary and logical partitions of an MBR. The chain of logical ones ends at its first damage, loop or at 255. */
export function readMbr(disk: Bytes, sectorBytes: number): { partitions: Partition[]; notes: string[] } {
  const partitions: Partition[] = [];
  const notes: string[] = [];
  const add = (number: number, startSector: number, entry: Entry): void => {
    const startBytes = startSector * sectorBytes;
    if (startBytes >= disk.length) {
      notes.push(`partition ${number} begins beyond the end of the disk`);
      return;
    }
    const lengthBytes = Math.min(entry.sectors * sectorBytes, disk.length - startBytes);
    partitions.push({ number, startBytes, lengthBytes, type: typeOf(entry) });
  };
  let logical = 5;
  for (const [index, entry] of entriesOf(disk.read(0, 512)).entries()) {
    if (entry.type === 0 || entry.sectors === 0) continue;
    if (!extended.has(entry.type)) {
      add(index + 1, entry.start, entry);
      continue;
    }
    let at = entry.start;
    const seen = new Set<number>();
    while (logical < 5 + maxLogical) {
      if (seen.has(at) || (at + 1) * sectorBytes > disk.length) {
        notes.push('the chain of logical partitions is damaged');
        break;
      }
      seen.add(at);
      const sector = disk.read(at * sectorBytes, 512);
      if (sector.readUInt16LE(510) !== 0xaa55) break;
      const [own, next] = entriesOf(sector) as [Entry, Entry];
      if (own.type !== 0 && own.sectors > 0 && !extended.has(own.type)) add(logical++, at + own.start, own);
      if (!extended.has(next.type) || next.sectors === 0) break;
      at = entry.start + next.start;
    }
  }
  return { partitions, notes };
}
