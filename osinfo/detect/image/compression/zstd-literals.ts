// SPDX-License-Identifier: Apache-2.0
import { damaged } from '../bytes.js';
import { BackwardBits, type HuffmanTable, readFse, type ZstdTables } from './zstd-entropy.js';

const maxLiterals = 128 * 1024;
const maxHuffmanBits = 11;

/** The literals of a block (RFC 8878, 3.1.1.3.1), and how many bytes of the block they take. @throws InputError on damage */
export function readLiterals(block: Buffer, tables: ZstdTables): { literals: Buffer; taken: number } {
  const type = block[0]! & 3;
  const format = (block[0]! >> 2) & 3;
  if (type < 2) {
    const headBytes = format === 1 ? 2 : format === 3 ? 3 : 1;
    const size = block.readUIntLE(0, headBytes) >> (headBytes === 1 ? 3 : 4);
    if (size > maxLiterals) throw damaged('the literals of a zstd block');
    if (type === 1) return { literals: Buffer.alloc(size, block[headBytes]!), taken: headBytes + 1 };
    if (headBytes + size > block.length) throw damaged('the literals of a zstd block');
    return { literals: block.subarray(headBytes, headBytes + size), taken: headBytes + size };
  }
  const headBytes = format < 2 ? 3 : format + 2;
  const sizeBits = [10, 10, 14, 18][format]!;
  const head = block.readUIntLE(0, headBytes);
  const size = Math.floor(head / 16) % 2 ** sizeBits;
  const packedBytes = Math.floor(head / 2 ** (4 + sizeBits)) % 2 ** sizeBits;
  const taken = headBytes + packedBytes;
  if (size > maxLiterals || taken > block.length) throw damaged('the literals of a zstd block');
  let packed = block.subarray(headBytes, taken);
  if (type === 2) {
    const tree = readHuffman(packed);
    tables.huffman = tree.table;
    packed = packed.subarray(tree.taken);
  }
  if (!tables.huffman) throw damaged('the literals of a zstd block');
  const literals = Buffer.alloc(size);
  if (format === 0) decode(tables.huffman, packed, literals);
  else decodeFour(tables.huffman, packed, literals);
  return { literals, taken };
}

function decodeFour(table: HuffmanTable, packed: Buffer, literals: Buffer): void {
  const part = Math.floor((literals.length + 3) / 4);
  if (packed.length < 6 || part * 3 > literals.length) throw damaged('the literals of a zstd block');
  let at = 6;
  for (let index = 0; index < 4; index++) {
    const end = index === 3 ? packed.length : at + packed.readUInt16LE(index * 2);
    if (end > packed.length) throw damaged('the literals of a zstd block');
    const to = index === 3 ? literals.length : part * (index + 1);
    decode(table, packed.subarray(at, end), literals.subarray(part * index, to));
    at = end;
  }
}

function decode(table: HuffmanTable, packed: Buffer, literals: Buffer): void {
  const bits = new BackwardBits(packed);
  for (let index = 0; index < literals.length; index++) {
    const value = bits.peek(table.maxBits);
    literals[index] = table.symbols[value]!;
    bits.left -= table.bits[value]!;
  }
  if (bits.left !== 0) throw damaged('the literals of a zstd block');
}

/** A Huffman tree is written as weights of its symbols, the last of which follows from the others. */
function readHuffman(data: Buffer): { table: HuffmanTable; taken: number } {
  const head = data[0] ?? 0;
  if (head < 128) {
    if (1 + head > data.length) throw damaged('a zstd tree');
    return { table: buildHuffman(packedWeights(data.subarray(1, 1 + head))), taken: 1 + head };
  }
  const count = head - 127;
  const bytes = Math.ceil(count / 2);
  if (1 + bytes > data.length) throw damaged('a zstd tree');
  const weights = Array.from({ length: count }, (_, index) => {
    const pair = data[1 + (index >> 1)]!;
    return index % 2 === 0 ? pair >> 4 : pair & 15;
  });
  return { table: buildHuffman(weights), taken: 1 + bytes };
}

/** Weights by two states that take turns; the stream ends where a state would need bits that are not there. */
function packedWeights(data: Buffer): number[] {
  const { table, taken } = readFse(data, 6, 256);
  const bits = new BackwardBits(data.subarray(taken));
  const states = [bits.read(table.log), bits.read(table.log)];
  const weights: number[] = [];
  for (let turn = 0; ; turn ^= 1) {
    const state = states[turn]!;
    weights.push(table.symbols[state]!);
    if (weights.length > 254) throw damaged('a zstd tree');
    states[turn] = table.bases[state]! + bits.read(table.bits[state]!);
    if (bits.left < 0) {
      weights.push(table.symbols[states[turn ^ 1]!]!);
      return weights;
    }
  }
}

function buildHuffman(weights: readonly number[]): HuffmanTable {
  if (weights.some((weight) => weight > maxHuffmanBits)) throw damaged('a zstd tree');
  const sum = weights.reduce((total, weight) => total + (weight > 0 ? 1 << (weight - 1) : 0), 0);
  if (sum === 0) throw damaged('a zstd tree');
  const maxBits = 32 - Math.clz32(sum);
  const rest = (1 << maxBits) - sum;
  if (maxBits > maxHuffmanBits || (rest & (rest - 1)) !== 0) throw damaged('a zstd tree');
  const all = [...weights, 32 - Math.clz32(rest)];
  const table = { maxBits, symbols: new Uint8Array(1 << maxBits), bits: new Uint8Array(1 << maxBits) };
  let at = 0;
  // The longest codes, which are those of the smallest weights, come first.
  for (let weight = 1; weight <= maxBits; weight++) {
    for (const [symbol, own] of all.entries()) {
      if (own !== weight) continue;
      const span = 1 << (weight - 1);
      table.symbols.fill(symbol, at, at + span);
      table.bits.fill(maxBits + 1 - weight, at, at + span);
      at += span;
    }
  }
  return table;
}
