// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { originalMediaWords } from '../../../../osinfo/detect/iso/errors.js';
import { type MediaInfo, openSource, readMedia } from '../../../../osinfo/index.js';
import { newFolder } from '../../load/folders.js';
import { genisoImage, type Labels, readImage, run, someFiles, xorrisoImage } from './images.js';
import { askOriginal, type OriginalAnswer } from './original.js';

const ISOLINUX = '/usr/lib/ISOLINUX';

/** Files with an isolinux and a small file system for EFI. */
function bootFiles(extra: Readonly<Record<string, string>> = {}): string {
  const folder = someFiles({ 'boot/efi.img': '\0'.repeat(65_536), 'README.TXT': 'read me', ...extra });
  mkdirSync(join(folder, 'isolinux'));
  copyFileSync(`${ISOLINUX}/isolinux.bin`, join(folder, 'isolinux/isolinux.bin'));
  return folder;
}

const BIOS = ['-b', 'isolinux/isolinux.bin', '-c', 'isolinux/boot.cat', '-no-emul-boot', '-boot-load-size', '4'];
const EFI = ['-eltorito-alt-boot', '-e', 'boot/efi.img', '-no-emul-boot'];
const FEDORA: Labels = {
  volumeId: 'Fedora-S-dvd-x86_64-39',
  systemId: 'LINUX',
  publisherId: 'Fedora',
  applicationId: 'F39',
};

/** Images as distributions make them: how each is made, and what is to be read besides the labels. */
const IMAGES: readonly { name: string; make: () => string; expected: Partial<MediaInfo> }[] = [
  {
    name: 'plain, by xorriso',
    make: () => xorrisoImage(FEDORA, ['-J', '-R']),
    expected: { format: 'iso9660', bootable: false, bootPlatforms: [], overlays: [], sectorBytes: 2048 },
  },
  {
    name: 'plain, by genisoimage',
    make: () => genisoImage(FEDORA, ['-J', '-r']),
    expected: { format: 'iso9660', bootable: false, warnings: [] },
  },
  {
    name: 'BIOS by isolinux',
    make: () => xorrisoImage({ volumeId: 'Debian 12.5.0 amd64 n' }, [...BIOS, '-boot-info-table'], bootFiles()),
    expected: { bootable: true, bootPlatforms: ['bios'], overlays: [] },
  },
  {
    name: 'BIOS and UEFI, hybrid',
    make: () =>
      xorrisoImage(
        { volumeId: 'Ubuntu-Server 24.04 LTS amd64' },
        ['-isohybrid-mbr', `${ISOLINUX}/isohdpfx.bin`, ...BIOS, ...EFI, '-isohybrid-gpt-basdat'],
        bootFiles(),
      ),
    expected: { bootable: true, bootPlatforms: ['bios', 'uefi'], overlays: ['mbr', 'gpt'], warnings: [] },
  },
  {
    name: 'UEFI alone',
    make: () => xorrisoImage({ volumeId: 'CDROM' }, ['-e', 'boot/efi.img', '-no-emul-boot'], bootFiles()),
    expected: { bootable: true, bootPlatforms: ['uefi'] },
  },
  {
    name: 'a rescue disc by grub-mkrescue: MBR, GPT, Apple partition map and HFS+',
    make: () => {
      const path = join(newFolder(), 'grub.iso');
      run('grub-mkrescue', ['-o', path, someFiles(), '--', '-volid', 'GRUB RESCUE']);
      return path;
    },
    expected: { bootable: true, bootPlatforms: ['bios', 'uefi'], overlays: ['mbr', 'gpt', 'apm'] },
  },
  {
    name: 'a floppy disk inside',
    make: () =>
      genisoImage(
        { volumeId: 'FLOPPY' },
        ['-b', 'f.img', '-c', 'boot.cat'],
        someFiles({ 'f.img': '\0'.repeat(1_474_560) }),
      ),
    expected: { bootable: true, bootEntries: [{ platform: 'bios', emulation: 'floppy', sector: expect.any(Number) }] },
  },
  {
    name: 'a hard disk inside',
    make: () => {
      const folder = someFiles({ 'd.img': '\0'.repeat(4 * 1024 * 1024) });
      run('sfdisk', ['-q', join(folder, 'd.img')], 'label: dos\nstart=63, type=c, bootable\n');
      return genisoImage({ volumeId: 'HARDDISK' }, ['-hard-disk-boot', '-b', 'd.img', '-c', 'boot.cat'], folder);
    },
    expected: { bootable: true, bootEntries: [{ platform: 'bios', emulation: 'disk', sector: expect.any(Number) }] },
  },
  {
    name: 'POWER, by its boot script',
    make: () =>
      xorrisoImage({ volumeId: 'RHEL-7 ppc64' }, [], someFiles({ 'ppc/bootinfo.txt': '<chrp-boot/>', 'x.txt': '' })),
    expected: { bootable: true, bootPlatforms: ['ppc'] },
  },
  {
    name: 'ISO and UDF side by side',
    make: () => genisoImage({ volumeId: 'CCCOMA_X64FRE_FR-FR_DV9' }, ['-udf', ...BIOS], bootFiles()),
    expected: { format: 'iso9660+udf', bootable: true, bootPlatforms: ['bios'], warnings: [] },
  },
  {
    name: 'Apple HFS side by side',
    make: () => genisoImage({ volumeId: 'HFSY' }, ['-hfs']),
    expected: { overlays: ['hfs'] },
  },
  {
    name: 'ISO 9660:1999 with its enhanced descriptor',
    make: () => genisoImage({ volumeId: 'NEWER' }, ['-iso-level', '4']),
    expected: { enhanced: { volumeId: 'NEWER', systemId: 'LINUX', applicationId: expect.any(String) } },
  },
  {
    name: 'an odd label',
    make: () => xorrisoImage({ volumeId: 'Système  é ', publisherId: '  FOO  <bar@example.org>  ' }),
    expected: {},
  },
];

describe('the same is read as by libosinfo and isoinfo', () => {
  const paths: string[] = [];
  let originals: OriginalAnswer[] = [];
  beforeAll(() => {
    for (const { make } of IMAGES) paths.push(make());
    originals = askOriginal(paths);
  });
  test.each(IMAGES.map(({ name, expected }, index) => ({ name, expected, index })))(
    '$name',
    async ({ expected, index }) => {
      const media = await readImage(paths[index]!);
      expect({ bootable: media.bootable, facts: media.facts }).toEqual(originals[index]);
      const told = run('isoinfo', ['-d', '-i', paths[index]!]);
      const line = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(told)?.[1]?.trimEnd();
      expect(media.facts.volumeId).toBe(line('Volume id'));
      expect(media.facts.publisherId ?? '').toBe(line('Publisher id'));
      expect(media.facts.volumeSize).toBe(2048 * Number(line('Volume size is')));
      expect(media).toMatchObject(expected);
    },
  );
});

describe('what libosinfo refuses is refused, with its words for those who read them', () => {
  const CASES: readonly { name: string; bytes: (iso: Buffer) => Uint8Array; message: RegExp }[] = [
    { name: 'nothing', bytes: () => new Uint8Array(), message: /is empty/ },
    {
      name: 'too short',
      bytes: (iso) => iso.subarray(0, 20_000),
      message: /is only 20000 bytes long, an image has at least 36864; get it again/,
    },
    { name: 'cut in the first descriptor', bytes: (iso) => iso.subarray(0, 33_000), message: /ends inside its volume/ },
    {
      name: 'cut in the second descriptor',
      bytes: (iso) => iso.subarray(0, 34_854),
      message: /ends inside its volume/,
    },
    { name: 'zeros', bytes: () => new Uint8Array(100_000), message: /empty space \(zeros\)/ },
  ];
  const paths: string[] = [];
  let originals: OriginalAnswer[] = [];
  beforeAll(() => {
    const iso = readFileSync(xorrisoImage(FEDORA));
    const folder = newFolder();
    for (const [index, { bytes }] of CASES.entries()) {
      paths.push(join(folder, `${index}.iso`));
      writeFileSync(paths[index]!, bytes(iso));
    }
    paths.push(join(folder, 'missing.iso'), folder);
    originals = askOriginal(paths);
  });
  test.each(CASES.map(({ name, message }, index) => ({ name, message, index })))(
    '$name',
    async ({ message, index }) => {
      const error = await readImage(paths[index]!).catch((thrown: unknown) => thrown);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).not.toContain('\n');
      expect({ error: originalMediaWords(error) }).toEqual(originals[index]);
    },
  );
  test('no file there, and a directory', async () => {
    for (const index of [CASES.length, CASES.length + 1]) {
      const error = await openSource(paths[index]!).catch((thrown: unknown) => thrown);
      expect({ error: originalMediaWords(error) }).toEqual(originals[index]);
    }
  });
});

test('an image that starts from a stick alone, by its EFI partition, is bootable', async () => {
  const folder = bootFiles();
  const path = xorrisoImage({ volumeId: 'STICK' }, ['-append_partition', '2', '0xef', join(folder, 'boot/efi.img')]);
  expect(await readImage(path)).toMatchObject({
    bootable: true,
    bootPlatforms: ['uefi'],
    bootEntries: [],
    overlays: ['mbr'],
  });
});

test('an image that is cut off behind its descriptors is still told, with a warning', async () => {
  const path = xorrisoImage(FEDORA, [], someFiles({ big: 'x'.repeat(500_000) }));
  truncateSync(path, 65_536);
  const media = await readImage(path);
  expect(media.facts.volumeId).toBe(FEDORA.volumeId);
  expect(media.warnings.map(({ code }) => code)).toEqual(['truncated']);
});

test('a hybrid image that is cut off early is said to be cut, not to be a disk', async () => {
  const path = xorrisoImage({ volumeId: 'X' }, ['-isohybrid-mbr', `${ISOLINUX}/isohdpfx.bin`, ...BIOS], bootFiles());
  for (const [bytes, message] of [
    [34_854, /ends inside its volume descriptors; it was cut off/],
    [33_000, /ends inside its volume descriptors; it was cut off/],
    [30_000, /is only 30000 bytes long/],
    [512, /is only 512 bytes long/],
  ] as const) {
    truncateSync(path, bytes);
    await expect(readImage(path)).rejects.toThrow(message);
  }
});

test('35 KiB of an image are enough', async () => {
  const path = xorrisoImage(FEDORA, BIOS, bootFiles());
  truncateSync(path, 35 * 1024);
  const media = await readImage(path);
  expect({ bootable: media.bootable, facts: media.facts }).toEqual(askOriginal([path])[0]);
});

test('only its descriptors are read of an image', async () => {
  const source = await openSource(xorrisoImage(FEDORA, BIOS, bootFiles({ big: 'x'.repeat(500_000) })));
  let bytes = 0;
  await readMedia({
    ...source,
    read: async (offset, length) => {
      const part = await source.read(offset, length);
      bytes += part.length;
      return part;
    },
  });
  await source.close();
  expect(bytes).toBeLessThanOrEqual(48 * 1024);
});
