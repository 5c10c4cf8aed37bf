// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../source/types.js';

/** Twelve bytes before each sector of a raw copy of a CD (ECMA-130 14.1). */
const SYNC = '00ffffffffffffffffffff00';
/** Raw sectors alone, and with 96 bytes of subchannels. */
const RAW_SIZES = [2352, 2448] as const;
const DATA_BYTES = 2048;

/**
 * How long a sector is in a raw copy of a CD, told by the marks of the first two; undefined for anything else.
 * `start` is the beginning of the file.
 */
export function rawSectorBytes(start: Uint8Array): (typeof RAW_SIZES)[number] | undefined {
  const marked = (at: number) => Buffer.from(start.subarray(at, at + 12)).toString('hex') === SYNC;
  return marked(0) ? RAW_SIZES.find(marked) : undefined;
}

/** The data of a raw copy as if it were an image of sectors of 2048 bytes. `mode` is that of its first sector. */
export function cookedSource(raw: ByteSource, sectorBytes: number, mode: number): ByteSource {
  // Mode 2 has a subheader of eight bytes before the data (ECMA-130 14.2, CD-ROM XA).
  const before = mode === 2 ? 24 : 16;
  const size = () => {
    const bytes = raw.size();
    return bytes === undefined ? undefined : Math.floor(bytes / sectorBytes) * DATA_BYTES;
  };
  return {
    name: raw.name,
    kind: raw.kind,
    size,
    async read(offset, length) {
      const end = Math.min(offset + length, size() ?? Infinity);
      if (end <= offset) return new Uint8Array();
      const first = Math.floor(offset / DATA_BYTES);
      const last = Math.floor((end - 1) / DATA_BYTES);
      const bytes = await raw.read(first * sectorBytes, (last - first + 1) * sectorBytes);
      const pieces: Uint8Array[] = [];
      for (let at = before; at + DATA_BYTES <= bytes.length; at += sectorBytes) {
        pieces.push(bytes.subarray(at, at + DATA_BYTES));
      }
      return Buffer.concat(pieces).subarray(offset - first * DATA_BYTES, end - first * DATA_BYTES);
    },
    close: () => raw.close(),
  };
}
