// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises';
import type { DeviceId, RaidPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { dataRuns, type Place, pourOver, type Run } from '../place.js';
import { memberChunks, rowOf } from './spread.js';

/** Most bytes of a chunk that are spread at a time: parity is by byte, so that any part of a row stands for itself. */
const SLICE = 1024 * 1024;

/**
 * Spreads what an array holds over its members, parity too. Where the array is empty its members stay so: parity of
 * zeroes is zeroes.
 * @param array where the array's bytes are; of a mirror, its first member
 */
export async function fillMembers(
  context: StageContext,
  raid: RaidPlan,
  array: Place,
  placeOf: (device: DeviceId) => Place,
): Promise<void> {
  const active = raid.members
    .filter((one) => one.slot !== undefined)
    .sort((a, b) => a.slot! - b.slot!)
    .map((one) => placeOf(one.device));
  if (raid.level === 1) {
    for (const { file, offsetBytes } of active.slice(1))
      await pourOver(context, array, [
        { offset: 0, length: raid.sizeBytes, file, fileOffset: offsetBytes + raid.dataOffsetBytes },
      ]);
    return;
  }
  const runs = await dataRuns(context, array);
  const source = await open(array.file, 'r');
  const members = await openAll(active);
  try {
    for (const row of rowsWithData(raid, runs)) await writeRow(raid, row, source, array, members);
  } finally {
    await source.close();
    for (const { handle } of members) await handle.close();
  }
}

interface OpenMember {
  readonly handle: FileHandle;
  readonly offsetBytes: number;
}

async function openAll(places: readonly Place[]): Promise<OpenMember[]> {
  const opened: OpenMember[] = [];
  for (const { file, offsetBytes } of places) opened.push({ handle: await open(file, 'r+'), offsetBytes });
  return opened;
}

/** The rows of chunks that hold something of the array, in order. */
function* rowsWithData(raid: RaidPlan, runs: readonly Run[]): Generator<number> {
  const width = raid.sizeBytes / (raid.dataBytes / raid.chunkBytes);
  let next = 0;
  for (const { offset, length } of runs) {
    const end = Math.ceil((offset + length) / width);
    for (next = Math.max(next, Math.floor(offset / width)); next < end; next++) yield next;
  }
}

async function writeRow(
  raid: RaidPlan,
  number: number,
  source: FileHandle,
  array: Place,
  members: readonly OpenMember[],
): Promise<void> {
  const row = rowOf(raid, number);
  for (let done = 0; done < raid.chunkBytes; done += SLICE) {
    const length = Math.min(SLICE, raid.chunkBytes - done);
    const data = new Map<number, Uint8Array>();
    for (const cell of row.cells) {
      if (cell.kind !== 'data' || data.has(cell.arrayOffset)) continue;
      const bytes = new Uint8Array(length);
      await source.read(bytes, 0, length, array.offsetBytes + cell.arrayOffset + done);
      data.set(cell.arrayOffset, bytes);
    }
    for (const [slot, bytes] of memberChunks(row, (arrayOffset) => data.get(arrayOffset)!).entries()) {
      const { handle, offsetBytes } = members[slot]!;
      const at = offsetBytes + raid.dataOffsetBytes + row.memberOffset + done;
      if (bytes.some((byte) => byte !== 0)) await handle.write(bytes, 0, length, at);
    }
  }
}
