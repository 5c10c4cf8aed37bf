// SPDX-License-Identifier: Apache-2.0
import { damaged } from '../bytes.js';

const sector = 4096;

/**
 * Unpacks what btrfs packs with LZO: the total length, then pieces of at most a page, each with its length in front,
 * which never crosses a page. Gives at most `bytes` bytes.
 * @throws InputError when it is damaged
 */
export function lzoSegments(packed: Buffer, bytes: number): Buffer {
  if (packed.length < 4) throw damaged('LZO data');
  const total = Math.min(packed.readUInt32LE(0), packed.length);
  const pieces: Buffer[] = [];
  let done = 0;
  for (let at = 4; at + 4 <= total && done < bytes; ) {
    if (sector - (at % sector) < 4) at += sector - (at % sector);
    if (at + 4 > total) break;
    const length = packed.readUInt32LE(at);
    if (length === 0 || at + 4 + length > total) throw damaged('LZO data');
    const piece = lzo1x(packed.subarray(at + 4, at + 4 + length), Math.min(sector * 16, bytes - done));
    pieces.push(piece);
    done += piece.length;
    at += 4 + length;
  }
  return Buffer.concat(pieces);
}

/** Unpacks one LZO1X stream (the kernel's Documentation/staging/lzo.rst) that gives at most `bytes` bytes. */
export function lzo1x(packed: Buffer, bytes: number): Buffer {
  const out = Buffer.alloc(bytes);
  let from = 0;
  let to = 0;
  const next = (): number => {
    const value = packed[from++];
    if (value === undefined) throw damaged('LZO data ends too early');
    return value;
  };
  /** A length that does not fit into its bits: zeros count 255 each. */
  const long = (base: number): number => {
    let sum = base;
    let value = next();
    while (value === 0) {
      sum += 255;
      value = next();
    }
    return sum + value;
  };
  const literals = (count: number): void => {
    if (from + count > packed.length || to + count > bytes) throw damaged('LZO data');
    packed.copy(out, to, from, from + count);
    from += count;
    to += count;
  };
  const match = (distance: number, count: number): void => {
    if (distance > to || to + count > bytes) throw damaged('LZO data');
    for (let index = 0; index < count; index++, to++) out[to] = out[to - distance]!;
  };
  // How many literals the last instruction copied: 0 to 3, or 4 for more. It decides what a small instruction means.
  let state = 0;
  let first = packed[0] ?? 0;
  if (first > 17) {
    from = 1;
    first -= 17;
    literals(first);
    state = Math.min(first, 4);
  }
  for (;;) {
    const code = next();
    let trailing: number;
    if (code >= 64) {
      const count = (code >> 5) + 1;
      match((next() << 3) + ((code >> 2) & 7) + 1, count);
      trailing = code & 3;
    } else if (code >= 16) {
      const mask = code >= 32 ? 31 : 7;
      const count = (code & mask) === 0 ? long(mask) : code & mask;
      const low = next();
      const pair = low | (next() << 8);
      if (code >= 32) match((pair >> 2) + 1, count + 2);
      else {
        const distance = ((code & 8) << 11) + (pair >> 2) + 16384;
        if (distance === 16384) return out.subarray(0, to);
        match(distance, count + 2);
      }
      trailing = pair & 3;
    } else if (state === 0) {
      literals(code === 0 ? long(15) + 3 : code + 3);
      state = 4;
      continue;
    } else {
      const base = (next() << 2) + (code >> 2) + 1;
      if (state === 4) match(base + 2048, 3);
      else match(base, 2);
      trailing = code & 3;
    }
    literals(trailing);
    state = trailing;
  }
}
