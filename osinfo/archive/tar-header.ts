// SPDX-License-Identifier: Apache-2.0

/** A tar header of 512 bytes (POSIX.1-1988 ustar, and GNU's variations of it), with what we need of it. */
export interface TarHeader {
  readonly name: string;
  /** Bytes that follow the header. */
  readonly size: number;
  /** The type flag: '0' file, '5' directory, 'x' extended header of the next entry … */
  readonly type: string;
}

/** What is written of an entry; numbers of owners and bits of the mode as they are. */
export interface NewTarHeader {
  /** At most 100 bytes of ASCII, and at most 155 before a slash that is not written. */
  readonly name: string;
  readonly prefix?: string;
  readonly size: number;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

export const blockBytes = 512;

/** Eleven octal digits of a size; what is more is written as GNU tar, bsdtar and libarchive write and read it. */
const MOST_OCTAL = 8 ** 11 - 1;

/** Writes a ustar header block (POSIX.1-1988). */
export function formatHeader({ name, prefix = '', size, type, mode, uid, gid, mtime }: NewTarHeader): Buffer {
  const header = Buffer.alloc(blockBytes);
  const octalAt = (value: number, offset: number, digits: number): void => {
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, offset, 'latin1');
  };
  header.write(name, 0, 100, 'latin1');
  octalAt(mode, 100, 7);
  octalAt(uid, 108, 7);
  octalAt(gid, 116, 7);
  if (size <= MOST_OCTAL) octalAt(size, 124, 11);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  octalAt(Math.max(0, mtime), 136, 11);
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  octalAt(0, 329, 7);
  octalAt(0, 337, 7);
  header.write(prefix, 345, 155, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** How many bytes of padding follow `size` bytes. */
export function paddingAfter(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

/** Reads a header block; undefined where its checksum is wrong, which means that it is none. */
export function parseHeader(block: Buffer): TarHeader | undefined {
  const sum = octal(block, 148, 8);
  if (sum === undefined || (sum !== checksum(block, false) && sum !== checksum(block, true))) return undefined;
  const size = number(block, 124, 12);
  if (size === undefined) return undefined;
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? text(block, 345, 155) : '';
  const base = text(block, 0, 100);
  const name = prefix === '' ? base : `${prefix}/${base}`;
  const flag = String.fromCharCode(block[156]!);
  // Before ustar a file had no flag at all, and a directory was a file whose name ends in a slash.
  const plain = flag === '\0' || flag === '0' || flag === '7';
  return { name, size, type: plain ? (name.endsWith('/') ? '5' : '0') : flag };
}

/**
 * The records of an extended header (pax): `LENGTH KEY=VALUE\n`, the length counting itself.
 * @returns undefined where it is malformed
 */
export function parsePax(bytes: Buffer): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    if (space < 0 || space - at > 8) return undefined;
    const digits = bytes.toString('latin1', at, space);
    if (!/^[0-9]+$/.test(digits)) return undefined;
    const end = at + Number(digits);
    const equals = bytes.indexOf(0x3d, space);
    if (equals < 0 || equals >= end || end > bytes.length || bytes[end - 1] !== 0x0a) return undefined;
    records.set(bytes.toString('utf8', space + 1, equals), decode(bytes.subarray(equals + 1, end - 1)));
    at = end;
  }
  return records;
}

/** UTF-8; bytes that are none become U+FFFD, which `memberPath` and file systems can hold. */
export function decode(bytes: Buffer): string {
  return bytes.toString('utf8');
}

function text(block: Buffer, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return decode(end < 0 ? field : field.subarray(0, end));
}

/** A number in octal, or in GNU's base 256 where the first bit is set. */
function number(block: Buffer, offset: number, length: number): number | undefined {
  if ((block[offset]! & 0x80) === 0) return octal(block, offset, length);
  let value = block[offset]! & 0x7f;
  for (let index = 1; index < length; index++) {
    value = value * 256 + block[offset + index]!;
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return value;
}

function octal(block: Buffer, offset: number, length: number): number | undefined {
  const digits = block
    .toString('latin1', offset, offset + length)
    .replace(/[\0 ]+$/, '')
    .replace(/^ +/, '');
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** The sum of the block's bytes, its own field counted as spaces; some old programs added signed bytes. */
function checksum(block: Buffer, signed: boolean): number {
  let sum = 0;
  for (let index = 0; index < blockBytes; index++) {
    const byte = index >= 148 && index < 156 ? 0x20 : block[index]!;
    sum += signed && byte > 127 ? byte - 256 : byte;
  }
  return sum;
}
