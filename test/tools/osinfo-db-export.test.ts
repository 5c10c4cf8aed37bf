// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../osinfo/doors/process.js';
import { database, newFolder, os, writeFiles } from '../osinfo/archive/archives.js';
import { bundleTool, type Program } from './bundle.js';
import { expectAlike, hasOriginals, outcome, type Setting } from './db-tools.js';

const folder = newFolder();
let program: Program;
beforeAll(async () => {
  program = await bundleTool('osinfo-db-export');
});
afterAll(() => {
  program.remove();
  folder.remove();
});

let place: string;
let db: string;
let count = 0;
beforeEach(() => {
  count += 1;
  place = join(folder.path, String(count));
  db = writeFiles(
    join(place, 'db'),
    database('1', { 'schema/osinfo.rng': '<grammar/>', 'os/e.org/.hidden.xml': os('h'), 'os/e.org/a.txt': 'x' }),
  );
});

const ours = (words: readonly string[], setting: Setting = {}) =>
  outcome([process.execPath, program.path, ...words], { cwd: place, ...setting });
const theirs = (words: readonly string[], setting: Setting = {}) =>
  outcome(['osinfo-db-export', ...words], { cwd: place, ...setting });
const today = (): string => new Date().toISOString().slice(0, 10).replaceAll('-', '');
const list = async (archive: string) =>
  (await run(['tar', '--numeric-owner', '-tvf', archive], { cwd: place })).stdout.trimEnd().split('\n');
const names = (lines: readonly string[]) => lines.map((line) => line.split(' ').at(-1)).sort();
const kinds = (lines: readonly string[]) =>
  lines.map((line) => `${line.split(/\s+/).slice(0, 3).join(' ')} ${line.split(' ').at(-1)}`).sort();

describe.skipIf(!hasOriginals)('osinfo-db-export beside the original (packages osinfo-db-tools, osinfo-db)', () => {
  const wrong: readonly (readonly [string, () => readonly string[]])[] = [
    ['an unknown option', () => ['--nope']],
    ['a version without its value', () => ['--version']],
    ['two archives', () => ['--dir', db, 'a', 'b']],
    ['two places', () => ['--user', '--local']],
    ['a database that is not there', () => ['--dir', join(place, 'missing'), 'a.tar.xz']],
    ['a licence that is not there', () => ['--dir', db, '--license', join(place, 'missing'), 'a.tar.xz']],
    ['an archive that cannot be written', () => ['--dir', db, join(place, 'missing/a.tar.xz')]],
  ];
  for (const [what, words] of wrong) {
    it(`fails alike: ${what}`, async () => {
      expectAlike(await ours(words()), await theirs(words()));
    });
  }

  it('leaves no broken archive behind, as the original does', async () => {
    await ours(['--dir', db, '--license', join(place, 'missing'), 'a.tar.xz']);
    expect(readdirSync(place)).toEqual(['db']);
  });

  it('packs the same entries under the same name', async () => {
    const license = join(place, 'COPYING');
    writeFileSync(license, 'take it');
    mkdirSync(join(place, 'c'));
    const words = ['-v', '--dir', db, '--license', license];
    const [one, other] = [await ours(words), await theirs(words, { cwd: join(place, 'c') })];
    expect([one.exit, other.exit, one.stderr, other.stderr]).toEqual([0, 0, '', '']);
    const name = `osinfo-db-${today()}.tar.xz`;
    const [mine, its] = [await list(name), await list(`c/${name}`)];
    expect(names(mine)).toEqual(names(its));
    expect(kinds(mine)).toEqual(kinds(its));
    expect(one.stdout.split('\n').sort()).toEqual(other.stdout.split('\n').sort());
    expect((await run(['tar', '-xOf', name, `osinfo-db-${today()}/VERSION`], { cwd: place })).stdout).toBe(today());
  });
});

describe('osinfo-db-export', () => {
  it('is the same bytes each time, also where SOURCE_DATE_EPOCH sets the date', async () => {
    const env = { SOURCE_DATE_EPOCH: '1700000000' };
    for (const name of ['1', '2'])
      expect(await ours(['--dir', db, `${name}.tar.xz`], { env })).toEqual({ exit: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(place, '1.tar.xz')).equals(readFileSync(join(place, '2.tar.xz')))).toBe(true);
    expect((await list('1.tar.xz'))[0]).toMatch(/2023-11-14 22:13 osinfo-db-20231114\/$/);
    await ours(['--dir', db], { env });
    expect(readdirSync(place)).toContain('osinfo-db-20231114.tar.xz');
  });

  it('writes an archive to standard output, and never its names with it', async () => {
    const file = join(place, 'out.tar.xz');
    const script = '"$1" "$2" -v --dir "$3" --version 7 - > "$4"';
    const result = await outcome(['sh', '-c', script, 'sh', process.execPath, program.path, db, file]);
    expect(result).toMatchObject({ exit: 0, stdout: '' });
    expect(result.stderr).toContain('osinfo-db-export: r osinfo-db-7/os/e.org/a-1.xml\n');
    expect(names(await list(file))).toContain('osinfo-db-7/os/e.org/a-1.xml');
  });

  it('names the file that cannot be made plain', async () => {
    writeFiles(db, { 'os/e.org/bad.xml': '<os' });
    const { exit, stderr } = await ours(['--plain', '--dir', db, 'a.tar.xz']);
    expect([exit, stderr]).toEqual([1, expect.stringMatching(/^osinfo-db-export: .*\/os\/e\.org\/bad\.xml:1:\d+: /)]);
    expect(readdirSync(place)).toEqual(['db']);
  });
});
