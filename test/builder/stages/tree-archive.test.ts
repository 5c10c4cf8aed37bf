// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../builder/plan/types.js';
import type { StageContext } from '../../../builder/run/context.js';
import { writeTreeArchive } from '../../../builder/stages/tree-archive.js';
import { run } from '../../../osinfo/doors/process.js';
import { listTar } from '../../images/list-tar.js';
import { compareTrees } from '../../images/tree-listing.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { listFolder, makeEverything } from './filesystem/everything.js';

async function archive(tree: string, sourceDateEpoch?: number): Promise<string> {
  const folder = newFolder();
  const plan: Partial<Plan> = {
    name: 'web',
    outputs: { formats: ['tar'], compress: true, checksum: false, ...(sourceDateEpoch ? { sourceDateEpoch } : {}) },
  };
  const context: Partial<StageContext> = {
    plan: plan as Plan,
    tree,
    outFolder: folder,
    tool: (words, options) => run(words, options),
  };
  expect(await writeTreeArchive(context as StageContext)).toBe('web.tar');
  return join(folder, 'web.tar');
}

describe.skipIf(process.getuid?.() !== 0)('the tar of a tree', () => {
  test('gives the tree back as it was, by tar and by our own reader', async () => {
    const tree = makeEverything(newFolder());
    const file = await archive(tree);
    const again = join(newFolder(), 'tree');
    mkdirSync(again);
    await run(['tar', '-xpf', file, '-C', again, '--numeric-owner', '--same-owner', '--xattrs', '--xattrs-include=*']);
    expect(listFolder(again)).toEqual(listFolder(tree));
    const listing = listTar(file);
    expect(compareTrees(listing, listTar(await archive(again)))).toEqual([]);
    expect(listing.get('/sparse')).toMatchObject({ sparse: true, size: 10_485_760 });
    expect(listing.get('/first')!.names).toEqual(['/first', '/usr/lib/second', '/usr/third']);
    expect(listing.get('/disk')).toMatchObject({ type: 'block', device: '259:70000', mode: 0o660 });
    expect(listing.get('/granted')!.attributes['system.posix_acl_access']).toMatch(/^02000000/);
    expect(listing.get('/high')).toMatchObject({ uid: 65_000, gid: 60_000, mode: 0o600 });
  });

  test('is the same bytes for the same tree, and has no time after SOURCE_DATE_EPOCH', async () => {
    const tree = makeEverything(newFolder());
    const first = readFileSync(await archive(tree));
    expect(readFileSync(await archive(tree)).equals(first)).toBe(true);
    const listing = listTar(await archive(tree, 1_450_000_000));
    expect(Math.max(...[...listing.values()].map(({ mtime }) => Number(mtime)))).toBe(1_450_000_000);
    expect(listing.get('/usr')!.mtime).toBe('1400000000.125');
  });
});
