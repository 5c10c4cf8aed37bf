// SPDX-License-Identifier: Apache-2.0
import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicMs } from '../../osinfo/doors/clock.js';
import type { StageContext } from './context.js';

const EVERY_MS = 1000;

/** Bytes that the files of some folders take on the disk; what is not there takes none. A file with several names counts once. */
export function takenBytes(folders: readonly string[]): number {
  const seen = new Set<number>();
  let bytes = 0;
  for (const folder of folders)
    for (const entry of list(folder)) {
      const stat = lstatSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false });
      if (!stat || (stat.nlink > 1 && seen.has(stat.ino))) continue;
      if (stat.nlink > 1) seen.add(stat.ino);
      bytes += stat.blocks * 512;
    }
  return bytes;
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch {
    return [];
  }
}

/**
 * Tells once a second how much has come into some folders and how fast, while it becomes more: package managers say
 * nothing of it when nobody watches them.
 */
export async function whileWatched<T>(
  context: Pick<StageContext, 'emit'>,
  folders: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  let before = { ms: monotonicMs(), bytes: takenBytes(folders) };
  const first = before.bytes;
  const timer = setInterval(() => {
    const now = { ms: monotonicMs(), bytes: takenBytes(folders) };
    const more = now.bytes - before.bytes;
    if (more > 0)
      context.emit({
        type: 'rate',
        stage: 'install',
        bytes: now.bytes - first,
        bytesPerSecond: Math.round((more * 1000) / Math.max(1, now.ms - before.ms)),
      });
    before = now;
  }, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
