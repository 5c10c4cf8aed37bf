// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Budget, counted } from '../../../../osinfo/detect/image/budget.js';
import { openNtfs } from '../../../../osinfo/detect/image/filesystems/ntfs.js';
import { Tree } from '../../../../osinfo/detect/image/filesystems/tree.js';
import { guarded } from '../../../../osinfo/detect/image/guarded.js';
import { HostFile } from '../../../../osinfo/detect/image/host-file.js';
import { inspectImage } from '../../../../osinfo/detect/image/inspect.js';
import { InputError } from '../../../../osinfo/errors.js';
import { newFolder } from '../../load/folders.js';
import { db } from './db.js';
import { windowsHives } from './hive.js';
import { emptyFile, mib, tool } from './images.js';

function fileOf(content: Buffer | string): string {
  const path = join(newFolder(), 'file');
  writeFileSync(path, content);
  return path;
}

/** Windows' files on FAT32, where no mount is needed to make folders; its reader of names is as caseless as NTFS's. */
function windowsDisk(hives: { software: Buffer; system: Buffer }): string {
  const path = emptyFile(64 * mib);
  tool('mkfs.vfat', ['-F', '32', path]);
  for (const folder of ['WINDOWS', 'WINDOWS/system32', 'WINDOWS/system32/config'])
    tool('mmd', ['-i', path, `::${folder}`]);
  tool('mcopy', ['-i', path, fileOf(hives.software), '::WINDOWS/system32/config/software']);
  tool('mcopy', ['-i', path, fileOf(hives.system), '::WINDOWS/system32/config/SYSTEM']);
  return path;
}

const cases: readonly (readonly [
  name: string,
  build: string,
  type: string | undefined,
  shortId: string | undefined,
  told: string,
])[] = [
  ['Windows 10 Pro', '19045', 'Client', 'win10', 'Windows 10 Pro'],
  ['Windows 10 Pro', '22631', 'Client', 'win11', 'Windows 11 Pro'],
  ['Windows Server 2019 Standard', '17763', 'Server', 'win2k19', 'Windows Server 2019 Standard'],
  ['Windows Server 2022 Datacenter', '20348', 'Server Core', 'win2k22', 'Windows Server 2022 Datacenter'],
  ['Windows Server Future', '31337', 'Server', undefined, 'Windows Server Future'],
  ['Windows 7 Ultimate', '7601', undefined, undefined, 'Windows 7 Ultimate'],
];

for (const [name, build, type, shortId, told] of cases) {
  test(`${name}, build ${build} is ${shortId ?? 'not in the database'}`, async () => {
    const facts = type === undefined ? { name, build } : { name, build, type };
    const [guest] = (await inspectImage(windowsDisk(windowsHives(facts)), { db })).guests;
    expect(guest).toMatchObject({
      family: 'windows',
      name: told,
      version: build,
      arch: 'x86_64',
      hostname: 'DESKTOP-1',
    });
    expect(guest?.os?.shortId).toBe(shortId);
  });
}

test('the registry of these tests is one for hivex too', () => {
  const { software } = windowsHives({ name: 'Windows 10 Pro', build: '19045' });
  const key = '\\Microsoft\\Windows NT\\CurrentVersion';
  expect(tool('hivexget', [fileOf(software), key, 'ProductName']).trim()).toBe('Windows 10 Pro');
});

test('a registry that is damaged leaves the release untold', async () => {
  const image = await inspectImage(windowsDisk({ software: Buffer.alloc(9000), system: Buffer.from('x') }), { db });
  expect(image.guests).toMatchObject([{ name: 'Windows, which release is not told', family: 'windows' }]);
  expect(image.guests[0]?.os).toBeUndefined();
  expect(image.notes[0]).toContain('its registry cannot be read: damaged or cut short: a registry hive');
});

function ntfs(words: readonly string[] = [], bytes = 32 * mib): string {
  const path = emptyFile(bytes);
  tool('mkntfs', ['-q', '-F', '-Q', '-L', 'data', ...words, path]);
  return path;
}

function treeOfNtfs(path: string): Tree {
  const fileSystem = openNtfs(counted(new HostFile(path), new Budget()));
  expect(fileSystem).toMatchObject({ type: 'ntfs', label: 'data', caseless: true });
  return new Tree(fileSystem.root(), true);
}

for (const [name, words] of [
  ['clusters of 4 KiB', []],
  ['clusters of 512 bytes', ['-c', '512']],
  ['clusters of 64 KiB', ['-c', '65536']],
] as const) {
  test(`NTFS with ${name}: files in records and in clusters, in a folder that grew, and its own folders`, () => {
    const path = ntfs(words);
    const large = Buffer.from(Array.from({ length: 40_000 }, (_, index) => index).join(' '));
    tool('ntfscp', ['-f', path, fileOf('small'), 'Small file with a long name.txt']);
    tool('ntfscp', ['-f', path, fileOf(large), 'large.bin']);
    for (let index = 0; index < 60; index++) tool('ntfscp', ['-f', path, fileOf(''), `one-of-many-${index}`]);
    const tree = treeOfNtfs(path);
    expect(tree.readText('/SMALL FILE with a long name.TXT')).toBe('small');
    expect(tree.readHead('/large.bin', 2 ** 20)?.equals(large)).toBe(true);
    expect(tree.list('/').filter((one) => one.startsWith('one-of-many-'))).toHaveLength(60);
    expect(tree.list('/$Extend')).toContain('$Quota');
    expect(tree.find('/absent')).toBeUndefined();
  });
}

test('NTFS that is no Windows is said to be NTFS', async () => {
  expect(await inspectImage(ntfs(), { db })).toMatchObject({
    volumes: [{ content: 'ntfs', label: 'data' }],
    guests: [],
  });
});

test('NTFS and registries: whatever is changed, an answer or an InputError comes', () => {
  const path = ntfs([], 4 * mib);
  tool('ntfscp', ['-f', path, fileOf(windowsHives({ name: 'Windows 10 Pro', build: '19045' }).software), 'software']);
  const file = new HostFile(path);
  const data = file.read(0, file.length);
  const used: number[] = [];
  for (let at = 0; at < data.length; at++) if (data[at] !== 0) used.push(at);
  const change = fc.array(fc.tuple(fc.nat(used.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(change, (changes) => {
      const changed = Buffer.from(data);
      for (const [index, byte] of changes) changed[used[index]!] = byte;
      const budget = new Budget({ bytes: 64 * mib, reads: 20_000, timeMs: 4000 });
      const bytes = counted({ length: changed.length, read: (at, count) => changed.subarray(at, at + count) }, budget);
      try {
        guarded(() => {
          const tree = new Tree(openNtfs(bytes).root(), true);
          for (const name of tree.list('/')) tree.readHead(`/${name}`, 100_000);
        });
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 60 },
  );
});
