// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { isInMemory } from '../../../../builder/run/memory.js';
import { type UnpackingAhead, unpackAhead } from '../../../../builder/stages/install/unpack-ahead.js';
import { writeUnpacked } from '../../../../builder/stages/install/unpacked-deb.js';
import { run } from '../../../../osinfo/doors/process.js';
import { newFolder } from '../../../osinfo/load/folders.js';

const MEMORY = '/dev/shm';
const ARCHIVES = 'var/cache/apt/archives';
const context = (tree: string) => ({ tree, tool: run });

/** A package with a file of random bytes and one of zeros. */
function makeDeb(folder: string, name: string, packing = 'xz', bytes = 150_000): string {
  const root = join(newFolder(), name);
  mkdirSync(join(root, 'DEBIAN'), { recursive: true });
  writeFileSync(
    join(root, 'DEBIAN/control'),
    `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: none <none@example.org>\nDescription: none\n`,
  );
  writeFileSync(join(root, 'random'), randomBytes(bytes));
  writeFileSync(join(root, 'zeros'), Buffer.alloc(100_000));
  const path = join(folder, `${name}_1_all.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${packing}`, '-b', root, path], { stdio: 'ignore' });
  return path;
}

const files = (path: string): Buffer => execFileSync('dpkg-deb', ['--fsys-tarfile', path], { maxBuffer: 2 ** 26 });
const control = (path: string): string => execFileSync('dpkg-deb', ['-I', path], { encoding: 'utf8' });

describe('a package with its files not packed', () => {
  it.each(['xz', 'gzip'])('is the same to dpkg as the one packed by %s', async (packing) => {
    const folder = newFolder();
    const path = makeDeb(folder, 'one', packing);
    const to = join(folder, 'to.deb');
    expect(await writeUnpacked(context(folder), path, to)).toBe(true);
    expect(files(to).equals(files(path))).toBe(true);
    expect(statSync(to).size).toBeGreaterThan(files(path).length);
    const told = (one: string): string => control(one).replace(/ size \d+ bytes/, '');
    expect(told(to)).toBe(told(path));
  });

  it('is not made of what is none, or is not packed', async () => {
    const folder = newFolder();
    const to = join(folder, 'to.deb');
    const text = join(folder, 'text');
    writeFileSync(text, 'not a package');
    for (const path of [text, makeDeb(folder, 'plain', 'none')])
      expect(await writeUnpacked(context(folder), path, to)).toBe(false);
    expect(existsSync(to)).toBe(false);
  });

  it('leaves nothing where the packed files are damaged', async () => {
    const folder = newFolder();
    const path = makeDeb(folder, 'one');
    const bytes = readFileSync(path);
    bytes.fill(0, bytes.length - 50_000);
    writeFileSync(path, bytes);
    const to = join(folder, 'to.deb');
    await expect(writeUnpacked(context(folder), path, to)).rejects.toThrow(/dpkg-deb|sh ended|prlimit/);
    expect(existsSync(to)).toBe(false);
  });
});

const hasMemory = (): boolean => {
  if (!existsSync(MEMORY) || !isInMemory(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > 4 * 1024 ** 3;
};

describe.skipIf(!hasMemory())('packages unpacked ahead of their installation', () => {
  let tree: string;
  let ahead: UnpackingAhead;
  const at = (...path: string[]): string => join(tree, ...path);
  const isLink = (name: string): boolean => lstatSync(at(ARCHIVES, name)).isSymbolicLink();

  const begin = (): void => {
    tree = mkdtempSync(join(MEMORY, 'guestwright-test-'));
    mkdirSync(at(ARCHIVES), { recursive: true });
    ahead = unpackAhead(context(tree), (name, text) => {
      writeFileSync(at(name), text);
      return at(name);
    });
    // What mmdebstrap does with the first two words.
    mkdirSync(at('var/cache/guestwright'));
    writeFileSync(at('var/cache/guestwright/hook'), readFileSync(at('unpack-ahead')));
  };
  const until = async (done: () => boolean): Promise<void> => {
    for (let tries = 0; !done() && tries < 200; tries++) await pause(50);
    expect(done()).toBe(true);
  };
  const isReady = (name: string) => (): boolean => existsSync(at('var/cache/guestwright', name));

  afterEach(async () => {
    await ahead.end();
    rmSync(tree, { recursive: true, force: true });
  });

  it('take the place of those that apt is through with, and of no others', async () => {
    begin();
    for (const name of ['one', 'two']) makeDeb(at(ARCHIVES), name);
    makeDeb(at(ARCHIVES), 'small', 'xz', 1000);
    await until(() => isReady('one_1_all.deb')() && isReady('two_1_all.deb')());
    expect(['one_1_all.deb', 'two_1_all.deb'].some(isLink)).toBe(false);
    const before = files(at(ARCHIVES, 'one_1_all.deb'));
    ahead.free();
    expect(isLink('one_1_all.deb')).toBe(true);
    expect(files(at(ARCHIVES, 'one_1_all.deb')).equals(before)).toBe(true);
    // What comes later is looked at by apt once more.
    makeDeb(at(ARCHIVES), 'three');
    await until(isReady('three_1_all.deb'));
    await pause(100);
    expect(isLink('three_1_all.deb')).toBe(false);
    expect(isReady('small_1_all.deb')()).toBe(false);
  });

  it('take the place of those that apt names to dpkg, also when they are ready after that', async () => {
    begin();
    makeDeb(at(ARCHIVES), 'one');
    await until(isReady('one_1_all.deb'));
    const hook = readFileSync(at('var/cache/guestwright/hook'), 'utf8').replaceAll(/(?<=[ "])\/var/g, at('var'));
    const names = ['one_1_all.deb', 'late_1_all.deb'];
    execFileSync('sh', ['-c', hook], { input: names.map((name) => `/any/${name}\n`).join('') });
    expect(isLink('one_1_all.deb')).toBe(true);
    makeDeb(at(ARCHIVES), 'late');
    await until(() => isLink('late_1_all.deb'));
  });

  it('are gone when it ends, and nothing is written where a link leads out of the tree', async () => {
    begin();
    const outside = newFolder();
    makeDeb(outside, 'one');
    const before = readdirSync(outside);
    rmSync(at(ARCHIVES), { recursive: true });
    symlinkSync(outside, at(ARCHIVES));
    await pause(300);
    ahead.free();
    await ahead.end();
    expect(readdirSync(outside)).toEqual(before);
    expect(existsSync(at('var/cache/guestwright'))).toBe(false);
  });
});
