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

/** Where a sparse file holds data; all between is holes, which read as zeroes. `qemu-img map` asks the file system. */
export async function dataRuns(context: StageContext, file: string): Promise<Run[]> {
  const { stdout } = await context.tool(['qemu-img', 'map', '--output=json', '-f', 'raw', file]);
  const extents = JSON.parse(stdout) as { start: number; length: number; data: boolean; zero: boolean }[];
  return extents.filter((one) => one.data && !one.zero).map(({ start, length }) => ({ offset: start, length }));
}

/**
 * Copies what a file holds to its place. Holes are passed over: the place is expected to be empty, so that the copy is as
 * sparse as the file.
 */
export async function pour(context: StageContext, file: string, to: Place): Promise<void> {
  const runs = await dataRuns(context, file);
  await copyRuns(
    file,
    to.file,
    runs.map(({ offset, length }) => ({ from: offset, to: to.offsetBytes + offset, length })),
  );
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
