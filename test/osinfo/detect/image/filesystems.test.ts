// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { inspectImage } from '../../../../osinfo/detect/image/inspect.js';
import { db } from './db.js';
import { btrfs, debianFiles, elf, ext, fat, mib, treeOf, xfs } from './images.js';

const tree = treeOf(debianFiles());

const fileSystems: readonly (readonly [name: string, type: string, make: () => string])[] = [
  ['ext2', 'ext2', () => ext(tree, 64 * mib, ['-t', 'ext2'])],
  [
    'ext2 with 1 KiB blocks and old inodes',
    'ext2',
    () => ext(tree, 64 * mib, ['-t', 'ext2', '-b', '1024', '-I', '128']),
  ],
  ['ext3', 'ext3', () => ext(tree, 64 * mib, ['-t', 'ext3'])],
  ['ext4', 'ext4', () => ext(tree, 64 * mib, ['-t', 'ext4'])],
  ['ext4 with small blocks', 'ext4', () => ext(tree, 64 * mib, ['-t', 'ext4', '-b', '1024'])],
  ['ext4 with inline data', 'ext4', () => ext(tree, 64 * mib, ['-t', 'ext4', '-O', 'inline_data', '-I', '512'])],
  [
    'ext4 without 64bit and checksums',
    'ext4',
    () => ext(tree, 64 * mib, ['-t', 'ext4', '-O', '^64bit,^metadata_csum']),
  ],
  ['ext4 with meta_bg', 'ext4', () => ext(tree, 64 * mib, ['-t', 'ext4', '-O', 'meta_bg,^resize_inode'])],
  ['ext4 with bigalloc', 'ext4', () => ext(tree, 128 * mib, ['-t', 'ext4', '-O', 'bigalloc', '-C', '16384'])],
  ['xfs', 'xfs', () => xfs(tree)],
  ['xfs of version 4', 'xfs', () => xfs(tree, ['-m', 'crc=0'])],
  ['xfs with blocks of 1 KiB', 'xfs', () => xfs(tree, ['-b', 'size=1024'])],
  ['xfs with folders of 16 KiB', 'xfs', () => xfs(tree, ['-n', 'size=16384'])],
  ['btrfs', 'btrfs', () => btrfs(tree)],
  ['btrfs with small nodes', 'btrfs', () => btrfs(tree, ['-n', '4096'])],
  ['btrfs with mixed groups', 'btrfs', () => btrfs(tree, ['-M'])],
  ['btrfs with single metadata', 'btrfs', () => btrfs(tree, ['-m', 'single'])],
];

for (const [name, type, make] of fileSystems) {
  test(`${name}: the system, its files behind links, and its facts are found`, async () => {
    const image = await inspectImage(make(), { db });
    expect(image.volumes).toMatchObject([{ name: 'disk', content: type }]);
    expect(image.notes).toEqual([]);
    expect(image.volumes[0]).not.toHaveProperty('skipped');
    expect(image.guests).toHaveLength(1);
    expect(image.guests[0]).toMatchObject({
      root: 'disk',
      name: 'Debian GNU/Linux 12 (bookworm)',
      distro: 'debian',
      version: '12',
      source: '/etc/os-release',
      arch: 'x86_64',
      hostname: 'mail.example.org',
      kernels: ['6.1.0-18-amd64', '6.1.0-9-amd64'],
      packages: { manager: 'dpkg', count: 2000 },
      machineId: 'empty',
      cloudInit: true,
      guestAgent: true,
      mounts: [
        { source: 'UUID=1234', path: '/', type: 'ext4' },
        { source: '/dev/vg0/data', path: '/srv/my data', type: 'xfs' },
      ],
    });
    expect(image.guests[0]?.os?.shortId).toBe('debian12');
  });
}

for (const [bits, bytes] of [
  [12, 4 * mib],
  [16, 32 * mib],
  [32, 64 * mib],
] as const) {
  test(`FAT with ${bits} bits: loaders are found whatever the case and length of their names`, async () => {
    const loaders = { 'EFI/BOOT/BOOTX64.EFI': 'x', 'EFI/a long name of a vendor/shimx64-unsigned.efi': 'x' };
    const image = await inspectImage(fat(loaders, bytes, bits), { db });
    expect(image.volumes).toMatchObject([{ content: 'vfat', label: 'ESP' }]);
    expect(image.boot).toEqual({
      bios: false,
      uefi: true,
      efiFiles: ['EFI/BOOT/BOOTX64.EFI', 'EFI/a long name of a vendor/shimx64-unsigned.efi'],
    });
  });
}

test('links end at the root of the image and never lead out of it', async () => {
  const files = {
    'etc/os-release': { link: '../../../../../../usr/lib/os-release' },
    'usr/lib/os-release': 'ID=alpine\nVERSION_ID=3.18.4\n',
  };
  const image = await inspectImage(ext(treeOf(files), 16 * mib), { db });
  expect(image.guests[0]?.os?.shortId).toBe('alpinelinux3.18');
  const outside = await inspectImage(ext(treeOf({ 'etc/os-release': { link: '/proc/self/environ' } }), 16 * mib), {
    db,
  });
  expect(outside.guests).toEqual([]);
});

test('links in a circle are said, not followed for ever', async () => {
  const files = { 'etc/os-release': { link: 'a' }, 'etc/a': { link: 'os-release' }, 'bin/sh': elf(183) };
  const image = await inspectImage(ext(treeOf(files), 16 * mib), { db });
  expect(image.guests).toEqual([]);
  expect(image.volumes[0]?.skipped).toContain('40 symbolic links');
});

test('what is known by name only says why it is not read', async () => {
  const squashfs = `${tree}.squashfs`;
  const { tool } = await import('./images.js');
  tool('mksquashfs', [tree, squashfs, '-quiet', '-no-progress', '-Xcompression-level', '1']);
  const image = await inspectImage(squashfs, { db });
  expect(image.volumes).toMatchObject([
    { content: 'squashfs', skipped: 'files of this file system are not read here' },
  ]);
});
