// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepTree, restoreTree } from '../../../builder/run/cache.js';
import type { StageContext } from '../../../builder/run/context.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { listFolder, MIB, makeEverything } from '../stages/filesystem/everything.js';
import { makeContext, whyNot } from '../stages/filesystem/making.js';

const why = whyNot('tar', 'zstd', 'setfacl', 'setfattr', 'setcap');

function contextOf(cacheFolder: string, tree: string): StageContext {
  return { ...makeContext(), tree, job: { cacheFolder, workFolder: newFolder() } } as unknown as StageContext;
}

describe.skipIf(why !== '')(`a tree that is kept${why}`, () => {
  it('comes back as it was: ACLs, attributes, capabilities, holes, links, devices, times', async () => {
    const cache = newFolder();
    const tree = join(newFolder(), 'tree');
    mkdirSync(tree);
    makeEverything(tree);
    const wanted = listFolder(tree);
    await keepTree(contextOf(cache, tree), 'install', 'a'.repeat(40));
    expect(listFolder(tree)).toEqual(wanted);
    const again = join(newFolder(), 'tree');
    mkdirSync(again);
    expect(await restoreTree(contextOf(cache, again), 'install', 'a'.repeat(40))).toBe(true);
    expect(listFolder(again)).toEqual(wanted);
    expect(statSync(join(again, 'sparse')).blocks * 512).toBeLessThan(MIB);
    expect(await restoreTree(contextOf(cache, again), 'install', 'b'.repeat(40))).toBe(false);
  });

  it('has no sockets, in the build that keeps it neither', async () => {
    const tree = newFolder();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(tree, 'socket'), resolve));
    await keepTree(contextOf(newFolder(), tree), 'install', 'a'.repeat(40));
    expect(readdirSync(tree)).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });
});
