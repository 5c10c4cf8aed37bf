// SPDX-License-Identifier: Apache-2.0
import { type Dirent, lstatSync, readdirSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../osinfo/doors/process.js';
import { fileSystemNow, isLivingBuild } from '../living.js';
import { KEPT_STAGES, type KeptStage } from './keys.js';
import { readNote } from './note.js';
import { runningSince } from './running.js';

/** Most bytes that kept trees may use: the least recently used go first. */
export const KEEP_BYTES = 20 * 1024 ** 3;

/** One thing in the cache that is kept or removed as a whole. */
export interface CacheEntry {
  readonly kind: 'tree' | 'package' | 'metadata' | 'index' | 'log' | 'work' | 'part';
  /** Whose it is, as far as that is known: the appliance of a tree, a package's file, a database. */
  readonly of: string;
  /** Of a tree: the last stage that was done to it. */
  readonly stage?: KeptStage;
  /** Of a tree: the short id of its OS, and its architecture. */
  readonly os?: string;
  readonly arch?: string;
  readonly paths: readonly string[];
  /** What it takes on the disk. */
  readonly bytes: number;
  readonly lastUsedMs: number;
  /** A build that is running now may read it, or works in it. */
  readonly inUse: boolean;
}

/** What is in the cache, in no order. What is in there and is none of ours is passed over. */
export function readCache(root: string): CacheEntry[] {
  const since = runningSince(root) ?? Number.POSITIVE_INFINITY;
  return [...readTrees(root, since), ...readPackages(root, since), ...readFlat(root), ...readWork(root)];
}

const TREE_FILE = /^(install|configure|clean)-[0-9a-f]{40}\.(tar\.zst|json)$/;

function readTrees(root: string, since: number): CacheEntry[] {
  const used = (lastUsedMs: number): boolean => lastUsedMs >= since;
  const folder = join(root, 'build/stages');
  const names = listFolder(folder).map((entry) => entry.name);
  const known = new Set(names);
  return names.flatMap((name): CacheEntry[] => {
    const match = TREE_FILE.exec(name);
    if (!match) return measured('part', name, [join(folder, name)], used);
    const isTree = match[2] === 'tar.zst';
    const base = name.slice(0, name.indexOf('.'));
    // A note alone is what a tree that was removed left, or one that is being written.
    if (!isTree) return known.has(`${base}.tar.zst`) ? [] : measured('part', name, [join(folder, name)], used);
    const stage = KEPT_STAGES.find((one) => one === match[1])!;
    const note = join(folder, `${base}.json`);
    const [entry] = measured(
      'tree',
      'unknown',
      [join(folder, name), ...(known.has(`${base}.json`) ? [note] : [])],
      used,
    );
    if (!entry) return [];
    try {
      const { of } = readNote(note, stage);
      return [{ ...entry, stage, of: of.name, os: of.os, arch: of.arch }];
    } catch {
      return [{ ...entry, stage }];
    }
  });
}

/** Packages and metadata of rpm repositories, by tool and repository. While a build runs all of them may be asked for. */
function readPackages(root: string, since: number): CacheEntry[] {
  const folder = join(root, 'build/rpm');
  return listFolder(folder, true).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    const kind = entry.name.endsWith('.rpm') ? 'package' : 'metadata';
    return measured(kind, path.slice(folder.length + 1), [path], () => Number.isFinite(since));
  });
}

/** Indexes of databases and logs: both are read at once and made again. */
function readFlat(root: string): CacheEntry[] {
  return (['db', 'logs'] as const).flatMap((name) =>
    listFolder(join(root, name)).flatMap((entry) =>
      entry.isFile()
        ? measured(name === 'db' ? 'index' : 'log', entry.name, [join(root, name, entry.name)], () => false)
        : [],
    ),
  );
}

function readWork(root: string): CacheEntry[] {
  const folder = join(root, 'work');
  const names = listFolder(folder).map((entry) => entry.name);
  const now = names.length === 0 ? 0 : fileSystemNow(folder);
  return names.flatMap((name) => {
    const path = join(folder, name);
    const living = isLivingBuild(path, now);
    if (living === undefined) return [];
    return measured('work', living ? 'a build that is running' : 'a build that is dead', [path], () => living);
  });
}

function measured(
  kind: CacheEntry['kind'],
  of: string,
  paths: readonly string[],
  inUse: (lastUsedMs: number) => boolean,
): CacheEntry[] {
  const stats = paths.flatMap((path) => lstatSync(path, { throwIfNoEntry: false }) ?? []);
  const [first] = stats;
  if (!first) return [];
  const bytes = first.isDirectory() ? folderBytes(paths[0]!) : stats.reduce((sum, one) => sum + one.blocks * 512, 0);
  return [{ kind, of, paths, bytes, lastUsedMs: first.mtimeMs, inUse: inUse(first.mtimeMs) }];
}

function folderBytes(folder: string): number {
  return listFolder(folder, true).reduce(
    (sum, entry) => sum + (lstatSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.blocks ?? 0) * 512,
    0,
  );
}

/** What cannot be read, such as the folders of an ordinary user's range of ids, is not looked into. */
function listFolder(path: string, recursive = false): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true, recursive });
  } catch {
    return [];
  }
}

/**
 * Which entries go: what dead builds left; what was last used longer ago than `maxAgeMs`; and then, least recently used
 * first, what is more than `maxBytes` in all. Never what a running build may use.
 */
export function chooseStale(
  entries: readonly CacheEntry[],
  limits: { readonly nowMs: number; readonly maxAgeMs: number; readonly maxBytes: number },
): CacheEntry[] {
  const free = entries.filter((one) => !one.inUse);
  const stale = new Set(
    free.filter((one) => one.kind === 'work' || one.kind === 'part' || limits.nowMs - one.lastUsedMs > limits.maxAgeMs),
  );
  let bytes = entries.reduce((sum, one) => sum + (stale.has(one) ? 0 : one.bytes), 0);
  for (const one of free.toSorted((a, b) => a.lastUsedMs - b.lastUsedMs)) {
    if (bytes <= limits.maxBytes) break;
    if (stale.has(one)) continue;
    stale.add(one);
    bytes -= one.bytes;
  }
  return [...stale];
}

/** Removes entries; answers with those that are gone. What somebody else's rights protect stays. */
export async function removeEntries(entries: readonly CacheEntry[]): Promise<CacheEntry[]> {
  const gone: CacheEntry[] = [];
  for (const entry of entries) {
    for (const path of entry.paths) await removePath(path);
    if (entry.paths.every((path) => lstatSync(path, { throwIfNoEntry: false }) === undefined)) gone.push(entry);
  }
  return gone;
}

async function removePath(path: string): Promise<void> {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    if (userInfo().uid === 0) return;
    // Files of a build by an ordinary user belong to the user's range of ids: only inside it may they be deleted.
    await run(['unshare', '--map-auto', '--map-root-user', 'rm', '-rf', '--', path], { okCodes: [0, 1] }).catch(
      () => undefined,
    );
  }
}

/** What each build does in its end: kept trees beyond what they may use go. */
export async function sweepTrees(root: string): Promise<void> {
  const trees = readTrees(root, runningSince(root) ?? Number.POSITIVE_INFINITY);
  await removeEntries(chooseStale(trees, { nowMs: 0, maxAgeMs: Number.POSITIVE_INFINITY, maxBytes: KEEP_BYTES }));
}
