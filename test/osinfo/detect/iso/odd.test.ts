// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder } from '../../load/folders.js';
import { genisoImage, readImage, run, someFiles, xorrisoImage } from './images.js';

const PRIMARY = 16 * 2048;

function written(bytes: Uint8Array, name = 'odd.iso'): string {
  const path = join(newFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

test('a blank primary name is taken from Joliet', async () => {
  const iso = readFileSync(genisoImage({ volumeId: 'Mageia-8-x86_64' }, ['-J']));
  iso.fill(' ', PRIMARY + 40, PRIMARY + 72);
  const media = await readImage(written(iso));
  expect(media.facts.volumeId).toBe('Mageia-8-x86_64');
  expect(media.primary?.volumeId).toBeUndefined();
  expect(media.warnings.map(({ code }) => code)).toEqual(['label-from-joliet']);
});

test('a primary name that was cut or made of underscores is taken from Joliet', async () => {
  const iso = readFileSync(genisoImage({ volumeId: 'My Disc of 2024' }, ['-J']));
  iso.fill(' ', PRIMARY + 40, PRIMARY + 72).write('MY_DISC_', PRIMARY + 40);
  expect((await readImage(written(iso))).facts.volumeId).toBe('My Disc of 2024');
  iso.fill(' ', PRIMARY + 40, PRIMARY + 72).write('____', PRIMARY + 40);
  expect((await readImage(written(iso))).facts.volumeId).toBe('My Disc of 2024');
  iso.fill(' ', PRIMARY + 40, PRIMARY + 72).write('ANOTHER', PRIMARY + 40);
  expect((await readImage(written(iso))).facts.volumeId).toBe('ANOTHER');
});

test('the Joliet name, which has 16 characters, does not take the place of a longer primary one', async () => {
  const media = await readImage(xorrisoImage({ volumeId: 'Fedora-Workstation-Live-39-1-5' }, ['-J']));
  expect(media.facts.volumeId).toBe('Fedora-Workstation-Live-39-1-5');
  expect(media.joliet?.volumeId).toBe('Fedora-Workstati');
});

test('all labels blank is said', async () => {
  const iso = readFileSync(xorrisoImage({ volumeId: 'X' }));
  iso.fill(' ', PRIMARY + 8, PRIMARY + 72).fill(' ', PRIMARY + 190, PRIMARY + 813);
  await expect(readImage(written(iso))).rejects.toMatchObject({ code: 'media-blank' });
  iso.write('SOME APPLICATION', PRIMARY + 574);
  const media = await readImage(written(iso));
  expect(media.facts).toEqual({ applicationId: 'SOME APPLICATION', volumeSize: iso.readUInt32LE(PRIMARY + 80) * 2048 });
  expect(media.warnings.map(({ code }) => code)).toEqual(['blank-volume-id']);
});

test('a boot record behind other descriptors is found, and the platforms are read', async () => {
  const boot = someFiles({ 'boot.img': '\0'.repeat(4096), 'efi.img': '\0'.repeat(4096) });
  const words = ['-J', '-b', 'boot.img', '-no-emul-boot', '-eltorito-alt-boot', '-e', 'efi.img', '-no-emul-boot'];
  const iso = readFileSync(xorrisoImage({ volumeId: 'LATE' }, words, boot));
  const record = Buffer.from(iso.subarray(17 * 2048, 18 * 2048));
  expect(record.toString('latin1', 7, 30)).toBe('EL TORITO SPECIFICATION');
  iso.copyWithin(17 * 2048, 18 * 2048, 19 * 2048);
  record.copy(iso, 18 * 2048);
  const media = await readImage(written(iso));
  expect(media).toMatchObject({ bootable: true, bootPlatforms: ['bios', 'uefi'], joliet: { volumeId: 'LATE' } });
});

test('a catalogue has platforms of its own: POWER, Mac, and entries that are not to be booted', async () => {
  const boot = someFiles({ 'boot.img': '\0'.repeat(4096), 'efi.img': '\0'.repeat(4096) });
  const words = ['-b', 'boot.img', '-no-emul-boot', '-eltorito-alt-boot', '-e', 'efi.img', '-no-emul-boot'];
  const iso = readFileSync(xorrisoImage({ volumeId: 'CAT' }, words, boot));
  const at = iso.readUInt32LE(17 * 2048 + 71) * 2048;
  for (const [platform, named] of [
    [1, ['ppc']],
    [2, ['mac']],
    [0x77, []],
  ] as const) {
    iso[at + 65] = platform;
    expect((await readImage(written(iso))).bootPlatforms).toEqual(['bios', ...named]);
  }
  iso[at + 96] = 0;
  expect((await readImage(written(iso))).bootPlatforms).toEqual(['bios']);
  iso[at + 32] = 0;
  expect(await readImage(written(iso))).toMatchObject({ bootable: true, bootPlatforms: [] });
});

test.each([
  ['sectors of 2048 bytes', 'Windows ESD', ['-b', '2048'], '600'],
  ['sectors of 512 bytes', 'DISK', ['-b', '512'], '2400'],
  ['16 bits a character', 'Установка', ['-b', '2048'], '600'],
  ['UDF 1.50', 'NEWER', ['-b', '2048', '-r', '1.50'], '600'],
  ['UDF 1.02', 'OLD', ['-b', '2048', '-r', '1.02'], '600'],
])('UDF alone, %s', async (_, name, words, blocks) => {
  const path = join(newFolder(), 'udf.img');
  run('mkudffs', ['-l', name, ...words, '--new-file', path, blocks]);
  const media = await readImage(path);
  expect(media).toMatchObject({ format: 'udf', facts: { volumeId: name }, bootable: false, warnings: [] });
  expect(run('blkid', ['-p', '-s', 'LABEL', '-o', 'value', path]).trim()).toBe(name);
});

test('UDF whose first anchor is lost is found by its last', async () => {
  const path = join(newFolder(), 'udf.img');
  run('mkudffs', ['-l', 'ANCHOR', '-b', '2048', '--new-file', path, '600']);
  const udf = readFileSync(path);
  expect(udf.readUInt16LE(256 * 2048)).toBe(2);
  udf.fill(0, 256 * 2048, 257 * 2048);
  expect((await readImage(written(udf))).facts.volumeId).toBe('ANCHOR');
  udf.fill(0, 599 * 2048);
  await expect(readImage(written(udf))).rejects.toMatchObject({ code: 'media-damaged' });
});

test('UDF whose main sequence is lost is told by its reserve', async () => {
  const path = join(newFolder(), 'udf.img');
  run('mkudffs', ['-l', 'RESERVE', '-b', '2048', '--new-file', path, '600']);
  const udf = readFileSync(path);
  const main = udf.readUInt32LE(256 * 2048 + 20) * 2048;
  udf.fill(0, main, main + 16 * 2048);
  expect((await readImage(written(udf))).facts.volumeId).toBe('RESERVE');
});

test('side by side with a blank ISO name, the name is that of UDF', async () => {
  const iso = readFileSync(genisoImage({ volumeId: 'ESD_ISO' }, ['-udf']));
  iso.fill(' ', PRIMARY + 40, PRIMARY + 72);
  const media = await readImage(written(iso));
  expect(media).toMatchObject({ format: 'iso9660+udf', facts: { volumeId: 'ESD_ISO' } });
  expect(media.warnings.map(({ code }) => code)).toEqual(['label-from-udf']);
});

test.each([
  ['2352 bytes, mode 1', 2352, 1],
  ['2352 bytes, mode 2', 2352, 2],
  ['2448 bytes with subchannels', 2448, 1],
])('a raw copy of a CD with sectors of %s', async (_, sectorBytes, mode) => {
  const iso = readFileSync(
    xorrisoImage({ volumeId: 'RAW' }, ['-b', 'b', '-no-emul-boot'], someFiles({ b: 'x'.repeat(3000) })),
  );
  const sectors = iso.length / 2048;
  const raw = Buffer.alloc(sectors * sectorBytes);
  for (let sector = 0; sector < sectors; sector++) {
    const at = sector * sectorBytes;
    raw.fill(255, at + 1, at + 11);
    raw[at + 15] = mode;
    iso.copy(raw, at + (mode === 1 ? 16 : 24), sector * 2048, (sector + 1) * 2048);
  }
  const media = await readImage(written(raw, 'image.bin'));
  expect(media).toMatchObject({
    sectorBytes,
    bootPlatforms: ['bios'],
    facts: { volumeId: 'RAW', volumeSize: iso.length },
  });
  expect(media.warnings.map(({ code }) => code)).toEqual(['raw-sectors']);
});

test('a catalogue behind four GiB is found', async () => {
  const iso = readFileSync(
    xorrisoImage({ volumeId: 'HUGE' }, ['-b', 'b', '-no-emul-boot'], someFiles({ b: 'x'.repeat(3000) })),
  );
  const pointer = 17 * 2048 + 71;
  const catalogue = iso.subarray(iso.readUInt32LE(pointer) * 2048).subarray(0, 2048);
  const sector = 0x280000;
  const path = written(
    Buffer.concat([iso.subarray(0, pointer), Buffer.from([0, 0, 0x28, 0]), iso.subarray(pointer + 4)]),
  );
  const file = openSync(path, 'r+');
  writeSync(file, catalogue, 0, 2048, sector * 2048);
  closeSync(file);
  expect(await readImage(path)).toMatchObject({ bootPlatforms: ['bios'], warnings: [] });
});

test('an image in an unusual block size', async () => {
  const iso = readFileSync(xorrisoImage({ volumeId: 'BLOCKS' }));
  const blocks = iso.readUInt32LE(PRIMARY + 80);
  iso.writeUInt16LE(512, PRIMARY + 128);
  iso.writeUInt16BE(512, PRIMARY + 130);
  expect((await readImage(written(iso))).facts.volumeSize).toBe(blocks * 512);
  iso.fill(0, PRIMARY + 128, PRIMARY + 132);
  expect((await readImage(written(iso))).facts.volumeSize).toBe(blocks * 2048);
});
