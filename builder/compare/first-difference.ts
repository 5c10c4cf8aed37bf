// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync } from 'node:fs';
import { fillFrom } from '../run/file-part.js';

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
      const lengths = [fillFrom(files[0], one, at), fillFrom(files[1], two, at)] as const;
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
