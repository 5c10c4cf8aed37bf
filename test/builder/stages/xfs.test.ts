// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FilesystemPlan } from '../../../builder/plan/types.js';
import type { StageContext } from '../../../builder/run/context.js';
import { makeXfs } from '../../../builder/stages/filesystem/xfs.js';
import { run } from '../../../osinfo/doors/process.js';
import { listTar } from '../../images/list-tar.js';
import { readBack } from '../../images/read-back.js';
import { compareTrees } from '../../images/tree-listing.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { makeEverything } from './filesystem/everything.js';
import { hasCommand } from './tree.js';

const MIB = 1024 * 1024;
const uuid = '11111111-2222-4333-8444-555555555555';
const missing = ['linux.uml', 'mkfs.xfs', 'getfattr'].filter((name) => !hasCommand(name));

const plan: FilesystemPlan = {
  type: 'xfs',
  uuid,
  label: 'system',
  mountOptions: 'defaults',
  mkfsOptions: [],
  extendedOptions: [],
};

/** The stage's context over a scratch folder; `kernels` are folders of modules in the tree. */
function makeContext(kernels: readonly string[]): StageContext {
  const scratch = newFolder();
  const tree = join(scratch, 'tree');
  for (const kernel of kernels) mkdirSync(join(tree, 'usr/lib/modules', kernel), { recursive: true });
  const context: Partial<StageContext> = {
    tree,
    scratch,
    emit: () => undefined,
    tool: (words, options) => run(words, options),
  };
  return context as StageContext;
}

async function makeDisk(sizeMiB: number): Promise<string> {
  const file = join(newFolder(), 'disk.raw');
  await run(['truncate', '--size', `${sizeMiB}M`, '--', file]);
  return file;
}

async function features(file: string, offsetMiB: number): Promise<string> {
  const part = join(newFolder(), 'part');
  await run(['dd', `if=${file}`, `of=${part}`, 'bs=1M', `skip=${offsetMiB}`, 'conv=sparse']);
  await run(['xfs_repair', '-n', '-f', part]);
  const { stdout } = await run(['xfs_db', '-r', '-f', '-c', 'info', '-c', 'uuid', '-c', 'label', part]);
  return stdout;
}

describe.skipIf(missing.length > 0)(`xfs${missing.length > 0 ? ` (missing: ${missing.join(', ')})` : ''}`, () => {
  test.skipIf(process.getuid?.() !== 0)('holds every file as it is in the tree', async () => {
    const tree = makeEverything(newFolder());
    const file = await makeDisk(400);
    const place = { file, offsetBytes: 2 * MIB, sizeBytes: 320 * MIB };
    const context = makeContext(['6.1.0-1-amd64']);
    await makeXfs(context, place, plan, { folder: tree, mountpoint: '/', at: undefined });
    expect(await features(file, 2)).toMatch(
      /sectsz=4096[\s\S]*bigtime=1 inobtcount=1 nrext64=0[\s\S]*UUID = 11111111-[\s\S]*label = "system"/,
    );
    await run(['sfdisk', '--quiet', file], { input: 'label: gpt\nstart=4096, size=655360\n' });
    const tar = join(newFolder(), 'tree.tar');
    await run([
      'tar',
      '-cf',
      tar,
      '--format=posix',
      '--sparse',
      '--numeric-owner',
      '--xattrs',
      '--xattrs-include=*',
      '-C',
      tree,
      '.',
    ]);
    const image = await readBack({
      disks: [{ path: file, format: 'raw' }],
      mounts: [{ source: `UUID=${uuid}`, target: '/', type: 'xfs' }],
    });
    expect(image.size).toBeGreaterThan(200);
    expect(compareTrees(listTar(tar), image)).toEqual([]);
  });

  test('has no features that the oldest kernel of the tree does not know, but those that the user asks for', async () => {
    const file = await makeDisk(320);
    const place = { file, offsetBytes: 0, sizeBytes: 320 * MIB };
    const source = { folder: undefined, mountpoint: undefined, at: undefined };
    await makeXfs(makeContext(['6.1.0-1-amd64', '5.10.0-9-amd64']), place, plan, source);
    expect(await features(file, 0)).toMatch(/sparse=1[\s\S]*reflink=1 +bigtime=0 inobtcount=0/);
    await run(['truncate', '--size', '0', '--', file]);
    await run(['truncate', '--size', '320M', '--', file]);
    const asked = { ...plan, mkfsOptions: ['-m', 'finobt=1,bigtime=1', '-s', 'size=512'] };
    await makeXfs(makeContext(['3.10.0-1160.el7.x86_64']), place, asked, source);
    expect(await features(file, 0)).toMatch(/sectsz=512[\s\S]*finobt=1, sparse=0[\s\S]*reflink=0 +bigtime=1/);
  });

  test('says that it is full, and leaves nothing in its scratch folder', async () => {
    const tree = newFolder();
    await run(['dd', 'if=/dev/urandom', `of=${join(tree, 'large')}`, 'bs=1M', 'count=170']);
    const context = makeContext([]);
    const file = await makeDisk(320);
    const place = { file, offsetBytes: 0, sizeBytes: 320 * MIB };
    // A large log leaves little room.
    const small = { ...plan, mkfsOptions: ['-d', 'agcount=2', '-l', 'size=150m'] };
    const failing = makeXfs(context, place, small, { folder: tree, mountpoint: '/data', at: undefined });
    await expect(failing).rejects.toThrow(/^No space left on device: .* for xfs on \/data /);
    expect((await run(['ls', context.scratch])).stdout).toBe('');
  });
});
