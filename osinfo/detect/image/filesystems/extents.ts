// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged } from '../bytes.js';

/** A run of a file's blocks on the disk. `start` undefined: a hole, or blocks that were never written. */
export interface Extent {
  /** The run's first block in the file. */
  readonly block: number;
  readonly count: number;
  readonly start: number | undefined;
}

/** Answers with the run that covers a block of the file; undefined for a hole whose length is not known. */
export type BlockMap = (block: number) => Extent | undefined;

/** No more than this is wanted of any file at once. */
const maxBytes = 64 * 1024 * 1024;

/** `bytes` bytes of a file from `offset`, put together by its block map; holes read as zeros. */
export function readExtent(disk: Bytes, map: BlockMap, blockBytes: number, offset: number, bytes: number): Buffer {
  if (bytes > maxBytes) throw damaged('a file that is needed is too large');
  const result = Buffer.alloc(bytes);
  let done = 0;
  while (done < bytes) {
    const position = offset + done;
    const block = Math.floor(position / blockBytes);
    const found = map(block);
    const within = position - block * blockBytes;
    const blocks = found ? found.count - (block - found.block) : 1;
    if (blocks < 1) throw damaged('the block map of a file');
    const here = Math.min(bytes - done, blocks * blockBytes - within);
    if (found?.start !== undefined) {
      disk.read((found.start + (block - found.block)) * blockBytes + within, here).copy(result, done);
    }
    done += here;
  }
  return result;
}
