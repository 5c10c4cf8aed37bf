// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArchiveError } from '../../../osinfo/archive/errors.js';
import { exportToFile } from '../../../osinfo/archive/export.js';
import { archiveLimits } from '../../../osinfo/archive/limits.js';
import { unpacked } from '../../../osinfo/archive/source.js';
import { formatIssue } from '../../../osinfo/load/issues.js';
import { openDb } from '../../../osinfo/open.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { oursOf } from '../../parity/sides.js';
import { rawTar, sourceOf } from '../archive/archives.js';
import { folderOf, newFolder, placesEnv, wrapped } from './folders.js';

const a = 'os/e.org/a.xml';
const entry = (version: string) =>
  wrapped(`<os id="http://e.org/a"><short-id>a</short-id><version>${version}</version></os>`);

function tarOf(files: Readonly<Record<string, string>>, name = 'db.tar'): string {
  const path = join(newFolder(), name);
  writeFileSync(path, rawTar(Object.entries(files).map(([inside, bytes]) => ({ name: `top/${inside}`, bytes }))));
  return path;
}

describe('a database in an archive', () => {
  it('answers as the folder does that it was made from, packed or not, with and without an index', async () => {
    const folder = join(packageRoot(), 'db');
    const packed = join(newFolder(), 'db.tar.xz');
    await exportToFile({ folder, version: '20260101' }, packed);
    const plain = join(newFolder(), 'db.tar');
    const pieces: Buffer[] = [];
    for await (const piece of unpacked(sourceOf(readFileSync(packed)), archiveLimits)) pieces.push(piece);
    writeFileSync(plain, Buffer.concat(pieces));
    const wanted = oursOf(openDb({ db: folder, env: placesEnv({}) }));
    for (const db of [packed, plain]) {
      utimesSync(db, 1_700_000_000, 1_700_000_000);
      await new Promise((resolve) => setTimeout(resolve, 150));
      const env = placesEnv({});
      for (const turn of ['the files', 'the index']) {
        const opened = openDb({ db, env });
        expect([turn, opened.issues, opened.places[0]?.version]).toEqual([turn, [], '20260101']);
        expect(oursOf(opened)).toEqual(wanted);
      }
      expect(readdirSync(join(env.GUESTWRIGHT_CACHE_DIR, 'db'))).toHaveLength(1);
    }
  });

  it('a change of the archive is seen, with a warm index', async () => {
    const db = tarOf({ [a]: entry('1') });
    const env = placesEnv({});
    await new Promise((resolve) => setTimeout(resolve, 150));
    for (let turn = 0; turn < 2; turn++) expect(openDb({ db, env }).os('a').version).toBe('1');
    const { mtime } = statSync(db);
    writeFileSync(db, rawTar([{ name: `top/${a}`, bytes: entry('2') }]));
    utimesSync(db, mtime, mtime);
    expect(openDb({ db, env }).os('a').version).toBe('2');
  });

  it('its fragments, its errors by member and line, other places on top', () => {
    const db = tarOf({
      VERSION: '7',
      [a]: entry('1'),
      'os/e.org/a.d/x.xml': wrapped('<os id="http://e.org/a">\n<short-id>more</short-id><short-id/></os>'),
      'os/e.org/wrong.xml': wrapped('<os id="http://e.org/b"/>'),
      'schema/x.xml': 'no database file',
      'README.md': 'nor this',
    });
    const above = folderOf({ 'os/e.org/a.d/y.xml': '<os id="http://e.org/a"><version>9</version></os>' });
    const opened = openDb({ db: [db, above], env: placesEnv({}) });
    expect(opened.os('more')).toMatchObject({ shortIds: ['a', 'more'], version: '9' });
    expect(opened.issues.map(formatIssue)).toEqual([
      `${db}!os/e.org/a.d/x.xml:3:26: <short-id> is empty; give it a value or remove it`,
      `${db}!os/e.org/wrong.xml:2:1: http://e.org/b is left out: it has to be in os/e.org/b.xml`,
    ]);
    expect(opened.os('a').origins[0]).toEqual({ file: `${db}!${a}`, line: 2 });
    expect(opened.places.map(({ version }) => version)).toEqual(['7', undefined]);
  });

  const refused: [string, () => string, RegExp][] = [
    ['what is no archive', () => tarlike('hello'), /cannot open archive .*: Unrecognized archive format/],
    ['a hostile member', () => withEntry({ name: '../../evil.xml', bytes: 'x' }), /evil\.xml: paths with '\.\.' are/],
    ['a link', () => withEntry({ name: 'top/l.xml', type: '2', link: '/etc/passwd' }), /unsupported file type for top/],
    ['a cut one', () => cutTar(), /cannot read next archive entry in .*: Truncated tar archive/],
    ['a cut xz', () => tarlike(readFileSync(cutXz())), /cannot read next archive entry in .*Unexpected end of input/],
  ];
  it.each(refused)('refuses %s: one error, no half of a database', (_what, make, message) => {
    const db = make();
    expect(() => openDb({ db, env: placesEnv({}) })).toThrow(ArchiveError);
    expect(() => openDb({ db, env: placesEnv({}) })).toThrow(message);
  });

  it('refuses one that unpacks to far more than it is', () => {
    const bomb = spawnSync('xz', ['-1', '--stdout'], { input: Buffer.alloc(40 * 1024 * 1024), maxBuffer: 1 << 26 });
    expect(() => openDb({ db: tarlike(bomb.stdout, 'bomb.tar.xz'), env: placesEnv({}) })).toThrow(
      /the archive unpacks to more than \d+ bytes/,
    );
  });

  it('nothing of it is written', () => {
    const db = tarOf({ [a]: entry('1') });
    expect(openDb({ db, env: placesEnv({}), index: false }).oses()).toHaveLength(1);
    expect(readdirSync(join(db, '..'))).toEqual(['db.tar']);
    expect(existsSync(join(db, '../top'))).toBe(false);
  });
});

function tarlike(bytes: string | Uint8Array, name = 'db.tar'): string {
  const path = join(newFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

function withEntry(bad: Parameters<typeof rawTar>[0][number]): string {
  return tarlike(rawTar([{ name: `top/${a}`, bytes: entry('1') }, bad]));
}

function cutTar(): string {
  return tarlike(rawTar([{ name: `top/${a}`, bytes: 'x'.repeat(5_000) }]).subarray(0, 3_000));
}

function cutXz(): string {
  const { stdout } = spawnSync('xz', ['--stdout'], { input: rawTar([{ name: `top/${a}`, bytes: entry('1') }]) });
  return tarlike(stdout.subarray(0, stdout.length - 40));
}
