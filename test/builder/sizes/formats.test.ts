// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { crc32c } from '../../../builder/sizes/crc32c.js';
import { imageSizes } from '../../../builder/sizes/index.js';
import { run } from '../../../osinfo/doors/process.js';
import { createImage, imageFolder, KIB, MIB, qemuIo } from './qemu.js';

const folder = imageFolder();
let count = 0;

interface QemuInfo {
  readonly format: string;
  readonly 'virtual-size': number;
  readonly 'actual-size': number;
  readonly 'cluster-size'?: number;
}

async function qemuInfo(path: string, format?: string): Promise<QemuInfo> {
  const { stdout } = await run(['qemu-img', 'info', ...(format ? ['-f', format] : []), '--output', 'json', path]);
  return JSON.parse(stdout) as QemuInfo;
}

describe('capacity, allocation, cluster size and format are what qemu-img info says', () => {
  test.each([
    ['raw', ''],
    ['qcow2', ''],
    ['qcow2', 'compat=0.10'],
    ['qcow2', 'cluster_size=512,refcount_bits=1'],
    ['qcow2', 'cluster_size=2M,refcount_bits=64,lazy_refcounts=on'],
    ['qcow2', 'extended_l2=on,cluster_size=128k'],
    ['qcow2', 'compression_type=zstd,preallocation=metadata'],
    ['vmdk', 'subformat=monolithicSparse'],
    ['vmdk', 'subformat=monolithicFlat'],
    ['vmdk', 'subformat=twoGbMaxExtentSparse'],
    ['vmdk', 'subformat=twoGbMaxExtentFlat'],
    ['vmdk', 'subformat=streamOptimized'],
    ['vhdx', ''],
    ['vhdx', 'subformat=fixed,block_size=1M'],
    ['vdi', ''],
    ['vdi', 'static=on'],
    ['vpc', ''],
    ['vpc', 'force_size=on'],
  ])('%s %s', async (format, options) => {
    const path = join(folder, `image-${count++}.${format}`);
    await createImage(path, format, options, 9 * MIB + 512);
    await qemuIo(['-f', format, path], ['write -q -P 5 0 64K', 'write -q -P 6 4M 64K']);
    const info = await qemuInfo(path);
    const sizes = imageSizes(path);
    expect(sizes).toMatchObject({
      path,
      format,
      formatSource: format === 'raw' ? 'fallback' : 'magic',
      capacityBytes: info['virtual-size'],
      allocationBytes: info['actual-size'],
    });
    if (sizes.clusterBytes !== undefined && info['cluster-size'] !== undefined)
      expect(sizes.clusterBytes).toBe(info['cluster-size']);
    const files = [path, ...otherFiles(path, options)].map((file) => statSync(file));
    expect(sizes.lengthBytes).toBe(files.reduce((sum, file) => sum + file.size, 0));
    expect(sizes.allocationBytes).toBe(files.reduce((sum, file) => sum + file.blocks * 512, 0));
  });

  test('a fixed VHD, which QEMU takes for raw unless it is told', async () => {
    const path = join(folder, 'fixed.vhd');
    await createImage(path, 'vpc', 'subformat=fixed,force_size=on', 3 * MIB);
    expect((await qemuInfo(path)).format).toBe('raw');
    expect(imageSizes(path)).toMatchObject({
      format: 'vpc',
      formatSource: 'magic',
      capacityBytes: (await qemuInfo(path, 'vpc'))['virtual-size'],
    });
    expect(imageSizes(path, { format: 'raw' }).capacityBytes).toBe(3 * MIB + 512);
  });

  test.each([1, 511, 512, 513, 70_000])('a raw file of %i bytes', async (bytes) => {
    const path = join(folder, 'odd.raw');
    writeFileSync(path, Buffer.alloc(bytes, 7));
    expect(imageSizes(path)).toMatchObject({
      capacityBytes: (await qemuInfo(path))['virtual-size'],
      lengthBytes: bytes,
    });
  });

  test('a sparse file takes less than its length, and an empty one nothing', () => {
    const path = join(folder, 'sparse.raw');
    writeFileSync(path, 'x');
    truncateSync(path, 100 * MIB);
    expect(imageSizes(path)).toMatchObject({
      capacityBytes: 100 * MIB,
      commitmentBytes: 100 * MIB,
      allocationBytes: statSync(path).blocks * 512,
    });
    truncateSync(path, 0);
    expect(imageSizes(path)).toMatchObject({
      format: 'raw',
      capacityBytes: 0,
      lengthBytes: 0,
      allocationBytes: 0,
      commitmentBytes: 0,
    });
  });
});

function otherFiles(path: string, options: string): string[] {
  const stem = path.replace(/\.vmdk$/, '');
  if (options.includes('monolithicFlat')) return [`${stem}-flat.vmdk`];
  if (options.includes('twoGbMaxExtentSparse')) return [`${stem}-s001.vmdk`];
  return options.includes('twoGbMaxExtentFlat') ? [`${stem}-f001.vmdk`] : [];
}

describe('the format', () => {
  test('given wins over the magic number: a guest can write one into a raw disk', async () => {
    const path = join(folder, 'disguised.raw');
    await createImage(path, 'qcow2', '', 1024 * MIB);
    expect(imageSizes(path)).toMatchObject({ format: 'qcow2', capacityBytes: 1024 * MIB });
    expect(imageSizes(path, { format: 'raw' })).toMatchObject({
      format: 'raw',
      formatSource: 'given',
      lengthBytes: statSync(path).size,
    });
  });

  test.each(['qcow2', 'vmdk', 'vhdx', 'vdi', 'vpc'] as const)(
    'given as %s for a file that is none is an error',
    (format) => {
      const path = join(folder, 'plain.raw');
      writeFileSync(path, Buffer.alloc(300 * KIB, 1));
      expect(() => imageSizes(path, { format })).toThrow(
        /^\S+plain\.raw: this is not a (qcow2|VMDK|VHDX|VDI|VHD) image$/,
      );
    },
  );

  test.each([
    ['qcow version 1', Buffer.from('QFI\xfb\0\0\0\x01', 'latin1'), /qcow version 1 is not supported; convert it/],
    ['QED', Buffer.from('QED\0', 'latin1'), /QED image, which is not supported; convert it/],
    ['Parallels', Buffer.from('WithoutFreeSpace'), /Parallels image/],
    ['ESX sparse', Buffer.from('COWD'), /COWD form/],
  ])('%s is refused instead of being taken for raw', (_, magic, message) => {
    const path = join(folder, 'foreign');
    writeFileSync(path, Buffer.concat([magic, Buffer.alloc(4096)]));
    expect(() => imageSizes(path)).toThrow(message);
  });
});

test('a VHDX whose log was not replayed says that its figure is too high', async () => {
  const path = join(folder, 'dirty.vhdx');
  await createImage(path, 'vhdx', '', 4 * MIB);
  expect(imageSizes(path).commitmentNote).toBeUndefined();
  const bytes = readFileSync(path);
  for (const offset of [64 * KIB, 128 * KIB]) {
    const header = bytes.subarray(offset, offset + 4096);
    header.fill(7, 48, 64);
    header.writeUInt32LE(0, 4);
    header.writeUInt32LE(crc32c(header), 4);
  }
  writeFileSync(path, bytes);
  expect(imageSizes(path).commitmentNote).toMatch(/^the image was not closed cleanly/);
});

describe('extents of a VMDK', () => {
  const descriptor = (...extents: string[]) =>
    `# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType="custom"\n\n${extents.join('\n')}\n`;
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  test('add up, with empty ones between', async () => {
    write('a-flat.vmdk', 'x'.repeat(1024));
    await createImage(join(folder, 'b-s001.vmdk'), 'vmdk', '', 1 * MIB);
    const path = write(
      'sum.vmdk',
      descriptor('RW 2 FLAT "a-flat.vmdk" 0', 'RW 2048 ZERO', 'RW 2048 SPARSE "b-s001.vmdk"'),
    );
    expect(imageSizes(path).capacityBytes).toBe(1024 + 2 * MIB);
  });

  test.each([
    [
      'elsewhere',
      'RW 2 FLAT "/etc/passwd" 0',
      /its extent "\/etc\/passwd" is not in its own folder, and is not followed/,
    ],
    ['above', 'RW 2 FLAT "../up.vmdk" 0', /is not followed/],
    [
      'missing',
      'RW 2 FLAT "gone.vmdk" 0',
      /its extent "gone.vmdk" is missing; keep all files of the image in one folder/,
    ],
    ['through a link', 'RW 2 FLAT "link.vmdk" 0', /its extent "link.vmdk" is a link/],
    ['of an unknown kind', 'RW 2 VMFSRDM "a.vmdk"', /type VMFSRDM are not supported/],
    ['without words', 'RW many FLAT', /extent line that cannot be read/],
    ['not at all', '', /lists no extent/],
  ])('%s: an error', (_, extent, message) => {
    const link = join(folder, 'link.vmdk');
    if (!statSync(link, { throwIfNoEntry: false })) symlinkSync('/etc/passwd', link);
    expect(() => imageSizes(write('bad.vmdk', descriptor(extent)))).toThrow(message);
  });

  test('listed twice: an error', () => {
    write('c-flat.vmdk', 'x'.repeat(1024));
    expect(() =>
      imageSizes(write('twice.vmdk', descriptor('RW 2 FLAT "c-flat.vmdk" 0', 'RW 2 FLAT "c-flat.vmdk" 2'))),
    ).toThrow(/twice/);
  });
});

describe('what is no image', () => {
  test.each([
    ['a folder', () => folder, /this is a folder; name a disk image/],
    ['nothing', () => join(folder, 'none'), /none: there is no such file/],
    ['below a file', () => join(import.meta.filename, 'x'), /not a folder/],
    ['a device', () => '/dev/null', /not a regular file/],
  ])('%s: one clear error', (_, path, message) => {
    expect(() => imageSizes(path())).toThrow(message);
  });
  test('a FIFO does not make it wait', async () => {
    const path = join(folder, 'fifo');
    await run(['mkfifo', path]);
    expect(() => imageSizes(path)).toThrow(/not a regular file/);
  });
});

test('a backing file that is gone does not matter: it is never opened', async () => {
  const base = join(folder, 'base.qcow2');
  await createImage(base, 'qcow2', '', 2 * MIB);
  const overlay = join(folder, 'overlay.qcow2');
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', overlay]);
  const moved = join(dirname(overlay), 'moved.qcow2');
  copyFileSync(overlay, moved);
  await run(['rm', base]);
  expect(imageSizes(moved).capacityBytes).toBe(2 * MIB);
});
