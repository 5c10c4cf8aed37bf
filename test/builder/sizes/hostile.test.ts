// SPDX-License-Identifier: Apache-2.0
import { closeSync, ftruncateSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ImageFormat, imageSizes } from '../../../builder/sizes/index.js';
import { InputError } from '../../../osinfo/errors.js';
import { createImage, imageFolder, KIB, MIB, qemuIo } from './qemu.js';

const folder = imageFolder();
const samples: readonly { readonly format: ImageFormat; readonly options: string }[] = [
  { format: 'qcow2', options: 'cluster_size=4096' },
  { format: 'vmdk', options: '' },
  { format: 'vmdk', options: 'subformat=twoGbMaxExtentFlat' },
  { format: 'vhdx', options: 'block_size=1M' },
  { format: 'vdi', options: '' },
  { format: 'vpc', options: '' },
];
const pathOf = (sample: (typeof samples)[number]) => join(folder, `${sample.format}${sample.options.length}.img`);

beforeAll(async () => {
  for (const sample of samples) {
    await createImage(pathOf(sample), sample.format, sample.options, 4 * MIB);
    await qemuIo(['-f', sample.format, pathOf(sample)], ['write -q -P 5 0 256K', 'write -q -P 5 3M 64K']);
  }
});

/** A copy with some bytes replaced. */
function changed(path: string, changes: readonly (readonly [offset: number, bytes: readonly number[]])[]): string {
  const bytes = readFileSync(path);
  for (const [offset, values] of changes) Buffer.from(values).copy(bytes, offset);
  const copy = join(folder, 'changed.img');
  writeFileSync(copy, bytes);
  return copy;
}

/** Sizes, or an InputError of one line; anything else, and anything slow, fails the test. */
function mustBeCalm(path: string, format: ImageFormat): void {
  const started = performance.now();
  try {
    const sizes = imageSizes(path, { format });
    expect(Number.isSafeInteger(sizes.capacityBytes)).toBe(true);
    if (sizes.commitmentBytes !== null) expect(Number.isSafeInteger(sizes.commitmentBytes)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/^[^\n]{1,400}$/);
  }
  expect(performance.now() - started).toBeLessThan(5000);
}

describe.each(samples)('$format $options', (sample) => {
  test('every byte of the header set to 0, 127 and 255 gives sizes or one line', () => {
    const bytes = readFileSync(pathOf(sample));
    const copy = join(folder, 'flipped.img');
    writeFileSync(copy, bytes);
    const fd = openSync(copy, 'r+');
    // Headers, region tables, the first tables behind them.
    const starts = sample.format === 'vhdx' ? [0, 64 * KIB, 192 * KIB, 2 * MIB, 2 * MIB + 64 * KIB] : [0, 512, 4096];
    for (const start of starts) {
      for (let at = start; at < Math.min(start + 112, bytes.length); at++) {
        for (const value of [0, 127, 255]) {
          writeSync(fd, Buffer.from([value]), 0, 1, at);
          mustBeCalm(copy, sample.format);
        }
        writeSync(fd, bytes, at, 1, at);
      }
    }
    closeSync(fd);
  });

  test('cut short at any place gives sizes or one line', () => {
    const copy = join(folder, 'cut.img');
    const bytes = readFileSync(pathOf(sample));
    for (const length of [
      0,
      1,
      4,
      63,
      104,
      511,
      512,
      513,
      1023,
      1536,
      4096,
      5000,
      65_536,
      70_000,
      200_000,
      bytes.length - 1,
    ]) {
      if (length >= bytes.length) continue;
      writeFileSync(copy, bytes.subarray(0, length));
      mustBeCalm(copy, sample.format);
    }
  });
});

describe('a hostile qcow2 header', () => {
  const qcow2 = () => pathOf(samples[0]!);
  test.each([
    ['a cluster size of 2^63', 20, [0, 0, 0, 63], /cluster size is 2\^63/],
    [
      'a capacity beyond all hosts',
      24,
      [0x7f, 255, 255, 255, 255, 255, 255, 255],
      /its capacity says 9223372036854775807/,
    ],
    [
      'more capacity than its L1 table holds',
      24,
      [0, 0, 1, 0, 0, 0, 0, 0],
      /L1 table has 2 entries, and the capacity needs/,
    ],
    ['an L1 table of 32 GiB', 36, [255, 255, 255, 255], /L1 table has 4294967295 entries/],
    ['an L1 table beyond the end', 40, [0, 0, 0, 255, 0, 0, 0, 0], /L1 table .* reaches beyond the end of the file/],
    ['an L1 table that is not aligned', 40, [0, 0, 0, 0, 0, 0, 0x30, 1], /does not begin at a cluster/],
    ['a refcount table of terabytes', 56, [255, 255, 255, 255], /refcount table has 4294967295 clusters/],
    ['no refcount table', 56, [0, 0, 0, 0], /no refcount table/],
    ['unknown features that it needs', 72, [128, 0, 0, 0, 0, 0, 0, 0], /features of qcow2 that are not known here/],
    ['refcounts of 2^200 bits', 96, [0, 0, 0, 200], /2\^200 bits wide/],
    ['a header longer than its cluster', 100, [0, 16, 0, 0], /header says it is 1048576 bytes long/],
    ['version 9', 4, [0, 0, 0, 9], /qcow version 9 is not supported/],
  ])('%s', (_, offset, bytes, message) => {
    expect(() => imageSizes(changed(qcow2(), [[offset, bytes]]))).toThrow(message);
  });

  test('bitmaps in numbers and sizes that cannot be', async () => {
    const extension = (count: number[], size: number[], offset: number[]) =>
      [0x23, 0x85, 0x28, 0x75, 0, 0, 0, 24, ...count, 0, 0, 0, 0, 0, 0, 0, 0, ...size, 0, 0, 0, 0, ...offset] as const;
    const flag = [95, [1]] as const;
    const at = 112;
    expect(() =>
      imageSizes(changed(qcow2(), [flag, [at, extension([0, 255, 255, 255], [0, 0, 1, 0], [0, 0, 16, 0])]])),
    ).toThrow(/says that it has 16777215 bitmaps/);
    expect(() =>
      imageSizes(changed(qcow2(), [flag, [at, extension([0, 0, 0, 1], [255, 0, 0, 0], [0, 0, 16, 0])]])),
    ).toThrow(/bitmap directory has 4278190080 bytes/);
    expect(() =>
      imageSizes(changed(qcow2(), [flag, [at, extension([0, 0, 0, 9], [0, 0, 0, 64], [0, 0, 16, 0])]])),
    ).toThrow(/granularity|has room for/);
  });

  test('L2 tables far outside, and a terabyte of them in a sparse file, end soon', async () => {
    const l1 = Number(readFileSync(qcow2()).readBigUInt64BE(40));
    expect(() => imageSizes(changed(qcow2(), [[l1, [128, 255, 255, 255, 255, 255, 0xf0, 0]]]))).toThrow(
      /L2 table 0 at byte \d+ lies beyond the end/,
    );
    const path = join(folder, 'huge.qcow2');
    await createImage(path, 'qcow2', 'cluster_size=2M', 2 ** 50);
    const bytes = readFileSync(path).subarray(0, 64 * MIB);
    // Every L1 entry names an L2 table of its own, somewhere in a hole.
    const offset = Number(bytes.readBigUInt64BE(40));
    for (let index = 0; index < bytes.readUInt32BE(36); index++)
      bytes.writeBigUInt64BE((1n << 63n) | BigInt((index + 16) * 2 * MIB), offset + index * 8);
    writeFileSync(path, bytes);
    const fd = openSync(path, 'r+');
    ftruncateSync(fd, 8 * 1024 ** 3);
    closeSync(fd);
    const started = performance.now();
    expect(imageSizes(path)).toMatchObject({
      capacityBytes: 2 ** 50,
      commitmentBytes: null,
      commitmentNote: expect.stringMatching(/larger than 1 GiB/),
    });
    expect(performance.now() - started).toBeLessThan(8000);
    truncateSync(path, 0);
  });
});

describe('hostile headers of the others', () => {
  test.each([
    ['vdi', 384, [255, 255, 255, 63], /inside its block map|block map/],
    ['vdi', 376, [0, 0, 0, 0], /block size is 0/],
    ['vdi', 68, [9, 9, 9, 9], /VDI version/],
    ['vmdk', 20, [0, 0, 0, 0, 0, 0, 0, 0], /grains have 0 bytes/],
    ['vmdk', 44, [0, 0, 0, 0], /grain tables have 0 entries/],
    ['vmdk', 56, [0, 0, 0, 0, 255, 0, 0, 0], /grain directory .* reaches beyond the end/],
    ['vmdk', 12, [255, 255, 255, 255, 255, 255, 255, 0], /its capacity says/],
    ['vpc', 512 + 28, [0x3f, 255, 255, 255], /block table/],
    ['vpc', 512 + 32, [0, 0, 0, 3], /block size is 3/],
    ['vpc', 60, [0, 0, 0, 99], /VHD type 99/],
    ['vhdx', 192 * KIB + 8, [255, 255, 255, 255], undefined],
  ] as const)('%s at %i', (format, offset, bytes, message) => {
    const path = changed(pathOf(samples.find((sample) => sample.format === format)!), [[offset, bytes]]);
    if (message) expect(() => imageSizes(path)).toThrow(message);
    // The second copy of the region table serves.
    else expect(imageSizes(path).capacityBytes).toBe(4 * MIB);
  });
});
