// SPDX-License-Identifier: Apache-2.0
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../../../osinfo/doors/folders.js';
import { fileSystemNow, isLivingBuild, ownBuildName } from '../living.js';

/**
 * Tells others that a build runs which uses this cache: what was used since the oldest of them began is not removed.
 * @returns the mark, to be removed when the build ends; undefined where the cache cannot be written
 */
export function markRunning(root: string): string | undefined {
  const folder = join(root, 'running');
  try {
    makeFolders(folder, 0o700);
    return mkdtempSync(join(folder, ownBuildName()));
  } catch {
    return undefined;
  }
}

/** When the oldest build that is running began, in milliseconds of the file system's clock. Marks of dead ones go. */
export function runningSince(root: string): number | undefined {
  const folder = join(root, 'running');
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return undefined;
  }
  if (names.length === 0) return undefined;
  const now = fileSystemNow(folder);
  const starts = names.flatMap((name) => {
    const path = join(folder, name);
    const living = isLivingBuild(path, now);
    if (living === false) rmSync(path, { recursive: true, force: true });
    const stat = living ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
    return stat ? [stat.mtimeMs] : [];
  });
  return starts.length === 0 ? undefined : Math.min(...starts);
}
