// SPDX-License-Identifier: Apache-2.0
import { damaged } from '../bytes.js';

/** A finite state entropy table: a symbol, the bits to read and what to add to them for the next state (RFC 8878, 4.1). */
export interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** A Huffman table: for each value of `maxBits` bits the symbol and how many of the bits it takes. */
export interface HuffmanTable {
  readonly maxBits: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

/** What a block may take over from the one before it. */
export interface ZstdTables {
  huffman: HuffmanTable | undefined;
  literalLengths: FseTable | undefined;
  offsets: FseTable | undefined;
  matchLengths: FseTable | undefined;
  readonly recent: [number, number, number];
}

export function emptyTables(): ZstdTables {
  return {
    huffman: undefined,
    literalLengths: undefined,
    offsets: undefined,
    matchLengths: undefined,
    recent: [1, 4, 8],
  };
}

/** Bits from the end of a stream to its start; beyond the start there are zeros, and `left` is negative. */
export class BackwardBits {
  readonly #bytes: Buffer;
  left: number;

  /** @throws InputError when the last byte lacks the bit that marks the end */
  constructor(stream: Buffer) {
    const last = stream.at(-1) ?? 0;
    if (last === 0) throw damaged('a zstd bit stream');
    this.left = stream.length * 8 - (Math.clz32(last) - 24) - 1;
    // Room for reading four bytes at once at the end.
    this.#bytes = Buffer.concat([stream, Buffer.alloc(8)]);
  }

  /** At most 24 bits. */
  peek(count: number): number {
    const from = this.left - count;
    if (from >= 0) {
      return ((this.#bytes.readUInt32LE(from >> 3) >>> (from & 7)) & ((1 << count) - 1)) >>> 0;
    }
    if (this.left <= 0) return 0;
    return ((this.#bytes.readUInt32LE(0) & ((1 << this.left) - 1)) << -from) >>> 0;
  }

  read(count: number): number {
    if (count === 0) return 0;
    if (count > 24) {
      const high = this.read(count - 16);
      return high * 65536 + this.read(16);
    }
    const value = this.peek(count);
    this.left -= count;
    return value;
  }
}

const highestBit = (value: number): number => 31 - Math.clz32(value);

/** The table of a distribution: how often each symbol occurs among `2 ** log` states, -1 for less than once. */
export function buildFse(counts: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const table = {
    log,
    symbols: new Uint8Array(size),
    bits: new Uint8Array(size),
    bases: new Uint16Array(size),
  };
  const next = counts.map((count) => Math.abs(count));
  let high = size;
  for (const [symbol, count] of counts.entries()) if (count === -1) table.symbols[--high] = symbol;
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (const [symbol, count] of counts.entries()) {
    for (let index = 0; index < count; index++) {
      table.symbols[position] = symbol;
      do position = (position + step) & (size - 1);
      while (position >= high);
    }
  }
  if (position !== 0) throw damaged('a zstd table');
  for (let state = 0; state < size; state++) {
    const symbol = table.symbols[state]!;
    const value = next[symbol]!++;
    const bits = log - highestBit(value);
    table.bits[state] = bits;
    table.bases[state] = (value << bits) - size;
  }
  return table;
}

/** A table that stands in the data, and how many bytes it takes. @throws InputError when it is damaged or too large */
export function readFse(data: Buffer, maxLog: number, maxSymbols: number): { table: FseTable; taken: number } {
  const padded = Buffer.concat([data.subarray(0, 512), Buffer.alloc(8)]);
  const end = Math.min(data.length, 512) * 8;
  let position = 0;
  const peek = (count: number): number => {
    if (position + count > end + 32) throw damaged('a zstd table');
    return (padded.readUInt32LE(position >> 3) >>> (position & 7)) & ((1 << count) - 1);
  };
  const log = peek(4) + 5;
  position += 4;
  if (log > maxLog) throw damaged('a zstd table');
  const counts: number[] = [];
  let remaining = 1 << log;
  while (remaining > 0) {
    if (counts.length >= maxSymbols) throw damaged('a zstd table');
    const bits = highestBit(remaining + 1) + 1;
    let value = peek(bits);
    const lower = (1 << (bits - 1)) - 1;
    const threshold = (1 << bits) - 1 - (remaining + 1);
    // Small values take one bit less.
    position += bits;
    if ((value & lower) < threshold) {
      position--;
      value &= lower;
    } else if (value > lower) value -= threshold;
    const count = value - 1;
    remaining -= Math.abs(count);
    counts.push(count);
    for (let repeat = count === 0 ? 3 : 0; repeat === 3; ) {
      repeat = peek(2);
      position += 2;
      for (let index = 0; index < repeat; index++) counts.push(0);
      if (counts.length > maxSymbols) throw damaged('a zstd table');
    }
  }
  if (remaining < 0 || position > end) throw damaged('a zstd table');
  return { table: buildFse(counts, log), taken: Math.ceil(position / 8) };
}

/** A table that always gives the same symbol. */
export function singleFse(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), bases: new Uint16Array(1) };
}
