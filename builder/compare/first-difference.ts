// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 1024 * 1024;

/**
 * The offset of the first byte in which two files differ; where one is the beginning of the other, the length of the
 * shorter. Undefined where they are the same.
 */
export function firstDifference(a: string, b: string): number | undefined {
  const files = [openSync(a, 'r'), openSync(b, 'r')] as const;
  try {
    const [one, two] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
    for (let at = 0; ; ) {
      const lengths = [fill(files[0], one, at), fill(files[1], two, at)] as const;
      const common = Math.min(...lengths);
      if (one.compare(two, 0, common, 0, common) !== 0) {
        let index = 0;
        while (one[index] === two[index]) index++;
        return at + index;
      }
      if (lengths[0] !== lengths[1]) return at + common;
      if (common === 0) return undefined;
      at += common;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

function fill(file: number, buffer: Buffer, at: number): number {
  let length = 0;
  while (length < buffer.length) {
    const read = readSync(file, buffer, length, buffer.length - length, at + length);
    if (read === 0) break;
    length += read;
  }
  return length;
}

/** Some bytes of a file, fewer at its end. */
export function readBytes(path: string, offset: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, fstatSync(file).size - offset)));
    return buffer.subarray(0, fill(file, buffer, offset));
  } finally {
    closeSync(file);
  }
}
