// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ArchiveError } from '../../../osinfo/archive/errors.js';
import { importDatabase } from '../../../osinfo/archive/import.js';
import {
  archiveOf,
  database,
  newFolder,
  os,
  type RawEntry,
  rawTar,
  readFiles,
  sourceOf,
  writeFiles,
  xz,
} from './archives.js';

const folder = newFolder();
afterAll(() => folder.remove());

let parent: string;
let target: string;
let before: Record<string, string>;
let count = 0;
beforeEach(() => {
  count += 1;
  parent = join(folder.path, String(count));
  target = writeFiles(join(parent, 'deep/down/db'), database('1'));
  before = readFiles(parent);
});

const good: RawEntry = { name: 'db/os/e.org/b-1.xml', bytes: os('b/1') };
const pax = (path: string): RawEntry => {
  const record = ` path=${path}\n`;
  let length = record.length;
  while (length !== record.length + String(length).length) length = record.length + String(length).length;
  return { name: 'pax', type: 'x', bytes: `${length}${record}` };
};

/** What is in the archive after a good member, the member that is named, and how it is refused. */
const members: readonly (readonly [string, readonly RawEntry[], string, RegExp])[] = [
  ['an absolute path', [{ name: '/etc/evil.xml', bytes: 'x' }], '/etc/evil.xml', /absolute paths are refused/],
  [
    "a path with '..'",
    [{ name: 'db/../../evil.xml', bytes: 'x' }],
    'db/../../evil.xml',
    /paths with '\.\.' are refused/,
  ],
  ["a path that begins with '..'", [{ name: '../db/evil.xml' }], '../db/evil.xml', /paths with '\.\.'/],
  ["a path that ends in '..'", [{ name: 'db/os/..', type: '5' }], 'db/os/..', /paths with '\.\.'/],
  ["a path with '//'", [{ name: 'db//etc/evil.xml' }], 'db//etc/evil.xml', /paths with '\/\/' are refused/],
  ["a directory with '//' at its end", [{ name: 'db/os//', type: '5' }], 'db/os//', /paths with '\/\/' are refused/],
  ["a path with '/./'", [{ name: 'db/./os/evil.xml' }], 'db/./os/evil.xml', /paths with '\/\.\/' are refused/],
  [
    "a path with '..' in a pax header",
    [pax('db/../../evil.xml'), { name: 'db/x.xml' }],
    'db/../../evil.xml',
    /paths with '\.\.'/,
  ],
  [
    "a path with '..' in a GNU long name",
    [{ name: '././@LongLink', type: 'L', bytes: 'db/../../evil.xml\0' }, { name: 'db/x.xml' }],
    'db/../../evil.xml',
    /paths with '\.\.'/,
  ],
  ['an absolute path in the prefix of ustar', [{ name: 'evil.xml', prefix: '/etc' }], '/etc/evil.xml', /absolute/],
  ['a file in the place of the database', [{ name: 'db', bytes: 'x' }], 'db', /in the place|has to be/],
  [
    'a symbolic link',
    [{ name: 'db/os/l.xml', type: '2', link: '/etc/passwd' }],
    'db/os/l.xml',
    /^unsupported file type for db\/os\/l\.xml$/,
  ],
  [
    'a hard link',
    [{ name: 'db/os/h.xml', type: '1', link: 'db/os/e.org/b-1.xml' }],
    'db/os/h.xml',
    /^unsupported file type for db\/os\/h\.xml$/,
  ],
  ['a device node', [{ name: 'db/sda', type: '4' }], 'db/sda', /^unsupported file type for db\/sda$/],
  ['a character device', [{ name: 'db/null', type: '3' }], 'db/null', /^unsupported file type for db\/null$/],
  ['a fifo', [{ name: 'db/pipe', type: '6' }], 'db/pipe', /^unsupported file type for db\/pipe$/],
  ['a sparse file of GNU tar', [{ name: 'db/sparse.xml', type: 'S' }], 'db/sparse.xml', /^unsupported file type/],
  [
    'a name with a control character',
    [{ name: 'db/os/a\u001b[2Jb.xml' }],
    'db/os/a\u001b[2Jb.xml',
    /db\/os\/a\\u001b\[2Jb\.xml: control characters/,
  ],
  [
    'a name that is too long for a file system',
    [pax(`db/${'n'.repeat(300)}.xml`), { name: 'db/x' }],
    `db/${'n'.repeat(300)}.xml`,
    /longer than 255 bytes/,
  ],
  [
    'a path that is too long',
    [pax(`db/${'abcdefgh/'.repeat(200)}x.xml`), { name: 'db/x' }],
    `db/${'abcdefgh/'.repeat(200)}x.xml`,
    /longer than 1024 bytes/,
  ],
  [
    'folders nested too deep',
    [pax(`db/${'d/'.repeat(40)}x.xml`), { name: 'db/x' }],
    `db/${'d/'.repeat(40)}x.xml`,
    /nested deeper than 12/,
  ],
  [
    'a file of a gigabyte, by its header',
    [{ name: 'db/os/big.xml', size: 2 ** 30 }],
    'db/os/big.xml',
    /1073741824 bytes; at most 16777216/,
  ],
  ['a file in the place of a folder', [{ name: 'db/os', bytes: 'x' }], 'db/os', /folder in the place of this file/],
  [
    'a folder in the place of a file',
    [{ name: 'db/a', bytes: 'x' }, { name: 'db/a/b.xml' }],
    'db/a/b.xml',
    /file in the place of this folder/,
  ],
];

describe('hostile archives are refused by member, and nothing changes', () => {
  for (const [what, entries, member, message] of members) {
    it(what, async () => {
      const archive = rawTar([good, ...entries]);
      const error = await importDatabase({ source: sourceOf(archive), target }).catch((one: unknown) => one);
      expect(error).toBeInstanceOf(ArchiveError);
      expect((error as ArchiveError).member).toBe(member);
      expect((error as ArchiveError).message).toMatch(message);
      expect(readFiles(parent)).toEqual(before);
    });
  }

  it('a linked directory that lies in the target already', async () => {
    mkdirSync(join(parent, 'elsewhere'));
    symlinkSync(join(parent, 'elsewhere'), join(target, 'device'));
    const archive = rawTar([good, { name: 'db/device/e.org/x.xml', bytes: '<libosinfo/>' }]);
    const error = await importDatabase({ source: sourceOf(archive), target }).catch((one: unknown) => one);
    expect((error as ArchiveError).message).toBe(
      `db/device/e.org/x.xml: ${join(target, 'device')} is a link; remove it first`,
    );
    expect(readdirSync(join(parent, 'elsewhere'))).toEqual([]);
    expect(readdirSync(join(parent, 'deep/down'))).toEqual(['db']);
  });

  const content: readonly (readonly [string, Record<string, string>, RegExp])[] = [
    [
      'a file that is no XML',
      { 'os/e.org/a-1.xml': '<libosinfo>\n<os>' },
      /osinfo-db-1\/os\/e\.org\/a-1\.xml:2:\d+: unclosed tag/,
    ],
    [
      'a file with a document type',
      { 'os/e.org/a-1.xml': '<!DOCTYPE x [<!ENTITY a "b">]><libosinfo>&a;</libosinfo>' },
      /a-1\.xml:1:\d+: a document type/,
    ],
    ['a file with another root', { 'os/e.org/a-1.xml': '<html/>' }, /the root element is <html>, not <libosinfo>/],
    ['an archive of something else', {}, /it holds no database/],
  ];
  for (const [what, files, message] of content) {
    it(what, async () => {
      const archive =
        Object.keys(files).length > 0
          ? archiveOf({ ...database('2'), ...files })
          : rawTar([{ name: 'linux/Makefile', bytes: 'all:' }]);
      await expect(importDatabase({ source: sourceOf(archive), target })).rejects.toThrow(message);
      expect(readFiles(parent)).toEqual(before);
    });
  }
});

describe('bombs are refused while they are read, with the member at which it was too much', () => {
  const bombs: readonly (readonly [string, () => Buffer, RegExp])[] = [
    [
      'by ratio',
      () =>
        rawTar([
          good,
          ...Array.from({ length: 8 }, (_, index) => ({ name: `db/os/${index}`, bytes: Buffer.alloc(8_000_000, 'a') })),
        ]),
      /^after db\/os\/\d: the archive unpacks to more than 250 times its size$/,
    ],
    [
      'by count',
      () =>
        Buffer.concat([
          rawTar([good], false),
          ...Array.from({ length: 20_001 }, (_, index) => rawTar([{ name: `db/os/${index}`, type: '5' }], false)),
        ]),
      /^db\/os\/\d+: the archive has more than 20000 entries/,
    ],
    [
      'by extended headers',
      () => rawTar([good, ...Array.from({ length: 20_000 }, () => pax('db/os/x'))]),
      /more than 250 times|entries|cannot read/,
    ],
  ];
  for (const [what, make, message] of bombs) {
    it(what, async () => {
      const packed = await xz(make(), folder.path);
      expect(packed.length).toBeLessThan(1_000_000);
      await expect(importDatabase({ source: sourceOf(packed), target })).rejects.toThrow(message);
      expect(readFiles(parent)).toEqual(before);
    });
  }

  it('by the whole size, in an archive that is not packed', async () => {
    const limits = {
      maxMembers: 100,
      maxMemberBytes: 10_000,
      maxTotalBytes: 20_000,
      maxRatio: 250,
      ratioFromBytes: 1e9,
      maxPathBytes: 100,
      maxNameBytes: 50,
      maxDepth: 5,
    };
    const archive = rawTar([
      good,
      ...Array.from({ length: 5 }, (_, index) => ({ name: `db/os/${index}`, bytes: 'x'.repeat(9_000) })),
    ]);
    await expect(importDatabase({ source: sourceOf(archive), target, limits })).rejects.toThrow(
      /^after db\/os\/\d: the archive unpacks to more than 20000 bytes$/,
    );
    expect(readFiles(parent)).toEqual(before);
  });
});
