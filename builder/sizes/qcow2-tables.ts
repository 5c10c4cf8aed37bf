// SPDX-License-Identifier: Apache-2.0
import { type ImageFile, maxTableBytes } from './image-file.js';
import type { Qcow2Header } from './qcow2-header.js';

/** What the guest's writes have still to bring into being, counted in the file's own tables. */
export interface Demand {
  /** Guest clusters that have no cluster of their own yet. Compressed ones count: writing them takes a new cluster. */
  readonly data: number;
  readonly l2Tables: number;
  readonly compressed: number;
}

/** Where the reference counts say that the file is in use. */
export interface Usage {
  /** The first cluster index beyond everything that is in use. */
  readonly end: number;
  /** Clusters in use, or undefined where there are too many to count. */
  readonly used: number | undefined;
  /** For every entry of the refcount table, whether there is a refcount block. */
  readonly blocks: Uint8Array;
}

const offsetHigh = 0x00ffffff;
const offsetLow = 0xfffffe00;
const copiedHigh = 0x80000000;

/** Clusters of the guest's disk. */
export function guestClusters(header: Qcow2Header): number {
  return Math.ceil(header.capacityBytes / header.clusterBytes);
}

/**
 * Reads the L1 table and every L2 table.
 * @returns undefined when there is more than a gibibyte of them
 * @throws InputError when a table lies outside the file
 */
export function readDemand(file: ImageFile, header: Qcow2Header): Demand | undefined {
  const clusters = guestClusters(header);
  const perTable = header.clusterBytes / header.l2EntryBytes;
  const tables = Math.ceil(clusters / perTable);
  const l1 = tables > 0 ? file.readWhole(header.l1Offset, tables * 8, 'L1 table') : Buffer.alloc(0);
  let budget = maxTableBytes;
  const found = { data: 0, l2Tables: 0, compressed: 0 };
  for (let index = 0; index < tables; index++) {
    const entries = Math.min(perTable, clusters - index * perTable);
    const high = l1.readUInt32BE(index * 8);
    const offset = tableOffset(high, l1.readUInt32BE(index * 8 + 4));
    if (offset === 0) {
      found.l2Tables++;
      found.data += entries;
      continue;
    }
    // A table that something else refers to as well is copied before it is written.
    if (!(high & copiedHigh)) found.l2Tables++;
    if (offset % header.clusterBytes !== 0) throw file.damaged(`its L2 table ${index} does not begin at a cluster`);
    budget -= header.clusterBytes;
    if (budget < 0) return undefined;
    const table = file.read(offset, header.clusterBytes, `L2 table ${index}`);
    countEntries(table, entries, header.l2EntryBytes, found);
  }
  return found;
}

/**
 * An entry is big-endian: bit 63 (copied) and bit 62 (compressed) are in its first byte, the offset in bits 55 to 9.
 * Looking at single bytes is what makes a hundred million entries a matter of a second.
 */
function countEntries(
  table: Uint8Array,
  entries: number,
  entryBytes: number,
  found: { data: number; compressed: number },
): void {
  let missing = 0;
  for (let at = 0, end = entries * entryBytes; at < end; at += entryBytes) {
    const first = table[at]!;
    if (first === 0) missing++;
    else if (first & 0x40) {
      missing++;
      found.compressed++;
    } else if (!(first & 0x80) || !hasOffset(table, at)) missing++;
  }
  found.data += missing;
}

function hasOffset(table: Uint8Array, at: number): boolean {
  return (
    (table[at + 1]! | table[at + 2]! | table[at + 3]! | table[at + 4]! | table[at + 5]! | (table[at + 6]! & 0xfe)) !== 0
  );
}

/**
 * Reads the refcount table and every refcount block.
 * @throws InputError when a table lies outside the file
 */
export function readUsage(file: ImageFile, header: Qcow2Header): Usage {
  const { clusterBytes } = header;
  const entries = (header.refcountTableClusters * clusterBytes) / 8;
  const table = file.readWhole(header.refcountTableOffset, entries * 8, 'refcount table');
  const perBlock = (clusterBytes * 8) / header.refcountBits;
  const blocks = new Uint8Array(entries);
  let budget = maxTableBytes;
  let used: number | undefined = 0;
  let end = 0;
  for (let index = 0; index < entries; index++) {
    const offset = tableOffset(table.readUInt32BE(index * 8), table.readUInt32BE(index * 8 + 4));
    if (offset === 0) continue;
    if (offset % clusterBytes !== 0) throw file.damaged(`its refcount block ${index} does not begin at a cluster`);
    blocks[index] = 1;
    budget -= clusterBytes;
    if (budget < 0) {
      used = undefined;
      continue;
    }
    const counted = countUsed(file.read(offset, clusterBytes, `refcount block ${index}`), header.refcountBits);
    if (used !== undefined) used += counted.used;
    if (counted.used > 0) end = index * perBlock + counted.last + 1;
  }
  const fileEnd = Math.ceil(file.length / clusterBytes);
  // The counts of an image that was not closed cleanly may miss clusters; a cut count misses the last ones.
  return { end: header.dirty || used === undefined ? Math.max(end, fileEnd) : end, used, blocks };
}

/** How many counts of a refcount block are not zero, and the index of the last of them. */
function countUsed(block: Buffer, bits: number): { readonly used: number; readonly last: number } {
  let used = 0;
  let last = 0;
  if (bits < 8) {
    // The first count of a byte is in its lowest bits.
    const perByte = 8 / bits;
    const mask = 2 ** bits - 1;
    for (let at = 0; at < block.length; at++) {
      const byte = block[at]!;
      if (byte === 0) continue;
      for (let part = 0; part < perByte; part++) {
        if ((byte >> (part * bits)) & mask) {
          used++;
          last = at * perByte + part;
        }
      }
    }
    return { used, last };
  }
  const bytes = bits / 8;
  for (let at = 0, index = 0; at < block.length; at += bytes, index++) {
    let any = 0;
    for (let part = 0; part < bytes; part++) any |= block[at + part]!;
    if (any) {
      used++;
      last = index;
    }
  }
  return { used, last };
}

/** Bits 9 to 55 of an entry, as a byte offset. */
function tableOffset(high: number, low: number): number {
  return (high & offsetHigh) * 2 ** 32 + ((low & offsetLow) >>> 0);
}
