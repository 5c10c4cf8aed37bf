// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectImage } from '../../../../osinfo/detect/image/inspect.js';
import { newFolder } from '../../load/folders.js';
import { db } from './db.js';
import { converted, debianFiles, ext, fat, mib, partitioned, tool, treeOf, writeAt } from './images.js';

const root = ext(treeOf(debianFiles()), 60 * mib);
const esp = fat({ 'EFI/BOOT/BOOTX64.EFI': 'x' }, 4 * mib, 12);
const disk = partitioned('gpt', 80 * mib, [
  { start: 1, size: 4, type: 'U', content: esp },
  { start: 8, size: 60, type: 'L', content: root },
]);

const containers: readonly (readonly [name: string, format: string, words: readonly string[]])[] = [
  ['raw', 'raw', []],
  ['qcow2', 'qcow2', []],
  ['qcow2 of version 2', 'qcow2', ['-o', 'compat=0.10']],
  ['qcow2 with small clusters', 'qcow2', ['-o', 'cluster_size=512']],
  ['qcow2 with large clusters', 'qcow2', ['-o', 'cluster_size=2M']],
  ['qcow2 packed with zlib', 'qcow2', ['-c']],
  ['qcow2 packed with zstd', 'qcow2', ['-c', '-o', 'compression_type=zstd']],
  ['qcow2 with subclusters', 'qcow2', ['-o', 'extended_l2=on']],
  ['qcow2 with subclusters, packed', 'qcow2', ['-c', '-o', 'extended_l2=on,cluster_size=128k']],
  ['qcow2 with all clusters allocated', 'qcow2', ['-S', '0']],
  ['vmdk', 'vmdk', []],
  ['vmdk, streamOptimized', 'vmdk', ['-o', 'subformat=streamOptimized']],
  ['vmdk with a flat extent', 'vmdk', ['-o', 'subformat=monolithicFlat']],
  ['vmdk in parts', 'vmdk', ['-o', 'subformat=twoGbMaxExtentSparse']],
  ['vmdk in flat parts', 'vmdk', ['-o', 'subformat=twoGbMaxExtentFlat']],
  ['vhdx', 'vhdx', []],
  ['vhdx, fixed', 'vhdx', ['-o', 'subformat=fixed']],
  ['vdi', 'vdi', []],
  ['vdi, fixed', 'vdi', ['-o', 'static=on']],
  ['vpc', 'vpc', []],
  ['vpc, fixed', 'vpc', ['-o', 'subformat=fixed']],
];

for (const [name, format, words] of containers) {
  test(`${name}: the same system is found`, async () => {
    const path = converted(disk, format, words);
    const before = statSync(path);
    const image = await inspectImage(path, { db });
    expect(image).toMatchObject({ format, partitionTable: 'gpt', boot: { uefi: true, bios: false } });
    expect(image.guests).toMatchObject([
      { root: 'partition 2', packages: { count: 2000 }, hostname: 'mail.example.org' },
    ]);
    expect(image.guests[0]?.os?.shortId).toBe('debian12');
    expect(image.notes).toEqual([]);
    expect(statSync(path).mtimeMs).toBe(before.mtimeMs);
  });
}

test('a backing file is never opened: an overlay says so, and what it holds itself is read', async () => {
  const folder = newFolder();
  const base = join(folder, 'base.raw');
  copyFileSync(disk, base);
  const overlay = join(folder, 'overlay.qcow2');
  tool('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'raw', overlay]);
  await expect(inspectImage(overlay, { db })).rejects.toThrow(
    /overlay.qcow2: a part that is needed lies in the backing file/,
  );
  // Everything is copied up.
  const whole = join(folder, 'whole.qcow2');
  tool('qemu-img', ['convert', '-O', 'qcow2', '-S', '0', disk, whole]);
  tool('qemu-img', ['rebase', '-u', '-f', 'qcow2', '-b', '/etc/shadow', '-F', 'raw', whole]);
  const image = await inspectImage(whole, { db });
  expect(image.guests[0]?.os?.shortId).toBe('debian12');
  expect(image.notes.join()).toContain('backing file is never opened');
});

test('an external data file is never opened', async () => {
  const folder = newFolder();
  const path = join(folder, 'x.qcow2');
  tool('qemu-img', [
    'create',
    '-q',
    '-f',
    'qcow2',
    '-o',
    `data_file=${join(folder, 'data.raw')},data_file_raw=on`,
    path,
    '16M',
  ]);
  await expect(inspectImage(path, { db })).rejects.toThrow(/keeps its data in another file, which is never opened/);
});

test('an encrypted qcow2 is said to be', async () => {
  const path = join(newFolder(), 'x.qcow2');
  const secret = 'secret,id=s,data=abcdefgh';
  tool('qemu-img', [
    ...['create', '-q', '--object', secret, '-f', 'qcow2'],
    ...['-o', 'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10', path, '16M'],
  ]);
  await expect(inspectImage(path, { db })).rejects.toThrow(/the image is encrypted/);
});

test('the extents of a VMDK are opened in its own folder only, and never through a link', async () => {
  const descriptor = (name: string): string =>
    `# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="monolithicFlat"\n\nRW 163840 FLAT "${name}" 0\n`;
  const folder = newFolder();
  const path = join(folder, 'x.vmdk');
  const refused = /names a file in another folder|symbolic link|there is no such file/;
  for (const name of ['/etc/passwd', '../x.raw', 'sub/x.raw', '..', '.', 'absent.raw']) {
    writeFileSync(path, descriptor(name));
    await expect(inspectImage(path, { db }), name).rejects.toThrow(refused);
  }
  symlinkSync(disk, join(folder, 'link.raw'));
  writeFileSync(path, descriptor('link.raw'));
  await expect(inspectImage(path, { db })).rejects.toThrow(refused);
  writeFileSync(path, descriptor('x.vmdk'));
  await expect(inspectImage(path, { db })).rejects.toThrow(/its own extent/);
  writeFileSync(join(folder, 'short.raw'), Buffer.alloc(512));
  writeFileSync(path, descriptor('short.raw'));
  await expect(inspectImage(path, { db })).rejects.toThrow(/shorter than its descriptor says/);
  copyFileSync(disk, join(folder, 'good.raw'));
  writeFileSync(path, descriptor('good.raw'));
  expect((await inspectImage(path, { db })).guests[0]?.os?.shortId).toBe('debian12');
});

test('a delta of another VMDK is read as far as it goes', async () => {
  const base = converted(disk, 'vmdk');
  const delta = join(dirname(base), 'delta.vmdk');
  tool('qemu-img', ['create', '-q', '-f', 'vmdk', '-b', base, '-F', 'vmdk', delta]);
  await expect(inspectImage(delta, { db })).rejects.toThrow(/parent of this VMDK, which is never opened/);
});

test('a VHDX whose log was not replayed is refused', async () => {
  const path = converted(disk, 'vhdx');
  const bytes = readFileSync(path);
  for (const at of [64 * 1024, 128 * 1024]) bytes.fill(7, at + 48, at + 64);
  writeFileSync(path, bytes);
  await expect(inspectImage(path, { db })).rejects.toThrow(/not closed properly/);
});

test('what is no disk image is refused with a word on what it is', async () => {
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [Buffer.alloc(0), /the file is empty/],
    [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), /compressed with gzip; unpack it first/],
    [Buffer.from('\xfd7zXZ\0\0\0', 'latin1'), /compressed with xz/],
    [Buffer.from('PK\x03\x04'), /ZIP archive/],
    [Buffer.from('QED\0....'), /QED image; convert it/],
    [Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'), /qcow2 header is incomplete/],
  ];
  const path = join(newFolder(), 'x');
  for (const [bytes, message] of cases) {
    writeFileSync(path, bytes);
    await expect(inspectImage(path, { db })).rejects.toThrow(message);
  }
  await expect(inspectImage(join(newFolder(), 'absent'), { db })).rejects.toThrow(/absent: there is no such file/);
  await expect(inspectImage(newFolder(), { db })).rejects.toThrow(/this is a folder/);
});

test('a raw disk of a guest that wrote another magic number is read as what it is given for', async () => {
  const path = join(newFolder(), 'x.raw');
  copyFileSync(root, path);
  writeAt(path, 0, Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'));
  await expect(inspectImage(path, { db })).rejects.toThrow(/qcow2/);
  expect((await inspectImage(path, { db, format: 'raw' })).guests[0]?.os?.shortId).toBe('debian12');
});

test('a file that is cut short says so', async () => {
  const path = converted(disk, 'qcow2', ['-c']);
  const bytes = readFileSync(path);
  const cut = join(newFolder(), 'cut.qcow2');
  writeFileSync(cut, bytes.subarray(0, Math.floor(bytes.length / 2)));
  renameSync(cut, path);
  const result = await inspectImage(path, { db }).catch((error: Error) => error.message);
  expect(JSON.stringify(result)).toMatch(/damaged or cut short/);
});
