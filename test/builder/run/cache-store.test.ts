// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readdirSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { markRunning, runningSince } from '../../../builder/run/cache/running.js';
import { chooseStale, readCache, removeEntries, sweepTrees } from '../../../builder/run/cache/store.js';
import { newFolder } from '../../osinfo/load/folders.js';

const spaces = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))![0];
/** Above the most that the kernel gives: nobody has it. */
const NOBODY = 2 ** 22 + 1;
const now = performance.timeOrigin + performance.now();
const HOUR = 3_600_000;

/** A cache with files of some KiB by path, each last used some hours ago. */
function makeCache(files: Readonly<Record<string, number>>): string {
  const root = newFolder();
  for (const [path, hours] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(join(target, '..'), { recursive: true });
    writeFileSync(target, path.endsWith('.json') ? '{}' : 'x'.repeat(8192));
    utimesSync(target, (now - hours * HOUR) / 1000, (now - hours * HOUR) / 1000);
  }
  return root;
}

const tree = (stage: string, letter: string): string => `build/stages/${stage}-${letter.repeat(40)}`;
const names = (entries: readonly { readonly paths: readonly string[] }[], root: string): string[] =>
  entries.flatMap((one) => one.paths.map((path) => path.slice(root.length + 1))).sort();

describe('what is in the cache', () => {
  it('is told by kind; what is none of ours is passed over', () => {
    const root = makeCache({
      [`${tree('install', 'a')}.tar.zst`]: 1,
      [`${tree('clean', 'b')}.tar.zst`]: 2,
      [`${tree('clean', 'b')}.json`]: 2,
      'build/rpm/dnf/base/a.rpm': 3,
      'db/1-2.index': 4,
      'logs/last-failed-build.log': 5,
      'somebody/else': 6,
      [`work/build-${spaces}-${NOBODY}-x/place/file`]: 7,
    });
    writeFileSync(
      join(root, `${tree('clean', 'b')}.json`),
      JSON.stringify({
        format: 'guestwright/kept-tree/1',
        stage: 'clean',
        of: { name: 'web', os: 'debian12', arch: 'x86_64' },
        notices: [],
        result: { packages: [] },
      }),
    );
    const found = readCache(root).map(({ kind, of, stage, inUse }) => [kind, of, stage, inUse]);
    expect(found.sort()).toEqual([
      ['index', '1-2.index', undefined, false],
      ['log', 'last-failed-build.log', undefined, false],
      ['package', 'dnf/base/a.rpm', undefined, false],
      ['tree', 'unknown', 'install', false],
      ['tree', 'web', 'clean', false],
      ['work', 'a build that is dead', undefined, false],
    ]);
  });

  it('is nothing where there is no cache', () => expect(readCache(join(newFolder(), 'none'))).toEqual([]));
});

describe('what goes', () => {
  it('is what is old, then what was used the longest ago until the rest is small enough', async () => {
    const root = makeCache({
      [`${tree('install', 'a')}.tar.zst`]: 100,
      [`${tree('install', 'b')}.tar.zst`]: 3,
      [`${tree('install', 'c')}.tar.zst`]: 2,
      'db/1-2.index': 1,
    });
    const stale = chooseStale(readCache(root), { nowMs: now, maxAgeMs: 50 * HOUR, maxBytes: 2 * 8192 });
    expect(names(stale, root)).toEqual([`${tree('install', 'a')}.tar.zst`, `${tree('install', 'b')}.tar.zst`]);
    expect(await removeEntries(stale)).toHaveLength(2);
    expect(readCache(root)).toHaveLength(2);
  });

  it('is all that dead builds left, whatever its age', () => {
    const root = makeCache({
      [`work/build-${spaces}-${NOBODY}-x/file`]: 0,
      [`work/build-${spaces}-${process.pid}-x/file`]: 0,
      'build/stages/.install-x.part': 0,
    });
    const stale = chooseStale(readCache(root), { nowMs: now, maxAgeMs: 99 * HOUR, maxBytes: 1e12 });
    expect(names(stale, root)).toEqual(['build/stages/.install-x.part', `work/build-${spaces}-${NOBODY}-x`]);
  });

  it('is never what was used since the oldest running build began, nor any package meanwhile', async () => {
    const root = makeCache({
      [`${tree('install', 'a')}.tar.zst`]: 5,
      [`${tree('install', 'b')}.tar.zst`]: 1,
      'build/rpm/dnf/base/a.rpm': 99,
    });
    mkdirSync(join(root, 'running'));
    mkdirSync(join(root, `running/build-${spaces}-${NOBODY}-dead`));
    const mark = markRunning(root)!;
    utimesSync(mark, (now - 2 * HOUR) / 1000, (now - 2 * HOUR) / 1000);
    const gone = await removeEntries(
      chooseStale(readCache(root), { nowMs: now, maxAgeMs: Number.NEGATIVE_INFINITY, maxBytes: 0 }),
    );
    expect(names(gone, root)).toEqual([`${tree('install', 'a')}.tar.zst`]);
    expect(readdirSync(join(root, 'running'))).toHaveLength(1);
  });

  it('is nothing that another container builds with, until it is forgotten', () => {
    const root = makeCache({ [`${tree('install', 'a')}.tar.zst`]: 0 });
    const mark = join(root, `running/build-1${spaces}-${NOBODY}-x`);
    mkdirSync(mark, { recursive: true });
    expect(runningSince(root)).toBeDefined();
    utimesSync(mark, (now - 25 * HOUR) / 1000, (now - 25 * HOUR) / 1000);
    expect(runningSince(root)).toBeUndefined();
    expect(existsSync(mark)).toBe(false);
  });

  it('is nothing at the end of a build while all trees together are few', async () => {
    const root = makeCache({ [`${tree('install', 'a')}.tar.zst`]: 1e5 });
    await sweepTrees(root);
    expect(readCache(root)).toHaveLength(1);
  });
});
