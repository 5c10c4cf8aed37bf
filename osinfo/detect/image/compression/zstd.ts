// SPDX-License-Identifier: Apache-2.0
import { damaged, unsupported } from '../bytes.js';
import { emptyTables, type ZstdTables } from './zstd-entropy.js';
import { readLiterals } from './zstd-literals.js';
import { runSequences } from './zstd-sequences.js';

// The format: RFC 8878. Node has zstd from version 22.15 only.
const magic = 0xfd2fb528;
const maxBlockBytes = 128 * 1024;

/** Where unpacked bytes go: never more than there is room for. */
export interface Output {
  readonly bytes: Buffer;
  length: number;
}

/** Unpacks one zstd frame that gives at most `bytes` bytes; its checksum is not looked at. @throws InputError when it is damaged */
export function zstdUpTo(packed: Buffer, bytes: number): Buffer {
  const output: Output = { bytes: Buffer.alloc(bytes), length: 0 };
  let at = frameHeader(packed);
  const tables = emptyTables();
  for (;;) {
    if (at + 3 > packed.length) throw damaged('zstd data ends too early');
    const header = packed.readUIntLE(at, 3);
    const size = header >> 3;
    at += 3;
    at += readBlock((header >> 1) & 3, packed, at, size, tables, output);
    if (header & 1) return output.bytes.subarray(0, output.length);
  }
}

/** As `zstdUpTo`, but it must give as many bytes. */
export function zstdExactly(packed: Buffer, bytes: number): Buffer {
  const result = zstdUpTo(packed, bytes);
  if (result.length !== bytes) throw damaged(`zstd data gives ${result.length} bytes instead of ${bytes}`);
  return result;
}

/** Bytes of the frame's header. Sizes in it are not needed: the output has its own bound. */
function frameHeader(packed: Buffer): number {
  if (packed.length < 6 || packed.readUInt32LE(0) !== magic) throw damaged('zstd data');
  const descriptor = packed[4]!;
  const single = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  if (descriptor & 0x08) throw unsupported('zstd data of an unknown version');
  const dictionaryAt = 5 + (single ? 0 : 1);
  const dictionary = dictionaryBytes === 0 ? 0 : packed.readUIntLE(dictionaryAt, dictionaryBytes);
  if (dictionary !== 0) throw unsupported('zstd data that needs a dictionary');
  return dictionaryAt + dictionaryBytes + sizeBytes;
}

/** Unpacks a block and says how many bytes of input it took. */
function readBlock(type: number, packed: Buffer, at: number, size: number, tables: ZstdTables, output: Output): number {
  const taken = type === 1 ? 1 : size;
  if (at + taken > packed.length) throw damaged('zstd data ends too early');
  if (type === 2) {
    if (size > maxBlockBytes) throw damaged('a zstd block');
    readCompressed(packed.subarray(at, at + size), tables, output);
    return taken;
  }
  if (type === 3 || output.length + size > output.bytes.length) throw damaged('a zstd block');
  if (type === 0) packed.copy(output.bytes, output.length, at, at + size);
  else output.bytes.fill(packed[at]!, output.length, output.length + size);
  output.length += size;
  return taken;
}

function readCompressed(block: Buffer, tables: ZstdTables, output: Output): void {
  const { literals, taken } = readLiterals(block, tables);
  runSequences(block.subarray(taken), literals, tables, output);
}
