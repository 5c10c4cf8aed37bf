// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { importDatabase } from '../../../osinfo/archive/import.js';
import { exchange, replaceFiles, stepAside } from '../../../osinfo/archive/swap.js';
import { archiveOf, database, newFolder, os, rawTar, readFiles, sourceOf, writeFiles } from './archives.js';

const folder = newFolder();
afterAll(() => folder.remove());

let parent: string;
let target: string;
let count = 0;
beforeEach(() => {
  count += 1;
  parent = join(folder.path, String(count));
  mkdirSync(parent);
  target = join(parent, 'db');
});

const load = (files: Readonly<Record<string, string>>) =>
  importDatabase({ source: sourceOf(archiveOf(files)), target });

describe('an import', () => {
  it('makes the target and the folders above it, and leaves nothing beside it', async () => {
    target = join(parent, 'not/yet/there');
    const report = await load(database('1'));
    expect(report).toMatchObject({
      before: undefined,
      after: '1',
      added: ['VERSION', 'os/e.org/a-1.xml', 'os/e.org/a-2.xml'],
      removed: [],
    });
    expect(readFiles(target)).toEqual(database('1'));
    expect(readdirSync(join(parent, 'not/yet'))).toEqual(['there']);
    expect(statSync(target).mode & 0o777).toBe(0o777 & ~process.umask());
    expect(statSync(join(target, 'VERSION')).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  it('refuses an install script whose template reads a file, by its line, and leaves what is there', async () => {
    await load(database('1'));
    const sheet =
      '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">\n<xsl:template match="/">\n' +
      '<xsl:copy-of select="document(config/x)"/></xsl:template></xsl:stylesheet>';
    const script = `<libosinfo>\n<install-script id="http://e.org/s"><template>\n${sheet}\n</template></install-script></libosinfo>`;
    await expect(load(database('2', { 'install-script/e.org/s.xml': script }))).rejects.toThrow(
      /install-script\/e\.org\/s\.xml:5: document\(\) in select is refused/,
    );
    expect(readFiles(target)).toEqual(database('1'));
  });

  it('replaces the whole database: what the new version no longer has goes', async () => {
    await load(
      database('1', {
        'os/e.org/old.xml': os('old'),
        'os/e.org/a-1.d/shipped.xml': os('a/1'),
        'device/e.org/x.xml': '<libosinfo/>',
      }),
    );
    const report = await load({ ...database('2'), 'os/e.org/a-2.xml': os('a/2', '<!-- new -->') });
    expect(report).toMatchObject({
      before: '1',
      after: '2',
      added: [],
      replaced: ['VERSION', 'os/e.org/a-2.xml'],
      removed: ['device/e.org/x.xml', 'os/e.org/a-1.d/shipped.xml', 'os/e.org/old.xml'],
      kept: [],
    });
    expect(readFiles(target)).toEqual({ ...database('2'), 'os/e.org/a-2.xml': os('a/2', '<!-- new -->') });
    expect(readdirSync(parent)).toEqual(['db']);
  });

  it('removes what an archive without VERSION had brought, too', async () => {
    const { VERSION: _, ...files } = database('1', { 'os/e.org/old.xml': os('old') });
    await load(files);
    expect((await load(database('2'))).removed).toEqual(['os/e.org/old.xml']);
  });

  it('keeps what somebody else put there: fragments, and files of another time', async () => {
    await load(database('1'));
    writeFiles(target, { 'os/e.org/a-1.d/mine.xml': os('a/1'), 'os/mine.org/own.xml': os('own') });
    const lastYear = Date.now() / 1000 - 3e7;
    utimesSync(join(target, 'os/mine.org/own.xml'), lastYear, lastYear);
    symlinkSync('/nonexistent/notes', join(target, 'os/e.org/a-1.d/notes'));
    const report = await load(database('2'));
    expect(report.kept).toEqual(['os/e.org/a-1.d/mine.xml', 'os/e.org/a-1.d/notes', 'os/mine.org/own.xml']);
    expect(readFiles(join(target, 'os/mine.org'))).toEqual({ 'own.xml': os('own') });
    expect(Math.round(statSync(join(target, 'os/mine.org/own.xml')).mtimeMs / 1000)).toBe(Math.round(lastYear));
    expect(readlinkSync(join(target, 'os/e.org/a-1.d/notes'))).toBe('/nonexistent/notes');
  });

  it('keeps everything of a folder that no import has filled', async () => {
    writeFiles(target, { 'os/mine.org/own.xml': os('own'), 'os/e.org/a-1.xml': 'mine' });
    const report = await load(database('2'));
    expect(report).toMatchObject({ kept: ['os/mine.org/own.xml'], removed: [], replaced: ['os/e.org/a-1.xml'] });
    expect(readFiles(target)).toEqual({ ...database('2'), 'os/mine.org/own.xml': os('own') });
  });

  it('follows a link that is the target, and keeps the mode of the folder', async () => {
    mkdirSync(join(parent, 'real'));
    chmodSync(join(parent, 'real'), 0o750);
    symlinkSync('real', target);
    await load(database('1'));
    expect(lstatSync(target).isSymbolicLink()).toBe(true);
    expect(readFiles(join(parent, 'real'))).toEqual(database('1'));
    expect(statSync(target).mode & 0o777).toBe(0o750);
  });

  it('replaces links in the place of files, and does not write through them', async () => {
    await load(database('1'));
    writeFileSync(join(parent, 'precious'), 'precious');
    execFileSync('ln', ['-sf', join(parent, 'precious'), join(target, 'os/e.org/a-1.xml')]);
    await load(database('2'));
    expect(readFiles(target)).toEqual(database('2'));
    expect(readFiles(parent)['precious']).toBe('precious');
  });

  it('says what a dry run would do, and does nothing', async () => {
    await load(database('1', { 'os/e.org/old.xml': os('old') }));
    const before = readFiles(parent);
    const source = sourceOf(archiveOf(database('2', { 'os/e.org/b.xml': os('b') })));
    const report = await importDatabase({ source, target, dryRun: true });
    expect(report).toEqual({
      target,
      before: '1',
      after: '2',
      added: ['os/e.org/b.xml'],
      replaced: ['VERSION'],
      removed: ['os/e.org/old.xml'],
      kept: [],
    });
    expect(readFiles(parent)).toEqual(before);
    const bad = sourceOf(archiveOf({ ...database('2'), 'os/e.org/b.xml': '<' }));
    await expect(importDatabase({ source: bad, target, dryRun: true })).rejects.toThrow(/b\.xml:1/);
  });

  it('takes the last of several members with one name, as unpacking does', async () => {
    const name = 'x/os/e.org/a-1.xml';
    await importDatabase({
      source: sourceOf(
        rawTar([
          { name, bytes: os('first') },
          { name, bytes: os('second') },
        ]),
      ),
      target,
    });
    expect(readFiles(target)).toEqual({ 'os/e.org/a-1.xml': os('second') });
  });

  it('takes over unchanged files without writing them, with their new time', async () => {
    await load(database('1'));
    const lastYear = Date.now() / 1000 - 3e7;
    const [one, two] = ['a-1', 'a-2'].map((name) => join(target, `os/e.org/${name}.xml`)) as [string, string];
    for (const file of [one, two]) utimesSync(file, lastYear, lastYear);
    chmodSync(two, 0o600);
    const [first, second] = [statSync(one).ino, statSync(two).ino];
    const name = 'osinfo-db-1/os/e.org/a-1.xml';
    const twice = [
      { name, bytes: os('other') },
      ...Object.entries(database('2')).map(([path, bytes]) => ({ name: `osinfo-db-1/${path}`, bytes })),
    ];
    await importDatabase({ source: sourceOf(rawTar(twice)), target });
    expect(readFiles(target)).toEqual(database('2'));
    expect(statSync(one)).toMatchObject({ ino: first, nlink: 1, mtimeMs: statSync(join(target, 'VERSION')).mtimeMs });
    // A file with another mode is a new one, as it would be by the original.
    expect(statSync(two).ino).not.toBe(second);
    expect(statSync(two).mtimeMs).toBe(statSync(one).mtimeMs);
  });

  it('compares the checksum before anything changes', async () => {
    await load(database('1'));
    const bytes = archiveOf(database('2'));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const wrong = importDatabase({ source: sourceOf(bytes), target, sha256: '0'.repeat(64) });
    await expect(wrong).rejects.toThrow(`test.tar: its SHA-256 is ${sha256}, not ${'0'.repeat(64)}`);
    expect(readFiles(parent)).toEqual(
      Object.fromEntries(Object.entries(database('1')).map(([path, text]) => [`db/${path}`, text])),
    );
    await importDatabase({ source: sourceOf(bytes), target, sha256 });
    expect(readFiles(target)).toEqual(database('2'));
  });

  it('can be stopped at any member', async () => {
    await load(database('1'));
    const stop = new AbortController();
    const stopped = importDatabase({
      source: sourceOf(archiveOf(database('2'))),
      target,
      signal: stop.signal,
      onMember: ({ path }) => path.endsWith('a-2.xml') && stop.abort(),
    });
    await expect(stopped).rejects.toThrow();
    expect(readdirSync(parent)).toEqual(['db']);
    expect(readFiles(target)).toEqual(database('1'));
  });

  it('does not carry over what is somebody’s home and no database', async () => {
    writeFiles(target, { 'letters/one': 'dear', 'films/long.mkv': '' });
    truncateSync(join(target, 'films/long.mkv'), 70_000_000);
    await expect(load(database('1'))).rejects.toThrow(
      `${target} holds 2 files of 70000004 bytes that came with no database; import into a folder of its own`,
    );
    expect(readdirSync(parent)).toEqual(['db']);
    rmSync(join(target, 'films'), { recursive: true });
    const { ino } = statSync(join(target, 'letters/one'));
    expect((await load(database('1'))).kept).toEqual(['letters/one']);
    expect(statSync(join(target, 'letters/one'))).toMatchObject({ ino, nlink: 1 });
  });

  it('refuses a target that is a file, or holds what is no file', async () => {
    writeFileSync(target, '');
    await expect(load(database('1'))).rejects.toThrow(`${target} is no folder`);
    target = join(parent, 'other');
    mkdirSync(target);
    execFileSync('mkfifo', [join(target, 'pipe')]);
    await expect(load(database('1'))).rejects.toThrow('pipe is neither a file nor a folder');
  });
});

describe('the swap', () => {
  const two = (): [string, string] => [
    writeFiles(join(parent, 'one'), { a: '1' }),
    writeFiles(join(parent, 'two'), { b: '2' }),
  ];

  it('exchanges two folders in one step', async () => {
    const [one, other] = two();
    expect(await exchange(one, other)).toBe(true);
    expect([readFiles(one), readFiles(other)]).toEqual([{ b: '2' }, { a: '1' }]);
    expect(await exchange(one, join(parent, 'missing'))).toBe(false);
  });

  it('never leaves a moment without a database', async () => {
    await load(database('1'));
    // Looks for the file as fast as it can, until its input is closed.
    const look =
      'process.stdin.on("end",()=>{console.log(missing,looks);process.exit()}).resume();let missing=0,looks=0;const fs=require("fs");const f=()=>{for(let i=0;i<200;i++){looks++;if(!fs.existsSync(process.argv[1]))missing++}setImmediate(f)};f()';
    const watcher = spawn(process.execPath, ['-e', look, join(target, 'os/e.org/a-1.xml')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let seen = '';
    watcher.stdout.on('data', (chunk) => {
      seen += chunk;
    });
    const ended = new Promise((resolve) => watcher.once('close', resolve));
    for (let round = 2; round < 10; round++) await load(database(String(round)));
    watcher.stdin.end();
    await ended;
    expect(seen).toMatch(/^0 \d{3,}\n$/);
  });

  it('steps aside where folders cannot be exchanged, and comes back where that fails', () => {
    const [one, other] = two();
    expect(stepAside(one, other, join(parent, 'aside'))).toBe(true);
    expect(readFiles(parent)).toEqual({ 'aside/b': '2', 'two/a': '1' });
    expect(() => stepAside(join(parent, 'missing'), other, join(parent, 'again'))).toThrow(/could not be replaced/);
    expect(readFiles(parent)).toEqual({ 'aside/b': '2', 'two/a': '1' });
  });

  it('brings back an old database whose import was killed while it stood aside', async () => {
    writeFiles(join(parent, '.db.import-Xy12ab.old'), database('1'));
    await expect(load({ 'os/e.org/a-1.xml': 'no XML' })).rejects.toThrow();
    expect(readFiles(target)).toEqual(database('1'));
  });

  it('replaces file by file in a folder that cannot be renamed, and puts back what was moved where that fails', () => {
    const old = writeFiles(join(parent, 'old'), { 'a/x': '1', 'b/y': '2', z: '3' });
    const staged = writeFiles(join(old, '.staged'), { 'a/x': 'new', c: 'new' });
    replaceFiles(staged, old, join(old, '.aside'));
    expect(readFiles(old)).toEqual({ 'a/x': 'new', c: 'new' });
    const again = writeFiles(join(parent, 'again'), { 'a/x': '1', z: '3' });
    const bad = writeFiles(join(parent, 'bad'), { z: 'new' });
    expect(() => replaceFiles(bad, again, '/proc/nowhere')).toThrow(/could not be replaced/);
    expect(readFiles(again)).toEqual({ 'a/x': '1', z: '3' });
  });

  it('says at once where nothing can be made', async () => {
    target = '/proc/nowhere/db';
    await expect(load(database('1'))).rejects.toThrow('cannot write to /proc/nowhere/db');
  });
});
