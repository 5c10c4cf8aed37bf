// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepTree, restoreTree } from '../../../builder/run/cache/trees.js';
import type { StageContext } from '../../../builder/run/context.js';
import { isInMemory } from '../../../builder/run/memory.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { listFolder, MIB, makeEverything } from '../stages/filesystem/everything.js';
import { type Making, makeContext, whyNot } from '../stages/filesystem/making.js';

const why = whyNot('tar', 'zstd', 'setfacl', 'setfattr', 'setcap');
const KEY = 'a'.repeat(40);

/** A folder in memory, where this machine has one. */
const memory = existsSync('/dev/shm') && isInMemory('/dev/shm') ? '/dev/shm' : undefined;

function contextOf(cacheFolder: string, tree: string): StageContext {
  return {
    ...makeContext(),
    plan: { name: 'web', os: { shortId: 'debian12' }, arch: { name: 'x86_64' } },
    tree,
    job: { cacheFolder, workFolder: newFolder() },
  } as unknown as StageContext;
}

describe.skipIf(why !== '')(`a tree that is kept${why}`, () => {
  it('comes back as it was: ACLs, attributes, capabilities, holes, links, devices, times', async () => {
    const cache = newFolder();
    const tree = join(newFolder(), 'tree');
    mkdirSync(tree);
    makeEverything(tree);
    const wanted = listFolder(tree);
    await keepTree(contextOf(cache, tree), 'install', KEY, { notices: ['left out'] }).kept;
    expect(listFolder(tree)).toEqual(wanted);
    const again = join(newFolder(), 'tree');
    mkdirSync(again);
    expect(await restoreTree(contextOf(cache, again), 'install', KEY)).toMatchObject({ notices: ['left out'] });
    expect(listFolder(again)).toEqual(wanted);
    expect(statSync(join(again, 'sparse')).blocks * 512).toBeLessThan(MIB);
    expect(await restoreTree(contextOf(cache, again), 'install', 'b'.repeat(40))).toBeUndefined();
  });

  it.skipIf(memory === undefined)('is copied in memory, and may be changed while it is packed', async () => {
    const cache = newFolder();
    const place = mkdtempSync(join(memory!, 'guestwright-kept-'));
    try {
      const [tree, scratch, again] = ['tree', 'scratch', 'again'].map((name) => join(place, name)) as [
        string,
        string,
        string,
      ];
      for (const folder of [tree, scratch, again]) mkdirSync(folder);
      for (let index = 0; index < 20; index++) writeFileSync(join(tree, `file${index}`), randomBytes(MIB));
      const wanted = listFolder(tree);
      const { read, kept } = keepTree({ ...contextOf(cache, tree), scratch }, 'install', KEY, { notices: [] });
      await read;
      expect(readdirSync(scratch)).toEqual(['install.tar']);
      for (const name of readdirSync(tree)) writeFileSync(join(tree, name), 'changed');
      await kept;
      expect(readdirSync(scratch)).toEqual([]);
      expect(await restoreTree(contextOf(cache, again), 'install', KEY)).toBeDefined();
      expect(listFolder(again)).toEqual(wanted);
    } finally {
      rmSync(place, { recursive: true });
    }
  });

  it('has its ACLs for the same numbers where users of this machine have others by then', async () => {
    const cache = newFolder();
    const tree = newFolder();
    mkdirSync(join(tree, 'journal'));
    execFileSync('setfacl', ['-m', 'u:1:rwx,d:u:1:rx', join(tree, 'journal')]);
    await keepTree(contextOf(cache, tree), 'install', KEY, { notices: [] }).kept;
    const users = join(newFolder(), 'passwd');
    // The name of 1, for another.
    writeFileSync(users, readFileSync('/etc/passwd', 'utf8').replace(/^(\w+:\w*):1:/m, '$1:777:'));
    const again = newFolder();
    const context = contextOf(cache, again);
    const script = 'mount --bind "$1" /etc/passwd; shift; exec "$@"';
    const tool: StageContext['tool'] = (words, options) =>
      context.tool(['unshare', '--mount', 'sh', '-ec', script, 'sh', users, ...words], options);
    expect(await restoreTree({ ...context, tool }, 'install', KEY)).toBeDefined();
    const acls = execFileSync('getfacl', ['--numeric', 'journal'], { cwd: again, encoding: 'utf8' });
    expect(acls).toMatch(/^user:1:rwx$/m);
    expect(acls).toMatch(/^default:user:1:r-x$/m);
  });

  it('has no sockets, in the build that keeps it neither', async () => {
    const tree = newFolder();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(tree, 'socket'), resolve));
    await keepTree(contextOf(newFolder(), tree), 'install', KEY, { notices: [] }).kept;
    expect(readdirSync(tree)).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('is for nobody else to read: passwords and keys are in it', async () => {
    const cache = join(newFolder(), 'build');
    const tree = newFolder();
    await keepTree(contextOf(cache, tree), 'install', KEY, { notices: [] }).kept;
    const stages = join(cache, 'stages');
    const modes = [stages, ...readdirSync(stages).map((name) => join(stages, name))].map(
      (path) => statSync(path).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600]);
  });
});

describe.skipIf(why !== '')(`a kept tree that is damaged${why}`, () => {
  it.each<[string, (archive: string, note: string) => void]>([
    ['cut short', (archive) => truncateSync(archive, statSync(archive).size - 200)],
    ['empty', (archive) => truncateSync(archive, 0)],
    ['changed in one byte', (archive) => flip(archive)],
    ['none of ours', (archive) => writeFileSync(archive, 'hello')],
    ['without its note', (_archive, note) => writeFileSync(note, '{')],
  ])('%s is not taken, and goes; nothing of it stays in the tree', async (_name, damage) => {
    const cache = newFolder();
    const tree = newFolder();
    mkdirSync(join(tree, 'etc'));
    writeFileSync(
      join(tree, 'etc/data'),
      Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * index) % 251)),
    );
    await keepTree(contextOf(cache, tree), 'configure', KEY, { notices: [] }).kept;
    const stages = join(cache, 'stages');
    damage(join(stages, `configure-${KEY}.tar.zst`), join(stages, `configure-${KEY}.json`));
    const again = newFolder();
    expect(await restoreTree(contextOf(cache, again), 'configure', KEY)).toBeUndefined();
    expect(readdirSync(again)).toEqual([]);
    expect(readdirSync(stages)).toEqual([]);
  });
});

describe.skipIf(why !== '')(`builds at the same time${why}`, () => {
  it('keep and take the same tree without harm', async () => {
    const cache = newFolder();
    const tree = newFolder();
    writeFileSync(join(tree, 'data'), 'x'.repeat(3 * MIB));
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        await keepTree(contextOf(cache, tree), 'install', KEY, { notices: [] }).kept;
        const again = newFolder();
        expect(await restoreTree(contextOf(cache, again), 'install', KEY)).toBeDefined();
        expect(readFileSync(join(again, 'data')).equals(readFileSync(join(tree, 'data')))).toBe(true);
      }),
    );
    expect(readdirSync(join(cache, 'stages')).sort()).toEqual([`install-${KEY}.json`, `install-${KEY}.tar.zst`]);
  });
});

describe.skipIf(why !== '')(`a disk that is full${why}`, () => {
  it('is no reason to fail: the tree is not kept, which is told, and no part of it stays', async () => {
    const small = newFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'guestwright-test', small]);
    try {
      const tree = newFolder();
      writeFileSync(join(tree, 'data'), randomBytes(3 * MIB));
      const context = contextOf(join(small, 'build'), tree);
      const work = join(small, 'work');
      mkdirSync(work);
      await keepTree({ ...context, job: { ...context.job, workFolder: work } }, 'install', KEY, { notices: [] }).kept;
      expect((context as unknown as Making).events).toEqual([
        { type: 'notice', message: expect.stringContaining('the tree is not kept for the next build') },
      ]);
      expect([...readdirSync(join(small, 'build/stages')), ...readdirSync(work)]).toEqual([]);
      // Where the work folder has room the copy into the cache is what fails.
      await keepTree(context, 'install', KEY, { notices: [] }).kept;
      expect(readdirSync(join(small, 'build/stages'))).toEqual([]);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});

function flip(path: string): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = bytes[at]! ^ 0xff;
  writeFileSync(path, bytes);
}
