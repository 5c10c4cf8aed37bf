// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ArchiveError } from '../../../osinfo/archive/errors.js';
import { archiveLimits } from '../../../osinfo/archive/limits.js';
import { readArchive } from '../../../osinfo/archive/read.js';
import { archiveFile } from '../../../osinfo/archive/source.js';
import { readTar, type TarEntry } from '../../../osinfo/archive/tar-read.js';
import { writeTar } from '../../../osinfo/archive/tar-write.js';
import { run } from '../../../osinfo/doors/process.js';
import { newFolder, rawTar, readFiles, sourceOf, writeFiles, xz } from './archives.js';

const folder = newFolder();
afterAll(() => folder.remove());

const long = `${'folder-with-a-name/'.repeat(6)}${'x'.repeat(90)}.xml`;
const tooLong = `${'y'.repeat(180)}/${'z'.repeat(120)}.xml`;
const files: Readonly<Record<string, string>> = {
  'top/empty.xml': '',
  'top/blöck ☃.xml': 'ü',
  'top/512.xml': 'a'.repeat(512),
  'top/large.xml': 'line\n'.repeat(50_000),
  [`top/${long}`]: 'long',
  [`top/${tooLong}`]: 'too long for ustar',
};

async function entriesOf(bytes: Buffer): Promise<TarEntry[]> {
  const found: TarEntry[] = [];
  for await (const entry of readTar(sourceOf(bytes).chunks, 'test.tar', archiveLimits)) found.push(entry);
  return found;
}

const contents = (entries: readonly TarEntry[]): Record<string, string> =>
  Object.fromEntries(entries.filter(({ kind }) => kind === 'file').map(({ name, bytes }) => [name, bytes.toString()]));

describe('reading tar', () => {
  const place = writeFiles(join(folder.path, 'in'), files);

  for (const format of ['v7', 'ustar', 'gnu', 'pax']) {
    it(`reads what GNU tar writes in its format ${format}`, async () => {
      // The old formats have no room for some of the names.
      const names = Object.keys(files).filter((name) =>
        format === 'v7' ? name.length < 90 : format === 'ustar' ? name !== `top/${tooLong}` : true,
      );
      const archive = join(folder.path, `${format}.tar`);
      await run(['tar', `--format=${format}`, '-cf', archive, ...names], { cwd: place });
      const expected = Object.fromEntries(names.map((name) => [name, files[name]!]));
      expect(contents(await entriesOf(readFileSync(archive)))).toEqual(expected);
    });
  }

  it('reads through xz, in several streams too, and ignores what follows the end of the archive', async () => {
    const tar = rawTar([{ name: 'db/os/a.xml', bytes: 'x' }]);
    const packed = await xz(Buffer.concat([tar, Buffer.alloc(20_000, 'rubbish')]), folder.path);
    const found: string[] = [];
    const half = await xz(tar.subarray(0, 700), folder.path);
    const rest = await xz(tar.subarray(700), folder.path);
    for (const bytes of [packed, Buffer.concat([half, rest])]) {
      for await (const { path, bytes: content } of readArchive(sourceOf(bytes))) found.push(`${path}=${content}`);
    }
    expect(found).toEqual(['os/a.xml=x', 'os/a.xml=x']);
  });

  it('takes an archive without its end mark, a directory by its slash, and a size in base 256', async () => {
    const old = rawTar(
      [
        { name: 'top/', magic: '' },
        { name: 'top/a.xml', type: '\0', magic: '', bytes: 'a' },
      ],
      false,
    );
    expect((await entriesOf(old)).map(({ name, kind }) => [name, kind])).toEqual([
      ['top/', 'directory'],
      ['top/a.xml', 'file'],
    ]);
    const big = rawTar([{ name: 'top/a.xml', bytes: 'abc' }]);
    big.fill(0, 124, 136);
    big[124] = 0x80;
    big[135] = 3;
    big.write('        ', 148);
    const sum = big.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    big.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    expect(contents(await entriesOf(big))).toEqual({ 'top/a.xml': 'abc' });
  });

  const broken: readonly (readonly [string, Buffer, RegExp])[] = [
    ['nothing at all', Buffer.alloc(0), /Unrecognized archive format/],
    ['something else', Buffer.from('<libosinfo/>'.repeat(100)), /Unrecognized archive format/],
    ['gzip', Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), Buffer.alloc(2000, 1)]), /Unrecognized archive format/],
    ['only zeros', Buffer.alloc(10_240), /the archive is empty/],
    ['a header that is cut', rawTar([{ name: 'a/b.xml', bytes: 'x' }]).subarray(0, 300), /Unrecognized archive format/],
    [
      'a file that is cut',
      rawTar([{ name: 'a/b.xml', bytes: 'x'.repeat(5000) }]).subarray(0, 3000),
      /cannot read next archive entry in test.tar: Truncated/,
    ],
    [
      'a second header that is none',
      Buffer.concat([rawTar([{ name: 'a/b.xml' }], false), Buffer.alloc(512, 7)]),
      /Damaged/,
    ],
    [
      'a pax header that is none',
      rawTar([{ name: 'p', type: 'x', bytes: '99 path=a\n' }, { name: 'a/b.xml' }]),
      /Malformed pax/,
    ],
    ['a pax header of a gigabyte', rawTar([{ name: 'p', type: 'x', size: 2 ** 30 }]), /extended header of this size/],
  ];
  for (const [what, bytes, message] of broken) {
    it(`refuses ${what}`, async () => {
      await expect(entriesOf(bytes)).rejects.toThrow(message);
    });
  }

  it('says where an archive cannot be opened', async () => {
    const read = async (path: string): Promise<void> => {
      for await (const _ of readArchive(archiveFile(path)));
    };
    const missing = join(folder.path, 'missing.tar');
    await expect(read(missing)).rejects.toThrow(`cannot open archive ${missing}: Failed to open '${missing}'`);
    await expect(read(folder.path)).rejects.toThrow(`Error reading '${folder.path}'`);
  });
});

describe('an archive with any bytes changed', () => {
  it('is read or refused, and nothing else happens', async () => {
    const bytes = rawTar([
      { name: 'pax', type: 'x', bytes: '22 path=db/os/long.xml\n' },
      { name: 'db/', type: '5' },
      { name: 'db/os/a.xml', bytes: 'a'.repeat(700) },
      { name: '././@LongLink', type: 'L', bytes: `db/${'n'.repeat(120)}\0` },
      { name: 'db/os/b.xml', bytes: 'b' },
    ]);
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.nat(bytes.length),
        async (changes, length) => {
          const changed = Buffer.from(bytes.subarray(0, length));
          for (const [at, value] of changes) if (at < length) changed[at] = value;
          // The sum of each header is made right again, or hardly any change would get past it.
          for (let at = 0; at + 512 <= length; at += 512) {
            changed.write('        ', at + 148, 'latin1');
            const sum = changed.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
            changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
          }
          const error = await entriesOf(changed).then(
            () => undefined,
            (one: unknown) => one,
          );
          if (error !== undefined) expect(error).toBeInstanceOf(ArchiveError);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('writing tar', () => {
  it('is read back by GNU tar and by us, and is the same bytes each time', async () => {
    const write = async (): Promise<Buffer> => {
      async function* items() {
        yield { name: 'top/', bytes: Buffer.alloc(0) };
        for (const [name, text] of Object.entries(files)) yield { name, bytes: Buffer.from(text) };
      }
      const chunks: Buffer[] = [];
      for await (const chunk of writeTar(items(), 1_700_000_000)) chunks.push(chunk);
      return Buffer.concat(chunks);
    };
    const bytes = await write();
    expect(bytes.equals(await write())).toBe(true);
    expect(bytes.length % 10_240).toBe(0);
    expect(contents(await entriesOf(bytes))).toEqual(files);
    const out = join(folder.path, 'out');
    mkdirSync(out);
    writeFileSync(join(folder.path, 'ours.tar'), bytes);
    await run(['tar', '-xf', join(folder.path, 'ours.tar'), '-C', out]);
    expect(readFiles(out)).toEqual(files);
    const { stdout } = await run(['tar', '--numeric-owner', '--utc', '-tvf', join(folder.path, 'ours.tar')]);
    expect(stdout.split('\n')[0]).toMatch(/^drwxr-xr-x 0\/0 +0 2023-11-14 22:13 top\/$/);
    expect(stdout.split('\n')[1]).toMatch(/^-rw-r--r-- 0\/0 +0 2023-11-14 22:13 top\/empty.xml$/);
  });
});
