// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inflateUpTo } from '../../../../osinfo/detect/image/compression/inflate.js';
import { lzo1x, lzoSegments } from '../../../../osinfo/detect/image/compression/lzo.js';
import { zstdExactly, zstdUpTo } from '../../../../osinfo/detect/image/compression/zstd.js';
import { guarded } from '../../../../osinfo/detect/image/guarded.js';
import { inspectImage } from '../../../../osinfo/detect/image/inspect.js';
import { InputError } from '../../../../osinfo/errors.js';
import { db } from './db.js';
import { btrfs, treeOf, writeAt } from './images.js';

function zstd(data: Buffer, words: readonly string[]): Buffer {
  return execFileSync('zstd', ['-q', '-c', ...words], {
    input: data,
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 2 ** 26,
  });
}

const text = readFileSync(import.meta.filename);
const samples: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('x')],
  ['a short text', Buffer.from('ID=debian\nVERSION_ID="12"\n')],
  ['a source file', text],
  ['zeros', Buffer.alloc(300_000)],
  ['noise', randomBytes(140_000)],
  ['noise and text', Buffer.concat([randomBytes(5000), text, text, randomBytes(100), text])],
  ['numbers', Buffer.from(Array.from({ length: 60_000 }, (_, index) => (index * index) >> 7).join(' '))],
  ['few letters', Buffer.from(randomBytes(150_000).map((byte) => 97 + (byte % 5)))],
];

for (const [name, data] of samples) {
  test(`zstd gives ${name} back, from several levels`, () => {
    for (const words of [['--fast=5'], ['-3'], ['-9', '--no-check'], ['-19']]) {
      const packed = zstd(data, words);
      expect(zstdUpTo(packed, data.length).equals(data), words.join(' ')).toBe(true);
      expect(zstdExactly(Buffer.concat([packed, Buffer.alloc(100)]), data.length).equals(data)).toBe(true);
    }
  });
}

test('zstd never gives more than there is room for', () => {
  const packed = zstd(Buffer.alloc(10_000_000), []);
  expect(() => zstdUpTo(packed, 4096)).toThrow(InputError);
  expect(() => zstdExactly(zstd(Buffer.from('abc'), []), 4)).toThrow(/gives 3 bytes instead of 4/);
});

for (const [name, unpack] of [
  ['zstd', (packed: Buffer) => zstdUpTo(packed, 65536)],
  ['LZO', (packed: Buffer) => lzoSegments(packed, 65536)],
  ['LZO1X', (packed: Buffer) => lzo1x(packed, 65536)],
  ['zlib', (packed: Buffer) => inflateUpTo(packed, 65536)],
] as const) {
  test(`${name}: any bytes, and any change of good ones, give bytes or an InputError`, () => {
    const good = name === 'zlib' ? deflateSync(text) : zstd(text, ['-19']);
    const check = (packed: Buffer): void => {
      try {
        expect(guarded(() => unpack(packed)).length).toBeLessThanOrEqual(65536);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => check(Buffer.from(bytes))),
      { numRuns: 300 },
    );
    const change = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(change, fc.nat(good.length), (changes, length) => {
        const packed = Buffer.from(good.subarray(0, length));
        for (const [at, value] of changes) if (at < length) packed[at] = value;
        check(packed);
      }),
      { numRuns: 300 },
    );
  });
}

/** LZO1X without any match: a first instruction with up to 238 literals, then the end. */
function lzoLiterals(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([17 + data.length]), data, Buffer.from([0x11, 0, 0])]);
}

test('LZO1X copies literals, near and far matches (the instructions of the format by hand)', () => {
  expect(lzo1x(lzoLiterals(Buffer.from('hello')), 100).toString()).toBe('hello');
  // "abcd", then 8 bytes from 4 back (instruction 001LLLLL), then the end.
  const repeat = Buffer.from([17 + 4, ...Buffer.from('abcd'), 0x20 | 6, 3 << 2, 0, 0x11, 0, 0]);
  expect(lzo1x(repeat, 100).toString()).toBe('abcdabcdabcd');
  // "abcd", then 3 bytes from 2 back (instruction LLLDDDSS with one literal behind), then the end.
  const short = Buffer.from([17 + 4, ...Buffer.from('abcd'), (2 << 5) | (1 << 2) | 1, 0, 0x7a, 0x11, 0, 0]);
  expect(lzo1x(short, 100).toString()).toBe('abcdcdcz');
});

const plain = Buffer.from(`ID=debian\nVERSION_ID="12"\n#${'x'.repeat(400)}\n`);
const segment = lzoLiterals(plain.subarray(0, 200));
const lzoHead = Buffer.alloc(8);
lzoHead.writeUInt32LE(8 + segment.length, 0);
lzoHead.writeUInt32LE(segment.length, 4);

for (const [name, kind, packed] of [
  ['zlib', 1, deflateSync(plain)],
  ['LZO', 2, Buffer.concat([lzoHead, segment])],
  ['zstd', 3, zstd(plain, ['--no-check'])],
] as const) {
  test(`btrfs: a file that is packed with ${name} is read`, async () => {
    const path = btrfs(treeOf({ 'etc/os-release': plain }));
    const bytes = readFileSync(path);
    // The tool cannot pack: the bytes of the inline extent are changed to what the kernel would have written.
    for (let at = bytes.indexOf(plain); at >= 0; at = bytes.indexOf(plain, at + 1)) {
      writeAt(path, at - 5, Buffer.from([kind]));
      writeAt(path, at, packed);
    }
    const image = await inspectImage(path, { db });
    expect(image.guests[0]?.os?.shortId).toBe('debian12');
  });
}

test('an image in a compressed file is not unpacked', async () => {
  const path = `${treeOf({})}.zst`;
  writeFileSync(path, zstd(Buffer.alloc(1000), []));
  await expect(inspectImage(path, { db })).rejects.toThrow(/compressed with zstd; unpack it first/);
});
