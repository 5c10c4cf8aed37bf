// SPDX-License-Identifier: Apache-2.0
import type { CacheEntry } from '../../builder/run/cache/store.js';
import { formatBytes } from '../../builder/sizes/format-sizes.js';

/** What `guestwright cache … --json` prints, obeying `schema/cache.schema.json`. Sizes are bytes on the disk. */
export interface CacheDocument {
  readonly format: 'guestwright/cache/1';
  readonly folder: string;
  readonly bytes: number;
  readonly entries: readonly CacheEntryJson[];
}

type CacheEntryJson = Omit<CacheEntry, 'lastUsedMs'> & { readonly lastUsed: string };

export function cacheDocument(folder: string, entries: readonly CacheEntry[]): CacheDocument {
  return {
    format: 'guestwright/cache/1',
    folder,
    bytes: sum(entries),
    entries: newestFirst(entries).map(({ lastUsedMs, ...rest }) => ({
      ...rest,
      lastUsed: new Date(lastUsedMs).toISOString(),
    })),
  };
}

/** The stages that a tree has behind it, for people. */
const TREES = { install: 'installed', configure: 'configured', clean: 'finished' } as const;

/** A line for each tree and each work folder; packages, indexes and logs in one line by kind. */
export function formatCache(folder: string, entries: readonly CacheEntry[], nowMs: number): string {
  if (entries.length === 0) return `${folder}: empty\n`;
  const one = (entry: CacheEntry): string[] => [
    describe(entry),
    formatBytes(entry.bytes),
    entry.inUse ? 'in use' : formatAge(nowMs - entry.lastUsedMs),
  ];
  const together = (kind: CacheEntry['kind'], title: string): string[][] => {
    const found = newestFirst(entries.filter((entry) => entry.kind === kind));
    const [newest] = found;
    if (!newest) return [];
    return [
      [
        `${title} (${found.length})`,
        formatBytes(sum(found)),
        found.some((entry) => entry.inUse) ? 'in use' : formatAge(nowMs - newest.lastUsedMs),
      ],
    ];
  };
  const rows = [
    ...newestFirst(entries.filter((entry) => entry.kind === 'tree')).map(one),
    ...together('package', 'packages of rpm repositories'),
    ...together('metadata', 'metadata of rpm repositories'),
    ...together('index', 'indexes of databases'),
    ...together('log', 'logs of failed builds'),
    ...newestFirst(entries.filter((entry) => entry.kind === 'work')).map(one),
    ...together('part', 'parts that were not finished'),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map(([of, size, used]) => `  ${of!.padEnd(widths[0]!)}  ${size!.padStart(widths[1]!)}  ${used}`);
  return `${[`${folder}: ${formatBytes(sum(entries))}`, ...lines].join('\n')}\n`;
}

/** What `gc` and `clear` did, in a line. */
export function formatRemoved(gone: readonly CacheEntry[], kept: readonly CacheEntry[]): string {
  const inUse = kept.filter((one) => one.inUse).length;
  const stay = kept.length === 0 ? '' : `; ${formatBytes(sum(kept))} stay`;
  const used = inUse === 0 ? '' : ` (${inUse} in use by running builds)`;
  return `${formatBytes(sum(gone))} freed${stay}${used}\n`;
}

function describe(entry: CacheEntry): string {
  if (entry.kind !== 'tree') return entry.of;
  const os = entry.os === undefined ? '' : ` (${entry.os}, ${entry.arch})`;
  return `${TREES[entry.stage ?? 'install']} tree of ${entry.of}${os}`;
}

function sum(entries: readonly CacheEntry[]): number {
  return entries.reduce((total, one) => total + one.bytes, 0);
}

function newestFirst(entries: readonly CacheEntry[]): CacheEntry[] {
  return entries.toSorted((a, b) => b.lastUsedMs - a.lastUsedMs || (a.of < b.of ? -1 : 1));
}

function formatAge(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return `used ${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `used ${hours} h ago` : `used ${Math.floor(hours / 24)} days ago`;
}
