// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MediaError } from '../../../../osinfo/index.js';
import { newFolder } from '../../load/folders.js';
import { readImage, run, xorrisoImage } from './images.js';

async function refusal(path: string): Promise<MediaError> {
  const error = await readImage(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MediaError);
  expect((error as MediaError).message).toMatch(new RegExp(`^${path}: [^\n]{20,300}$`));
  return error as MediaError;
}

/** Made by the real programs: how, and what is to be said. */
const MADE: readonly (readonly [string, (path: string) => void, RegExp])[] = [
  [
    'qcow2',
    (path) => run('qemu-img', ['create', '-q', '-f', 'qcow2', path, '10M']),
    /a qcow2 disk image; .*`guestwright inspect`/,
  ],
  ['VMDK', (path) => run('qemu-img', ['create', '-q', '-f', 'vmdk', path, '10M']), /a VMDK disk image; .*inspect/],
  ['VDI', (path) => run('qemu-img', ['create', '-q', '-f', 'vdi', path, '10M']), /a VDI disk image; .*inspect/],
  ['VHDX', (path) => run('qemu-img', ['create', '-q', '-f', 'vhdx', path, '10M']), /a VHDX disk image; .*inspect/],
  ['VHD', (path) => run('qemu-img', ['create', '-q', '-f', 'vpc', path, '10M']), /a VHD disk image; .*inspect/],
  [
    'fixed VHD',
    (path) => run('qemu-img', ['create', '-q', '-f', 'vpc', '-o', 'subformat=fixed', path, '10M']),
    /a VHD disk image; .*inspect/,
  ],
  ['GPT', (path) => disk(path, 'label: gpt\nsize=1M\n'), /GPT partition table, and no ISO 9660; .*inspect/],
  ['MBR', (path) => disk(path, 'label: dos\nsize=1M\n'), /MBR partition table, and no ISO 9660; .*inspect/],
  ['ext4', (path) => run('mke2fs', ['-q', '-t', 'ext4', path, '2M']), /an ext2, ext3 or ext4 file system/],
  ['FAT', (path) => run('mkfs.fat', ['-C', path, '1440']), /a FAT file system or floppy disk/],
  ['gzip', (path) => packed(path, 'gzip'), /compressed by gzip; unpack it first/],
  ['xz', (path) => packed(path, 'xz'), /compressed by xz; unpack it first/],
  ['zstd', (path) => packed(path, 'zstd'), /compressed by zstd; unpack it first/],
  ['tar', (path) => run('tar', ['-cf', path, '--format=ustar', '/etc/passwd', '/usr/bin/env']), /a tar archive/],
  ['a program', (path) => writeFileSync(path, readFileSync(process.execPath).subarray(0, 100_000)), /a program/],
];

function disk(path: string, table: string): void {
  run('truncate', ['-s', '4M', path]);
  run('sfdisk', ['-q', path], table);
}

function packed(path: string, program: string): void {
  const iso = xorrisoImage({ volumeId: 'PACKED' });
  run('sh', ['-c', '"$1" -c "$2" > "$3"', 'sh', program, iso, path]);
}

test.each(MADE)('%s is told', async (_, make, message) => {
  const path = join(newFolder(), 'image');
  make(path);
  const error = await refusal(path);
  expect(error.message).toMatch(message);
  expect(error.message).toContain(error.looksLike);
});

/** Told by their first bytes: what has no program here that makes it, or one that takes long. */
const BEGINNINGS: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ['LUKS', 'LUKS\xba\xbe\0\x02', /LUKS encrypted volume; .*without its key/],
  ['BitLocker', '\xeb\x58\x90-FVE-FS-', /BitLocker encrypted volume/],
  ['squashfs', 'hsqs\0\0\0\0', /a squashfs file system/],
  ['WIM', 'MSWIM\0\0\0', /a Windows image \(WIM\)/],
  ['zip', 'PK\x03\x04', /a zip archive; .*unpack it first/],
  ['jigdo', 'JigsawDownload template', /jigdo template/],
  ['torrent', 'd8:announce41:http://example.org/announce', /torrent/],
  ['bzip2', 'BZh91AY&SY', /compressed by bzip2/],
  ['zeros', '\0', /empty space \(zeros\); .*download/],
];

test.each(BEGINNINGS)('%s is told by its beginning', async (_, beginning, message) => {
  const path = join(newFolder(), 'image');
  const bytes = Buffer.alloc(100_000);
  bytes.write(beginning as string, 'latin1');
  writeFileSync(path, bytes);
  const error = await refusal(path);
  expect(error).toMatchObject({ code: 'media-other', message: expect.stringMatching(message) });
});

test.each([
  [
    'a page of an error',
    '<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>\n',
    /a web page or XML/,
  ],
  ['a long page', `<html>${'<p>moved</p>\n'.repeat(10_000)}</html>`, /a web page or XML/],
  ['a message', '{"error": "not authorised"}\n', /but text; a server may have sent it/],
  ['checksums', 'd41d8cd98f00b204e9800998ecf8427e  image.iso\n'.repeat(2000), /but text/],
])('%s is told', async (_, text, message) => {
  const path = join(newFolder(), 'image.iso');
  writeFileSync(path, text);
  expect((await refusal(path)).message).toMatch(message);
});

test('what has no mark is said to be unknown, and may be encrypted where its bytes are even', async () => {
  const path = join(newFolder(), 'image.iso');
  const random = randomBytes(200_000);
  random[0] = 1;
  writeFileSync(path, random);
  expect((await refusal(path)).message).toMatch(/may be encrypted, packed or damaged; compare its checksum/);
  writeFileSync(path, Buffer.alloc(200_000, '\x01\x02\0\xff'));
  expect((await refusal(path)).message).toMatch(/may be damaged; compare its checksum/);
});

test('an image whose beginning was overwritten with zeros is not taken for one', async () => {
  const path = xorrisoImage({ volumeId: 'LOST' });
  const iso = readFileSync(path);
  iso.fill(0, 16 * 2048, 17 * 2048);
  writeFileSync(path, iso);
  await refusal(path);
});
