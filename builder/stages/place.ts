// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { StageContext } from '../run/context.js';

/** A stretch of a file that stands for a block device: a partition in its disk, a volume, a member of an array. */
export interface Place {
  readonly file: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** A stretch of bytes. */
export interface Run {
  readonly offset: number;
  readonly length: number;
}

const BUFFER_BYTES = 4 * 1024 * 1024;

/** A part of a place. */
export function partOf(place: Place, offset: number, sizeBytes: number): Place {
  return { file: place.file, offsetBytes: place.offsetBytes + offset, sizeBytes };
}

/**
 * Where a sparse file, or a place in one, holds data, counted from the place's beginning; all between is holes, which read
 * as zeroes. `qemu-img map` asks the file system.
 */
export async function dataRuns(context: Pick<StageContext, 'tool'>, of: string | Place): Promise<Run[]> {
  const place = typeof of === 'string' ? undefined : of;
  const { stdout } = await context.tool([
    'qemu-img',
    'map',
    '--output=json',
    '-f',
    'raw',
    ...(place ? [`--start-offset=${place.offsetBytes}`, `--max-length=${place.sizeBytes}`] : []),
    place?.file ?? (of as string),
  ]);
  const extents = JSON.parse(stdout) as { start: number; length: number; data: boolean; zero: boolean }[];
  return extents
    .filter((one) => one.data && !one.zero)
    .map(({ start, length }) => ({ offset: start - (place?.offsetBytes ?? 0), length }));
}

/** Where a run of a device's bytes lies in a file. */
export interface Extent {
  /** Where the run begins in the device. */
  readonly offset: number;
  readonly length: number;
  readonly file: string;
  /** Where the run begins in the file. */
  readonly fileOffset: number;
}

/**
 * Copies what a file holds to its place. Holes are passed over: the place is expected to be empty, so that the copy is as
 * sparse as the file.
 */
export async function pour(context: StageContext, file: string, to: Place): Promise<void> {
  await pourOver(context, file, [{ offset: 0, length: to.sizeBytes, file: to.file, fileOffset: to.offsetBytes }]);
}

/** Copies what a file, or a place in one, holds to the runs that its bytes lie in; holes are passed over. */
export async function pourOver(context: StageContext, from: string | Place, extents: readonly Extent[]): Promise<void> {
  const [source, start] = typeof from === 'string' ? [from, 0] : [from.file, from.offsetBytes];
  const runs = await dataRuns(context, from);
  for (const target of new Set(extents.map((one) => one.file))) {
    const pieces = extents
      .filter((one) => one.file === target)
      .flatMap((extent) => cut(runs, extent).map((run) => ({ run, extent })));
    await copyRuns(
      source,
      target,
      pieces.map(({ run, extent }) => ({
        from: start + run.offset,
        to: extent.fileOffset + run.offset - extent.offset,
        length: run.length,
      })),
    );
  }
}

/** How much of a file is moved before its blocks are given back. */
const DRAIN_BYTES = 256 * 1024 * 1024;

/**
 * Moves what a file holds to its place, step by step, so that a file without holes never takes its space twice. A file
 * system that cannot give blocks back keeps them until the file is removed.
 */
export async function drain(context: StageContext, file: string, to: Place): Promise<void> {
  for (let offset = 0; offset < to.sizeBytes; offset += DRAIN_BYTES) {
    const length = Math.min(DRAIN_BYTES, to.sizeBytes - offset);
    await copyRuns(file, to.file, [{ from: offset, to: to.offsetBytes + offset, length }]);
    const hole = ['--punch-hole', '--offset', String(offset), '--length', String(length)];
    await context.tool(['fallocate', ...hole, file], { okCodes: [0, 1] });
  }
}

/** What of runs lies in a range. */
export function cut(runs: readonly Run[], range: Run): Run[] {
  return runs.flatMap(({ offset, length }) => {
    const begin = Math.max(offset, range.offset);
    const end = Math.min(offset + length, range.offset + range.length);
    return end > begin ? [{ offset: begin, length: end - begin }] : [];
  });
}

/** Copies stretches of one file into another. */
export async function copyRuns(
  source: string,
  target: string,
  runs: readonly { readonly from: number; readonly to: number; readonly length: number }[],
): Promise<void> {
  const [input, output] = [await open(source, 'r'), await open(target, 'r+')];
  try {
    const buffer = new Uint8Array(BUFFER_BYTES);
    for (const run of runs) {
      for (let done = 0; done < run.length; ) {
        const wanted = Math.min(buffer.length, run.length - done);
        const { bytesRead } = await input.read(buffer, 0, wanted, run.from + done);
        // Tools count in sectors: a file may end before its last one does.
        if (bytesRead === 0) break;
        await output.write(buffer, 0, bytesRead, run.to + done);
        done += bytesRead;
      }
    }
  } finally {
    await input.close();
    await output.close();
  }
}

/** Writes bytes at a place of an image file. */
export function writeAt(path: string, bytes: Uint8Array, offset: number): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, bytes, 0, bytes.length, offset);
  } finally {
    closeSync(file);
  }
}
