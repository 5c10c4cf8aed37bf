// SPDX-License-Identifier: Apache-2.0
import { type Bytes, checkRange } from '../bytes.js';

/**
 * A disk of equal blocks that lie anywhere in a file, as VDI, VHD and VHDX keep it.
 * @param find where the block with this number begins in the file; undefined for one that reads as zeros
 */
export function blockDisk(
  file: Bytes,
  length: number,
  blockBytes: number,
  find: (block: number) => number | undefined,
): Bytes {
  return {
    length,
    read(offset, bytes) {
      checkRange(length, offset, bytes);
      const result = Buffer.alloc(bytes);
      let done = 0;
      while (done < bytes) {
        const within = (offset + done) % blockBytes;
        const here = Math.min(bytes - done, blockBytes - within);
        const start = find(Math.floor((offset + done) / blockBytes));
        if (start !== undefined) {
          // The last block of a dynamic image may end with the file.
          const there = Math.min(here, Math.max(0, file.length - (start + within)));
          if (there > 0) file.read(start + within, there).copy(result, done);
        }
        done += here;
      }
      return result;
    },
  };
}
