// SPDX-License-Identifier: Apache-2.0
import { damaged } from '../bytes.js';
import type { Output } from './zstd.js';
import { BackwardBits, buildFse, type FseTable, readFse, singleFse, type ZstdTables } from './zstd-entropy.js';

/** Of a code: the smallest value and the bits that are added to it. */
interface Codes {
  readonly bases: readonly number[];
  readonly bits: readonly number[];
}

/** Codes whose bases follow from each other: each begins where the one before it ends. */
function codes(first: number, bits: readonly number[]): Codes {
  const bases: number[] = [];
  let base = first;
  for (const count of bits) {
    bases.push(base);
    base += 2 ** count;
  }
  return { bases, bits };
}

const zeros = (count: number): number[] => new Array<number>(count).fill(0);

// RFC 8878, 3.1.1.3.2.1.1: code 43 of match lengths has 7 bits behind the 5 of code 42, and so on.
const literalCodes = codes(0, [...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const matchCodes = codes(3, [...zeros(32), ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]]);

interface Kind {
  readonly maxLog: number;
  readonly maxSymbols: number;
  readonly usual: FseTable;
}

const ones = (count: number): number[] => new Array<number>(count).fill(1);
const rare = (count: number): number[] => new Array<number>(count).fill(-1);

const kinds = {
  literalLengths: {
    maxLog: 9,
    maxSymbols: 36,
    usual: buildFse(
      [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, ...rare(4)],
      6,
    ),
  },
  offsets: { maxLog: 8, maxSymbols: 32, usual: buildFse([...ones(6), 2, 2, 2, ...ones(15), ...rare(5)], 5) },
  matchLengths: {
    maxLog: 9,
    maxSymbols: 53,
    usual: buildFse([1, 4, 3, 2, 2, 2, 2, 2, 2, ...ones(37), ...rare(7)], 6),
  },
} as const satisfies Record<string, Kind>;

/** No output here is as long as an offset of more bits. */
const maxOffsetCode = 27;

/** Copies literals and repeats as the sequences of a block say, then the literals that are left. @throws InputError on damage */
export function runSequences(data: Buffer, literals: Buffer, tables: ZstdTables, output: Output): void {
  const { count, taken } = sequenceCount(data);
  let literalAt = 0;
  const copyLiterals = (length: number): void => {
    if (literalAt + length > literals.length || output.length + length > output.bytes.length) {
      throw damaged('a zstd block');
    }
    literals.copy(output.bytes, output.length, literalAt, literalAt + length);
    literalAt += length;
    output.length += length;
  };
  if (count > 0) {
    const bits = new BackwardBits(data.subarray(taken + readTables(data, taken, tables)));
    const { literalLengths, offsets, matchLengths } = tables as Required<ZstdTables>;
    let literalState = bits.read(literalLengths!.log);
    let offsetState = bits.read(offsets!.log);
    let matchState = bits.read(matchLengths!.log);
    const step = (table: FseTable, state: number): number => table.bases[state]! + bits.read(table.bits[state]!);
    for (let index = 0; index < count; index++) {
      const offsetCode = offsets!.symbols[offsetState]!;
      const matchCode = matchLengths!.symbols[matchState]!;
      const literalCode = literalLengths!.symbols[literalState]!;
      if (offsetCode > maxOffsetCode) throw damaged('a zstd block');
      const offsetValue = 2 ** offsetCode + bits.read(offsetCode);
      const matchLength = matchCodes.bases[matchCode]! + bits.read(matchCodes.bits[matchCode]!);
      const literalLength = literalCodes.bases[literalCode]! + bits.read(literalCodes.bits[literalCode]!);
      copyLiterals(literalLength);
      repeat(output, offsetOf(offsetValue, literalLength, tables.recent), matchLength);
      if (index + 1 < count) {
        literalState = step(literalLengths!, literalState);
        matchState = step(matchLengths!, matchState);
        offsetState = step(offsets!, offsetState);
      }
      if (bits.left < 0) throw damaged('a zstd block');
    }
  }
  copyLiterals(literals.length - literalAt);
}

function sequenceCount(data: Buffer): { count: number; taken: number } {
  const first = data.readUInt8(0);
  if (first < 128) return { count: first, taken: 1 };
  if (first < 255) return { count: ((first - 128) << 8) + data.readUInt8(1), taken: 2 };
  return { count: data.readUInt16LE(1) + 0x7f00, taken: 3 };
}

/** Sets the three tables of the block and says how many bytes they take with the byte of their modes. */
function readTables(data: Buffer, at: number, tables: ZstdTables): number {
  const modes = data.readUInt8(at);
  let taken = 1;
  const order = [
    ['literalLengths', modes >> 6],
    ['offsets', (modes >> 4) & 3],
    ['matchLengths', (modes >> 2) & 3],
  ] as const;
  for (const [name, mode] of order) {
    const kind = kinds[name];
    if (mode === 0) tables[name] = kind.usual;
    else if (mode === 1) {
      const symbol = data.readUInt8(at + taken);
      if (symbol >= kind.maxSymbols) throw damaged('a zstd table');
      tables[name] = singleFse(symbol);
      taken++;
    } else if (mode === 2) {
      const read = readFse(data.subarray(at + taken), kind.maxLog, kind.maxSymbols);
      tables[name] = read.table;
      taken += read.taken;
    } else if (!tables[name]) throw damaged('a zstd table');
  }
  return taken;
}

/** Values up to 3 mean one of the last three offsets, counted one further where no literal stands before. */
function offsetOf(value: number, literalLength: number, recent: [number, number, number]): number {
  if (value > 3) {
    const offset = value - 3;
    recent[2] = recent[1];
    recent[1] = recent[0];
    recent[0] = offset;
    return offset;
  }
  const index = value - 1 + (literalLength === 0 ? 1 : 0);
  if (index === 0) return recent[0];
  const offset = index < 3 ? recent[index]! : recent[0] - 1;
  if (index > 1) recent[2] = recent[1];
  recent[1] = recent[0];
  recent[0] = offset;
  return offset;
}

function repeat(output: Output, offset: number, length: number): void {
  const { bytes } = output;
  let to = output.length;
  if (offset < 1 || offset > to || to + length > bytes.length) throw damaged('a zstd block');
  // The piece may overlap what it makes.
  for (const end = to + length; to < end; to++) bytes[to] = bytes[to - offset]!;
  output.length = to;
}
