// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyIncluded, moveEntries, readIncluded } from '../../../tools/build/included-files.js';
import { archiveFile, packAppliance } from '../../../tools/build/package.js';
import { PACKAGINGS } from '../../../tools/build/packagings.js';
import { folderOf, newFolder } from '../../osinfo/load/folders.js';

const before = process.env['SOURCE_DATE_EPOCH'];
beforeEach(() => {
  process.env['SOURCE_DATE_EPOCH'] = '1700000000';
});
afterEach(() => {
  if (before === undefined) delete process.env['SOURCE_DATE_EPOCH'];
  else process.env['SOURCE_DATE_EPOCH'] = before;
});

type Archive = Exclude<(typeof PACKAGINGS)[number], 'none'>;
const archives = PACKAGINGS.filter((one): one is Archive => one !== 'none');

/** An appliance that waits to be packed: a sparse image, hidden files, a program, odd names. */
function staged(): string {
  const staging = folderOf({
    'web/web.xml': '<image/>\n',
    'web/.hidden': 'h\n',
    'web/docs/read me': 'text\n',
    'web/docs/-rf': 'dash\n',
    'web/run.sh': '#!/bin/sh\n',
    'web/web-sda.raw': '',
  });
  truncateSync(join(staging, 'web/web-sda.raw'), 3_000_000);
  mkdirSync(join(staging, 'web/empty'));
  chmodSync(join(staging, 'web/run.sh'), 0o700);
  return staging;
}

const members = [
  'web/',
  'web/.hidden',
  'web/docs/',
  'web/docs/-rf',
  'web/docs/read me',
  'web/empty/',
  'web/run.sh',
  'web/web-sda.raw',
  'web/web.xml',
];

async function pack(packaging: Archive, staging = staged()): Promise<string> {
  const outputFolder = newFolder();
  await packAppliance({ staging, outputFolder, name: 'web', packaging });
  expect(readdirSync(outputFolder)).toEqual([archiveFile('web', packaging)]);
  expect(readdirSync(staging)).toEqual(['web']);
  return join(outputFolder, archiveFile('web', packaging));
}

describe('an appliance is packed as', () => {
  it.each(archives)('%s, with all its members below its name, which its own tools read', async (packaging) => {
    const file = await pack(packaging);
    const place = newFolder();
    const list = packaging.startsWith('zip') ? ['unzip', '-Z1', file] : ['tar', '--list', '--file', file];
    const listed = execFileSync(list[0]!, list.slice(1), { encoding: 'utf8' }).trim().split('\n');
    expect(listed.toSorted()).toEqual(members.toSorted());
    if (packaging.startsWith('zip')) execFileSync('unzip', ['-q', file, '-d', place]);
    else execFileSync('tar', ['-xf', file, '-C', place]);
    expect(readFileSync(join(place, 'web/docs/read me'), 'utf8')).toBe('text\n');
    expect(readFileSync(join(place, 'web/web-sda.raw')).equals(Buffer.alloc(3_000_000))).toBe(true);
    expect(existsSync(join(place, 'web/empty'))).toBe(true);
  });

  it.each(archives)('%s of the same bytes each time, whatever modes and times the files have', async (packaging) => {
    const one = readFileSync(await pack(packaging));
    const other = staged();
    chmodSync(join(other, 'web/web.xml'), 0o600);
    utimesSync(join(other, 'web/docs'), 1, 1);
    expect(readFileSync(await pack(packaging, other)).equals(one)).toBe(true);
  });

  it('tar with owners 0 and plain modes, and holes that stay holes', async () => {
    const file = await pack('tar');
    const lines = execFileSync('tar', ['-tvf', file, '--numeric-owner'], { encoding: 'utf8' }).trim().split('\n');
    const modes = Object.fromEntries(lines.map((line) => [line.split(/\s+/).slice(5).join(' '), line.slice(0, 14)]));
    expect(modes).toMatchObject({
      'web/': 'drwxr-xr-x 0/0',
      'web/run.sh': '-rwxr-xr-x 0/0',
      'web/web.xml': '-rw-r--r-- 0/0',
    });
    expect(readFileSync(file).length).toBeLessThan(100_000);
  });

  it('zip without the fields of zip64, zip.64 with them: both are whole', async () => {
    const versions = await Promise.all(
      (['zip', 'zip.64'] as const).map(async (packaging) => {
        const file = await pack(packaging);
        execFileSync('unzip', ['-tqq', file]);
        return execFileSync('unzip', ['-Zv', file, 'web/web.xml'], { encoding: 'utf8' });
      }),
    );
    expect(versions[0]).toMatch(/minimum software version required to extract:\s+[12]\.0/);
    expect(versions[1]).toMatch(/minimum software version required to extract:\s+4\.5/);
  });

  it('nothing where it cannot be: the error is one line and nothing is left', async () => {
    const staging = folderOf({ 'web/a\nb': 'x' });
    const outputFolder = newFolder();
    const packed = packAppliance({ staging, outputFolder, name: 'web', packaging: 'zip' });
    await expect(packed).rejects.toThrow('"web/a\\nb": zip takes no such name');
    expect(readdirSync(outputFolder)).toEqual([]);
    expect(readdirSync(staging)).toEqual(['web']);
  });
});

describe('--include', () => {
  const none = (): boolean => false;

  it('takes a file, or the entries of a folder with hidden ones, with what links lead to', () => {
    const outside = folderOf({ 'far.txt': 'far\n' });
    const include = folderOf({ '.hidden': 'h\n', 'docs/.deep': 'd\n', 'docs/a.txt': 'a\n' });
    symlinkSync(join(outside, 'far.txt'), join(include, 'link'));
    const target = newFolder();
    copyIncluded(readIncluded(include, none, newFolder()), target);
    copyIncluded(readIncluded(join(outside, 'far.txt'), none, newFolder()), target);
    expect((readdirSync(target, { recursive: true }) as string[]).sort()).toEqual([
      '.hidden',
      'docs',
      'docs/.deep',
      'docs/a.txt',
      'far.txt',
      'link',
    ]);
    expect(readFileSync(join(target, 'link'), 'utf8')).toBe('far\n');
  });

  it.each<[string, (include: string) => void, RegExp]>([
    [
      'a link that leads nowhere',
      (one) => symlinkSync('nowhere', join(one, 'x')),
      /x': it is a link that leads nowhere/,
    ],
    [
      'a link to a folder above it',
      (one) => symlinkSync('.', join(one, 'x')),
      /it is a link to a folder that it is in/,
    ],
    ['a pipe', (one) => execFileSync('mkfifo', [join(one, 'x')]), /x': it is neither a file nor a folder/],
    [
      'a name of the appliance’s own',
      (one) => writeFileSync(join(one, 'web.xml'), ''),
      /web\.xml': the appliance has a file/,
    ],
  ])('refuses %s before anything is built', (_, make, message) => {
    const include = folderOf({ 'docs/a': 'a' });
    make(include);
    expect(() => readIncluded(include, (name) => name === 'web.xml', newFolder())).toThrow(message);
  });

  it('refuses a folder that the appliance is written into', () => {
    const include = folderOf({ 'out/a': 'a', b: 'b' });
    expect(() => readIncluded(include, none, join(include, 'out/web'))).toThrow(
      /out': the appliance is written into it .*; choose another with -o/,
    );
    expect(readIncluded(include, none, join(include, 'web')).map(({ name }) => name)).toEqual(['b', 'out']);
  });

  it('ends up beside the images, over what an earlier run left there', () => {
    const from = folderOf({ 'docs/new': 'new', 'web.txt': 'new' });
    const to = folderOf({ 'docs/old': 'old', 'web.txt': 'old', 'stays.txt': 'mine' });
    moveEntries(from, to);
    expect((readdirSync(to, { recursive: true }) as string[]).sort()).toEqual([
      'docs',
      'docs/new',
      'stays.txt',
      'web.txt',
    ]);
    expect(readFileSync(join(to, 'web.txt'), 'utf8')).toBe('new');
  });
});
