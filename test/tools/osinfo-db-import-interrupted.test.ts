// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { archiveOf, database, newFolder, os, readFiles, writeFiles } from '../osinfo/archive/archives.js';
import { bundleTool, type Program } from './bundle.js';
import { outcome } from './db-tools.js';

const folder = newFolder();
let program: Program;
beforeAll(async () => {
  program = await bundleTool('osinfo-db-import');
});
afterAll(() => {
  program.remove();
  folder.remove();
});

let place: string;
let target: string;
let count = 0;
beforeEach(() => {
  count += 1;
  place = join(folder.path, String(count));
  target = join(place, 'db');
  mkdirSync(place);
});

const ours = (words: readonly string[]) => outcome([process.execPath, program.path, ...words]);

/** Whether this machine lets us mount in a name space of our own; asked without the program under test. */
const mayMount =
  spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' }).status === 0;

/** Runs a shell script with a small file system of its own in `$1`, which is gone with its name space. */
const onOwnMount = (size: string, script: string, words: readonly string[]) => {
  const disk = join(place, 'disk');
  mkdirSync(disk);
  const mount = `mount -t tmpfs -o size=${size} tmpfs "$1" && `;
  return outcome(['unshare', '-rm', 'sh', '-c', mount + script, 'sh', disk, ...words]);
};

const file = (name: string, bytes: Buffer): string => {
  writeFileSync(join(place, name), bytes);
  return join(place, name);
};

describe('an import that is interrupted', () => {
  const files = Object.fromEntries(
    Array.from({ length: 150 }, (_, index) => [`os/e.org/n-${index}.xml`, os(`n/${index}`)]),
  );

  it('at any moment, by a kill, leaves the old database or the new one', async () => {
    const [one, two] = [
      file('1.tar', archiveOf({ ...files, VERSION: '1' })),
      file('2.tar', archiveOf({ ...files, 'os/e.org/n-0.xml': os('n/0', '<!-- 2 -->'), VERSION: '2' })),
    ];
    await ours(['--dir', target, one]);
    const old = readFiles(target);
    const started = performance.now();
    await ours(['--dir', target, two]);
    const duration = performance.now() - started;
    const now = readFiles(target);
    await ours(['--dir', target, one]);
    const seen = new Set<string>();
    for (let round = 0; round < 6; round++) {
      const child = spawn(process.execPath, [program.path, '--dir', target, two], { stdio: 'ignore' });
      const ended = new Promise((resolve) => child.once('close', resolve));
      setTimeout(() => child.kill('SIGKILL'), duration * (0.25 + round * 0.14));
      await ended;
      const found = readFiles(target);
      seen.add(found['VERSION']!);
      expect(found).toEqual(found['VERSION'] === '1' ? old : now);
    }
    expect(seen.has('1')).toBe(true);
    // What the killed ones left does not disturb the next.
    expect(await ours(['--dir', target, two])).toEqual({ exit: 0, stdout: '', stderr: '' });
    expect(readFiles(target)).toEqual(now);
  });

  it('by a signal, in the middle of an archive, says so and leaves nothing', async () => {
    await ours(['--dir', target, file('1.tar', archiveOf(database('1')))]);
    const bytes = archiveOf({ ...files, VERSION: '2' });
    const child = spawn(process.execPath, [program.path, '-v', '--dir', target], { stdio: ['pipe', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdin.on('error', () => undefined);
    child.stdin.write(bytes.subarray(0, bytes.length / 2));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(readdirSync(place).some((name) => name.startsWith('.db.import-'))).toBe(true);
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    expect(stderr).toBe('osinfo-db-import: stopped; nothing was changed\n');
    expect(readdirSync(place).sort()).toEqual(['1.tar', 'db']);
    expect(readFiles(target)).toEqual(database('1'));
  });

  it.skipIf(!mayMount)('by a full disk, leaves the old database as it was', async () => {
    const archive = file('2.tar', archiveOf({ ...files, VERSION: '2' }));
    const old = writeFiles(join(place, 'old'), database('1'));
    const script =
      'cp -r "$2" "$1/db" && "$3" "$4" --dir "$1/db" "$5"; code=$?; ls -A "$1"; diff -r "$2" "$1/db" && echo same; exit $code';
    const result = await onOwnMount('300k', script, [old, process.execPath, program.path, archive]);
    expect(result).toMatchObject({ exit: 1, stdout: 'db\nsame\n' });
    expect(result.stderr).toMatch(/^osinfo-db-import: cannot write os\/e\.org\/n-\d+\.xml of .*: ENOSPC/);
  });

  it.skipIf(!mayMount)('works on the root of a mount, which cannot be renamed', async () => {
    const archive = file('2.tar', archiveOf({ ...database('2') }));
    const old = writeFiles(join(place, 'old'), database('1', { 'os/e.org/old.xml': os('old') }));
    const first = file('1.tar', archiveOf(Object.fromEntries(Object.entries(readFiles(old)))));
    const script = '"$2" "$3" --dir "$1" "$5" && "$2" "$3" --dir "$1" "$4" && ls -A "$1" "$1/os/e.org"';
    const result = await onOwnMount('4m', script, [process.execPath, program.path, archive, first]);
    expect(result).toMatchObject({ exit: 0, stderr: '' });
    expect(result.stdout.split('\n').filter(Boolean).slice(1)).toEqual([
      'VERSION',
      'os',
      `${join(place, 'disk')}/os/e.org:`,
      'a-1.xml',
      'a-2.xml',
    ]);
  });
});
