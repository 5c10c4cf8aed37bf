// SPDX-License-Identifier: Apache-2.0
import type { RaidPlan } from '../../plan/types.js';

/** Where one chunk of an array lies: its copies or its one place, and the parity that goes with its row. */
export interface Row {
  /** Offset of the row on every member, in the members' data. */
  readonly memberOffset: number;
  /** For every active member what it holds of this row: a chunk of the array by its offset there, or parity. */
  readonly cells: readonly Cell[];
}

export type Cell =
  | { readonly kind: 'data'; readonly arrayOffset: number }
  | { readonly kind: 'xor' }
  | { readonly kind: 'syndrome' };

/** How many rows of chunks an array has; a mirror is one row, as long as its data. */
export function rowCount(raid: RaidPlan): number {
  return raid.level === 1 ? 1 : raid.dataBytes / raid.chunkBytes;
}

/**
 * What every active member holds of a row: left-symmetric for 5 and 6 (the data begins behind the parity, which moves
 * one to the left with each row), parity on the last member for 4, two near copies for 10.
 */
export function rowOf(raid: RaidPlan, row: number): Row {
  const members = raid.members.filter((one) => one.slot !== undefined).length;
  const { level, chunkBytes } = raid;
  const memberOffset = row * chunkBytes;
  const data = (chunk: number): Cell => ({ kind: 'data', arrayOffset: chunk * chunkBytes });
  if (level === 1) return { memberOffset: 0, cells: Array.from({ length: members }, () => data(0)) };
  const cells = new Array<Cell>(members);
  if (level === 0) for (let slot = 0; slot < members; slot++) cells[slot] = data(row * members + slot);
  else if (level === 10) {
    const chunks = members / 2;
    for (let slot = 0; slot < members; slot++) cells[slot] = data(row * chunks + Math.floor(slot / 2));
  } else if (level === 4) {
    for (let slot = 0; slot < members - 1; slot++) cells[slot] = data(row * (members - 1) + slot);
    cells[members - 1] = { kind: 'xor' };
  } else {
    const chunks = members - (level === 6 ? 2 : 1);
    const parity = members - 1 - (row % members);
    cells[parity] = { kind: 'xor' };
    if (level === 6) cells[(parity + 1) % members] = { kind: 'syndrome' };
    const first = parity + (level === 6 ? 2 : 1);
    for (let index = 0; index < chunks; index++) cells[(first + index) % members] = data(row * chunks + index);
  }
  return { memberOffset, cells };
}

/** The exclusive or of chunks of one size. */
export function xorOf(chunks: readonly Uint8Array[]): Uint8Array {
  const result = Uint8Array.from(chunks[0]!);
  for (const chunk of chunks.slice(1)) {
    for (let at = 0; at < result.length; at++) result[at]! ^= chunk[at]!;
  }
  return result;
}

/**
 * The second parity of RAID6: the sum of the chunks, each multiplied by a power of 2 by its place, in the field of 256
 * elements with the polynomial 0x11d (H. P. Anvin, "The mathematics of RAID-6").
 * @param chunks the data of a row from its first chunk, which follows the syndrome's member
 */
export function syndromeOf(chunks: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(chunks[0]!.length);
  for (const chunk of chunks.toReversed()) {
    for (let at = 0; at < result.length; at++) {
      const doubled = result[at]! << 1;
      result[at] = ((doubled & 0x100) === 0 ? doubled : doubled ^ 0x11d) ^ chunk[at]!;
    }
  }
  return result;
}

/**
 * What the members hold of a row, or of the same part of each of its chunks, by slot.
 * @param read gives the part of the chunk that begins at this offset of the array
 */
export function memberChunks({ cells }: Row, read: (arrayOffset: number) => Uint8Array): Uint8Array[] {
  const chunks = cells.map((cell) => (cell.kind === 'data' ? read(cell.arrayOffset) : undefined));
  // Parity counts the data in the order of the array.
  const ordered = cells
    .flatMap((cell, slot) => (cell.kind === 'data' ? [{ at: cell.arrayOffset, chunk: chunks[slot]! }] : []))
    .sort((a, b) => a.at - b.at)
    .map((one) => one.chunk);
  return cells.map((cell, slot) => {
    if (cell.kind === 'data') return chunks[slot]!;
    return cell.kind === 'xor' ? xorOf(ordered) : syndromeOf(ordered);
  });
}
