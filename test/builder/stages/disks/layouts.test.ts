// SPDX-License-Identifier: Apache-2.0
import { createDecipheriv } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LuksPlan } from '../../../../builder/plan/types.js';
import { plan } from '../../plan/storage/planning.js';
import { hasCommand } from '../tree.js';
import { ask, type MadeDisks, MIB, makeDisks, readByGrub } from './making.js';

const NEEDED = ['mke2fs', 'sfdisk', 'cryptsetup', 'grub-fstest', 'pvck', 'mdadm', 'thin_check', 'thin_dump', 'mcopy'];
const missing = NEEDED.filter((one) => !hasCommand(one));
const told = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`;

/** Larger than a chunk of anything here, and nowhere the same. */
const LARGE = Array.from({ length: 200_000 }, (_, index) => `${index}\n`).join('');
const FILES = { 'etc/hello': 'from the root\n', 'srv/large': LARGE, 'srv/deep/down': 'x\n', 'home/me/notes': 'mine\n' };
const KEY = '--encrypted --passphrase=secret';
const FAST = `${KEY} --pbkdf=pbkdf2 --pbkdf-iterations=1000`;

/** The member partitions of arrays, each on a disk of its own. */
const members = (count: number, size: number) =>
  Array.from(
    { length: count },
    (_, index) => `part raid.${index} --size=${size} --ondisk=sd${'bcdefgh'[index]}\n`,
  ).join('');
const names = (count: number) => Array.from({ length: count }, (_, index) => `raid.${index}`).join(' ');

/** Stacks whose every layer GRUB reads, with what it calls the one that /srv lies on. */
const READ_BY_GRUB: readonly (readonly [string, string, string])[] = [
  ['a partition of a GPT', 'part /srv --size=30 --ondisk=sdb\n', 'loop1,gpt1'],
  ['a mirror', `${members(2, 30)}raid /srv --device=d --level=1 ${names(2)}\n`, 'md/d'],
  ['a mirror with a spare', `${members(3, 30)}raid /srv --device=d --level=1 --spares=1 ${names(3)}\n`, 'md/d'],
  ['RAID0', `${members(3, 12)}raid /srv --device=d --level=0 --chunksize=16 ${names(3)}\n`, 'md/d'],
  ['RAID4', `${members(3, 20)}raid /srv --device=d --level=4 --chunksize=64 ${names(3)}\n`, 'md/d'],
  ['RAID5', `${members(4, 14)}raid /srv --device=d --level=5 --chunksize=64 ${names(4)}\n`, 'md/d'],
  [
    'RAID6 with chunks of 2 MiB',
    `${members(5, 20)}raid /srv --device=d --level=6 --chunksize=2048 ${names(5)}\n`,
    'md/d',
  ],
  ['RAID10', `${members(4, 20)}raid /srv --device=d --level=10 --chunksize=128 ${names(4)}\n`, 'md/d'],
  [
    'a volume',
    'part pv.1 --size=50 --ondisk=sdb\nvolgroup v pv.1\nlogvol /srv --vgname=v --name=s --size=32\n',
    'lvm/v-s',
  ],
  [
    'a volume over two disks',
    'part pv.1 --size=17 --ondisk=sdb\npart pv.2 --size=40 --ondisk=sdc\nvolgroup v pv.1 pv.2\nlogvol swap --vgname=v --name=sw --size=4\nlogvol /srv --vgname=v --name=s --size=32\n',
    'lvm/v-s',
  ],
  [
    'LVM on RAID5',
    `${members(3, 30)}raid pv.1 --device=d --level=5 --chunksize=64 ${names(3)}\nvolgroup v pv.1\nlogvol swap --vgname=v --name=sw --size=4\nlogvol /srv --vgname=v --name=s --size=32\n`,
    'lvm/v-s',
  ],
  [
    'LVM on two mirrors',
    `${members(4, 21)}raid pv.1 --device=d --level=1 raid.0 raid.1\nraid pv.2 --device=e --level=1 raid.2 raid.3\nvolgroup v pv.1 pv.2\nlogvol /srv --vgname=v --name=s --size=32\n`,
    'lvm/v-s',
  ],
  [
    'a mirror of mirrors',
    `${members(4, 30)}raid raid.8 --device=d --level=1 raid.0 raid.1\nraid raid.9 --device=e --level=1 raid.2 raid.3\nraid /srv --device=f --level=0 --chunksize=64 raid.8 raid.9\n`,
    'md/f',
  ],
];

const ENCRYPTED: readonly (readonly [string, string, string])[] = [
  ['a partition', `part /srv --size=46 --ondisk=sdb ${FAST}\n`, 'crypto0'],
  ['a partition, LUKS1', `part /srv --size=46 --ondisk=sdb ${FAST} --luks-version=luks1\n`, 'crypto0'],
  ['another cipher', `part /srv --size=46 --ondisk=sdb ${FAST} --cipher=aes-cbc-essiv:sha256\n`, 'crypto0'],
  ['a mirror', `${members(2, 50)}raid /srv --device=d --level=1 ${FAST} ${names(2)}\n`, 'crypto0'],
  [
    'LUKS on LVM',
    `part pv.1 --size=70 --ondisk=sdb\nvolgroup v pv.1\nlogvol swap --vgname=v --name=sw --size=4\nlogvol /srv --vgname=v --name=s --size=48 ${FAST}\n`,
    'crypto0',
  ],
  [
    'LVM on LUKS',
    `part pv.1 --size=70 --ondisk=sdb ${FAST}\nvolgroup v pv.1\nlogvol swap --vgname=v --name=sw --size=4\nlogvol /srv --vgname=v --name=s --size=32\n`,
    'lvm/v-s',
  ],
  [
    'LVM on LUKS on RAID6',
    `${members(4, 40)}raid pv.1 --device=d --level=6 --chunksize=64 ${FAST} ${names(4)}\nvolgroup v pv.1\nlogvol /srv --vgname=v --name=s --size=32\n`,
    'lvm/v-s',
  ],
];

describe.skipIf(missing.length > 0)(`disks${told}`, () => {
  it.each(READ_BY_GRUB)('with /srv on %s are read by GRUB', async (_, lines, device) => {
    const made = await makeDisks(`part / --size=20 --ondisk=sda\n${lines}`, FILES);
    expect(readByGrub(made.images, `(${device})/large`)).toBe(LARGE);
    expect(readByGrub(made.images, `(${device})/deep/down`)).toBe('x\n');
    expect(ask('debugfs', '-R', 'ls -p /srv', made.cut('sda1'))).not.toContain('large');
    expect(ask('debugfs', '-R', 'cat /etc/hello', made.cut('sda1'))).toBe('from the root\n');
    checkLabels(made);
  });

  it.each(ENCRYPTED)('with /srv encrypted, %s, are opened by GRUB with the passphrase', async (_, lines, device) => {
    const made = await makeDisks(`part / --size=20 --ondisk=sda\n${lines}`, FILES);
    expect(readByGrub(made.images, `(${device})/large`, 'secret')).toContain(LARGE);
    checkLabels(made);
  });

  it('with a container that argon2 guards hold what their key decrypts', async () => {
    const made = await makeDisks(
      `part / --size=20\npart /srv --size=46 ${KEY} --pbkdf-memory=64\npart swap --size=20 ${KEY} --pbkdf-memory=64\n`,
      FILES,
    );
    const containers = made.storage.luks.map((luks) => made.cut(luks.device));
    for (const [index, luks] of made.storage.luks.entries()) checkContainer(luks, containers[index]!);
    const [srv, swap] = made.storage.luks.map((luks, index) => decrypt(made, luks, containers[index]!));
    expect(ask('debugfs', '-R', 'cat /large', srv!)).toBe(LARGE);
    expect(ask('blkid', '-p', '-o', 'value', '-s', 'UUID', swap!).trim()).toBe(made.storage.luks[1]!.filesystem!.uuid);
  });

  it.each(['', '--luks-version=luks1'])('with a container %s open by the key file of the tree too', async (version) => {
    const text = `part / --size=46 ${FAST} ${version}\n`;
    const { key } = plan(text, { bootable: true }).layers.crypttab[0]!;
    const made = await makeDisks(text, { [key!.slice(1)]: 'k'.repeat(64) }, { bootable: true });
    const file = join(made.folder, 'key');
    const opens = (secret: string) => {
      writeFileSync(file, secret);
      const container = made.cut(made.storage.luks[0]!.device);
      ask('cryptsetup', 'open', '--test-passphrase', '--key-file', file, container);
    };
    opens('k'.repeat(64));
    opens('secret');
    expect(() => opens('other')).toThrow();
  });

  it.each([
    [
      'part /srv --size=8\n',
      /^test\.ks:2:1: part \/srv: 8 MiB do not hold the \d+ MiB of its files; give --size=\d+ or/,
    ],
    [`part /srv --size=24 ${KEY}\n`, /^test\.ks:2:1: part \/srv: 8 MiB do not hold .*; give --size=9\d or more/],
    [
      `${members(3, 6)}raid /srv --device=d --level=5 --chunksize=64 ${names(3)}\n`,
      /^test\.ks:5:1: raid \/srv: 10 MiB .*; give each of its members --size=/,
    ],
    [
      'part pv.1 --size=40\nvolgroup v pv.1\nlogvol /srv --vgname=v --name=s --size=8\n',
      /^test\.ks:4:1: logvol \/srv: 8 MiB .*; give --size=/,
    ],
    [
      'part pv.1 --size=40\nvolgroup v pv.1\nlogvol none --vgname=v --name=p --thinpool --size=8\nlogvol /srv --vgname=v --name=s --thin --poolname=p --size=60\n',
      /^test\.ks:4:1: logvol --name=p: the pool of 8 MiB does not hold/,
    ],
  ])('too small for their files are refused with the line: %j', async (lines, message) => {
    const made = makeDisks(`part / --size=20\n${lines}`, { 'srv/large': LARGE.repeat(8) });
    await expect(made).rejects.toThrow(message);
  });

  it('with a container on a volume on RAID5 hold what its key decrypts', async () => {
    const made = await makeDisks(
      `part / --size=20\n${members(3, 40)}raid pv.1 --device=d --level=5 --chunksize=64 ${names(3)}\nvolgroup v pv.1\nlogvol /srv --vgname=v --name=s --size=52 ${KEY} --pbkdf-memory=64\n`,
      FILES,
    );
    const volume = join(made.folder, 'volume');
    ask('grub-fstest', '-c', '4', ...made.images, 'cp', `(lvm/v-s)0+${(52 * MIB) / 512}`, volume);
    const luks = made.storage.luks[0]!;
    checkContainer(luks, volume);
    expect(ask('debugfs', '-R', 'cat /large', decrypt(made, luks, volume))).toBe(LARGE);
  });

  it('with thin volumes have them in their pool, and nothing for what is empty', async () => {
    const made = await makeDisks(
      'part / --size=20\npart pv.1 --size=30\npart pv.2 --size=60 --ondisk=sdb\nvolgroup v pv.1 pv.2\nlogvol none --vgname=v --name=pool --thinpool --size=40\nlogvol /srv --vgname=v --name=s --thin --poolname=pool --size=200\nlogvol /home --vgname=v --name=h --thin --poolname=pool --size=100\nlogvol swap --vgname=v --name=sw --thin --poolname=pool --size=20\n',
      FILES,
    );
    checkLabels(made);
    expect(ask('debugfs', '-R', 'cat /large', thinVolume(made, 1, 200 * MIB))).toBe(LARGE);
    expect(ask('debugfs', '-R', 'cat /me/notes', thinVolume(made, 2, 100 * MIB))).toBe('mine\n');
    expect(ask('blkid', '-p', '-o', 'value', '-s', 'TYPE', thinVolume(made, 3, 20 * MIB)).trim()).toBe('swap');
  });

  it('have the second ESP as the first, file systems without a mount point, swap and vfat', async () => {
    const made = await makeDisks(
      'part raid.1 --size=30 --ondisk=sda\npart raid.2 --size=30 --ondisk=sdb\nraid / --device=r --level=1 raid.1 raid.2\npart none --fstype=ext2 --size=10 --label=spare\npart swap --size=8 --ondisk=sdb --label=sw\npart /data --fstype=vfat --size=16\n',
      { 'boot/efi/EFI/BOOT/BOOTX64.EFI': 'grub\n', 'data/a': 'b\n' },
      { bootable: true },
    );
    const esps = made.disks.flatMap((disk) => disk.partitions).filter((one) => one.role === 'esp');
    expect(esps).toHaveLength(2);
    for (const { id, filesystem } of esps) {
      expect(ask('mtype', '-i', made.cut(id), '::/EFI/BOOT/BOOTX64.EFI')).toBe('grub\n');
      expect(ask('blkid', '-p', '-o', 'value', '-s', 'UUID', made.cut(id)).trim()).toBe(filesystem!.uuid);
    }
    expect(esps[0]!.filesystem!.uuid).not.toBe(esps[1]!.filesystem!.uuid);
    const by = (what: string) =>
      made.disks.flatMap((disk) => disk.partitions).find((one) => one.filesystem?.label === what)!;
    expect(ask('blkid', '-p', '-o', 'value', '-s', 'LABEL', made.cut(by('spare').id)).trim()).toBe('spare');
    expect(ask('blkid', '-p', '-o', 'value', '-s', 'TYPE', made.cut(by('sw').id)).trim()).toBe('swap');
    expect(() => readByGrub(made.images, '(md/r)/boot/efi/EFI/BOOT/BOOTX64.EFI')).toThrow(/not found/);
  });

  it('with an MBR have logical partitions, the active one, and each its part of the tree', async () => {
    const made = await makeDisks(
      'clearpart --all --disklabel=msdos\npart /boot --size=20\npart / --size=20\npart /a --size=20\npart /a/b --size=20\npart /c/d --size=20 --fstype=vfat\npart swap --size=4\n',
      { 'etc/hello': 'from the root\n', 'a/f': 'in a\n', 'a/b/': '', 'a/b/g': 'in b\n', 'c/d/h': 'in d\n' },
      { bootable: true },
    );
    expect(made.disks[0]!.partitions.map((one) => one.number)).toEqual([1, 2, 3, 5, 6, 7]);
    expect(ask('sfdisk', '-d', made.raw('sda'))).toMatch(/raw1 :.*type=83, bootable\n[\s\S]*raw4 :.*type=f\n/);
    checkLabels(made);
    expect(ask('debugfs', '-R', 'cat /f', made.cut('sda3'))).toBe('in a\n');
    expect(ask('debugfs', '-R', 'cat /g', made.cut('sda5'))).toBe('in b\n');
    expect(ask('mtype', '-i', made.cut('sda6'), '::/h')).toBe('in d\n');
    expect(ask('debugfs', '-R', 'ls -p /b', made.cut('sda3'))).not.toContain('/g/');
    // The folder under a mount point is as the one that is mounted over it.
    expect(ask('debugfs', '-R', 'stat /b', made.cut('sda3'))).toMatch(/Mode: +0751[\s\S]*User: +5 +Group: +6/);
  });

  it('are the same bytes for the same day', async () => {
    const text = `part / --size=20\n${members(3, 20)}raid pv.1 --device=d --level=5 --chunksize=64 ${names(3)}\nvolgroup v pv.1\nlogvol /srv --vgname=v --name=s --size=24\n`;
    const [one, two] = [
      await makeDisks(text, FILES, { epoch: 1_700_000_000 }),
      await makeDisks(text, FILES, { epoch: 1_700_000_000 }),
    ];
    for (const { name } of one.disks)
      expect(readFileSync(one.raw(name)).equals(readFileSync(two.raw(name)))).toBe(true);
  });

  it('are the same bytes for the same day, whatever order the files of the tree came in', async () => {
    const text = `part /boot/efi --fstype=efi --size=40\npart /boot --size=30\npart / --size=60\npart swap --size=10\npart /mnt/fat --fstype=vfat --size=20\n`;
    const files = {
      ...FILES,
      'boot/kernel': LARGE,
      'boot/efi/b': 'b',
      'boot/efi/a': 'a',
      'mnt/fat/y': 'y',
      'mnt/fat/x': 'x',
    };
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    const [one, two] = [
      await makeDisks(text, files, { epoch: 1_700_000_000 }),
      await makeDisks(text, reversed, { epoch: 1_700_000_000 }),
    ];
    expect(readFileSync(one.raw('sda')).equals(readFileSync(two.raw('sda')))).toBe(true);
  });
});

/** Superblocks, labels and headers are what the tools of their own makers take. */
function checkLabels(made: MadeDisks): void {
  for (const disk of made.disks) {
    expect(ask('sfdisk', '-V', made.raw(disk.name))).toContain('No errors detected');
    for (const { id, role } of disk.partitions) {
      if (role === 'raid')
        expect(ask('mdadm', '--examine', made.cut(id))).toMatch(/State : clean[\s\S]*Checksum : \w+ - correct/);
      if (role === 'lvm') expect(ask('pvck', '--dump', 'metadata', made.cut(id))).toContain('logical_volumes {');
    }
  }
}

function checkContainer(luks: LuksPlan, container: string): void {
  const dump = ask('cryptsetup', 'luksDump', container);
  expect(dump).toContain(luks.uuid);
  expect(dump).toMatch(/PBKDF: +argon2id\n\tTime cost: +4\n\tMemory: +64\n\tThreads: +1\n/);
  expect(dump).toMatch(new RegExp(`offset: ${luks.dataOffsetBytes} \\[bytes\\][\\s\\S]*sector: ${luks.sectorBytes} `));
}

/** What is inside, decrypted with the key that cryptsetup gives for the passphrase. */
function decrypt(made: MadeDisks, luks: LuksPlan, container: string): string {
  const [key, pass] = [join(made.folder, `${luks.uuid}.key`), join(made.folder, 'pass')];
  writeFileSync(pass, luks.passphrase);
  ask('cryptsetup', 'luksDump', '-q', '--dump-volume-key', '--volume-key-file', key, '--key-file', pass, container);
  const [secret, bytes] = [readFileSync(key), readFileSync(container).subarray(luks.dataOffsetBytes)];
  const plain = new Uint8Array(bytes.length);
  const tweak = new Uint8Array(16);
  for (let at = 0; at < bytes.length; at += luks.sectorBytes) {
    new DataView(tweak.buffer).setBigUint64(0, BigInt(at / 512), true);
    const cipher = createDecipheriv('aes-256-xts', secret, tweak);
    plain.set(cipher.update(bytes.subarray(at, at + luks.sectorBytes)), at);
  }
  const file = join(made.folder, `${luks.uuid}.plain`);
  writeFileSync(file, plain);
  return file;
}

/** A thin volume put together from what thin_dump says of the pool's metadata, found sound by thin_check. */
function thinVolume(made: MadeDisks, number: number, bytes: number): string {
  const group = made.storage.volumeGroups[0]!;
  const pool = group.logicalVolumes.find((one) => one.kind === 'thin-pool')!;
  if (pool.kind !== 'thin-pool') throw new Error('no pool');
  const gather = (segments: typeof pool.data.segments, to: string): string => {
    const parts = segments.map(({ physicalVolume, firstExtent, extentCount }) => {
      const { device, dataOffsetBytes } = group.physicalVolumes[physicalVolume]!;
      const start = dataOffsetBytes + firstExtent * group.extentBytes;
      return readFileSync(made.cut(device)).subarray(start, start + extentCount * group.extentBytes);
    });
    writeFileSync(join(made.folder, to), Buffer.concat(parts));
    return join(made.folder, to);
  };
  const [data, metadata] = [gather(pool.data.segments, 'data'), gather(pool.metadata.segments, 'metadata')];
  ask('thin_check', '-q', metadata);
  const map = ask('thin_dump', metadata).split('<device ')[number]!;
  const file = join(made.folder, `thin${number}`);
  const [input, output] = [openSync(data, 'r'), openSync(file, 'w')];
  const copy = (from: number, to: number, count: number): void => {
    const chunk = new Uint8Array(count * pool.chunkBytes);
    readSync(input, chunk, 0, chunk.length, from * pool.chunkBytes);
    writeSync(output, chunk, 0, chunk.length, to * pool.chunkBytes);
  };
  for (const match of map.matchAll(/origin_begin="(\d+)" data_begin="(\d+)" length="(\d+)"/g))
    copy(Number(match[2]), Number(match[1]), Number(match[3]));
  for (const match of map.matchAll(/origin_block="(\d+)" data_block="(\d+)"/g))
    copy(Number(match[2]), Number(match[1]), 1);
  writeSync(output, new Uint8Array(1), 0, 1, bytes - 1);
  closeSync(input);
  closeSync(output);
  return file;
}
