// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from 'node:fs';

/** Fills a buffer from a place in an open file. @returns how many bytes there were: fewer at the file's end */
export function fillFrom(file: number, buffer: Uint8Array, offset: number): number {
  let done = 0;
  while (done < buffer.length) {
    const count = readSync(file, buffer, done, buffer.length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Some bytes of a file, fewer at its end. @throws what the file system says of a file that cannot be read */
export function readPart(path: string, offset: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, fillFrom(file, bytes, offset));
  } finally {
    closeSync(file);
  }
}
