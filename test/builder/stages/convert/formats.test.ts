// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { diskFormats, IMAGE_FORMATS, imageFiles, OUTPUTS } from '../../../../builder/plan/outputs.js';
import type { DiskFormat } from '../../../../builder/plan/types.js';
import { imageSizes } from '../../../../builder/sizes/index.js';
import { runConvert } from '../../../../builder/stages/convert/index.js';
import { run } from '../../../../osinfo/doors/process.js';
import { newFolder } from '../../../osinfo/load/folders.js';
import { again, convert, KIB, type Made, MIB, makeDisk, usualPieces } from './disk.js';

const formats = diskFormats({ formats: IMAGE_FORMATS });
const disk = 48 * MIB;
const epoch = 1_700_000_000;

/** The file as QEMU can open it: unpacked where it is packed. */
async function opened(file: string, format: DiskFormat): Promise<string> {
  if (!OUTPUTS[format].packed) return file;
  const target = join(newFolder(), 'disk.raw');
  const program = format === 'raw.xz' ? 'xz' : 'zstd';
  await run(['sh', '-c', 'exec "$1" -dc -- "$2" >"$3"', 'sh', program, file, target]);
  return target;
}

async function compare(raw: string, file: string, format: DiskFormat): Promise<string> {
  const { container } = OUTPUTS[format];
  const { stdout } = await run(['qemu-img', 'compare', '-f', 'raw', '-F', container, raw, await opened(file, format)]);
  return stdout.trim();
}

describe('each format', () => {
  let made: Made;
  beforeAll(() => {
    made = makeDisk(disk, usualPieces(disk), { formats, sourceDateEpoch: epoch });
  });

  test.for(formats)('%s holds what the raw disk holds, has its size, and is the same bytes again', async (format) => {
    const file = await convert(made, format);
    expect(await compare(made.raw, file, format)).toBe('Images are identical.');
    const { container, packed } = OUTPUTS[format];
    if (!packed) expect(imageSizes(file, { format: container }).capacityBytes).toBe(disk);
    const second = await convert(again(made), format);
    expect(basename(second)).toBe(basename(file));
    expect(readFileSync(second).equals(readFileSync(file))).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  test.for(['qcow2', 'vmdk', 'vdi', 'vhdx'] as const)(
    '%s is found without a fault by qemu-img check',
    async (format) => {
      const file = await convert(again(made), format);
      const checked = run(['qemu-img', 'check', '-f', OUTPUTS[format].container, file]);
      expect((await checked).stdout).toMatch(/^No errors were found on the image/);
    },
  );

  test.for(['qcow2', 'qcow2-zlib', 'vmdk'] as const)('%s is written plain where compression is off', async (format) => {
    const plain = again(made, { ...made.context.plan.outputs, compress: false });
    const file = await convert(plain, format);
    expect(await compare(made.raw, file, format)).toBe('Images are identical.');
    expect(statSync(file).size).toBeGreaterThan(statSync(await convert(again(made), format)).size + 500 * KIB);
  });

  test('ids differ from image to image where nobody asked for the same bytes', async () => {
    const { sourceDateEpoch: _, ...outputs } = made.context.plan.outputs;
    for (const format of ['vpc', 'vdi', 'vhdx', 'vmdk-sparse'] as const) {
      const [one, two] = [await convert(again(made, outputs), format), await convert(again(made, outputs), format)];
      expect(readFileSync(one).equals(readFileSync(two)), format).toBe(false);
      expect(await compare(made.raw, two, format), format).toBe('Images are identical.');
    }
  });
});

test('a disk of zeroes, and one of a size that fills no last block, are themselves in every format', async () => {
  for (const made of [makeDisk(16 * MIB, []), makeDisk(17 * MIB + 512, usualPieces(17 * MIB + 512).slice(0, 3))])
    for (const format of formats)
      expect(await compare(made.raw, await convert(made, format), format), format).toMatch(/Images are identical\.$/);
});

test('all formats at once give the files that the plan names', async () => {
  const made = makeDisk(16 * MIB, usualPieces(16 * MIB).slice(0, 3), { formats: IMAGE_FORMATS });
  const { plan, outFolder } = made.context;
  const images = await runConvert(made.context);
  const named = imageFiles('web', plan.disks, { formats });
  expect(images.map((image) => image.file)).toEqual(named);
  expect(named).toContain('web-sda.vhd');
  for (const { file, format } of images)
    expect(await compare(made.raw, join(outFolder, file), format), format).toBe('Images are identical.');
});

test('as appliance-creator names them, files end in the word that was given', () => {
  expect(imageFiles('web', [{ name: 'sda' }], { formats: ['vpc', 'qcow2'], namedByFormat: true })).toEqual([
    'web-sda.vpc',
    'web-sda.qcow2',
  ]);
});

test('qcow2-zlib asks for nothing that QEMU of 2014 has not', async () => {
  const made = makeDisk(8 * MIB, usualPieces(8 * MIB).slice(0, 3));
  const features = (file: string): bigint => readFileSync(file).readBigUInt64BE(72);
  expect(features(await convert(made, 'qcow2-zlib'))).toBe(0n);
  // The bit of a packing other than zlib.
  expect(features(await convert(made, 'qcow2'))).toBe(8n);
});
