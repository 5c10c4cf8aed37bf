// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { provideFolder } from '../../osinfo/doors/folders.js';
import { type Started, start } from '../../osinfo/doors/process.js';
import { isLivingBuild, ownBuildName } from './living.js';

export interface WorkFolder {
  readonly path: string;
  /** Removes the folder and waits until it is gone. */
  remove(): Promise<void>;
}

/**
 * Deletes its folder when its input ends, whether this process closed it or was killed. A build that is killed may write
 * for some moments more, while it is taken down: then rm finds a folder not empty, and it is tried again. No value from
 * outside is in it.
 */
const REAPER =
  'echo ready; cat >/dev/null; i=0; until rm -rf -- "$@" 2>/dev/null || [ $i -ge 100 ]; do i=$((i + 1)); sleep 0.1; done; rmdir -- "$0" 2>/dev/null';

/**
 * A folder for one build that does not outlive it, even when this process is killed: a small shell beside it waits for
 * the end of a pipe and deletes the folder. What even that left behind (a power cut) is swept by the next build.
 * @param mark what else goes when the build ends
 */
export async function makeWorkFolder(parent: string, mark?: string): Promise<WorkFolder> {
  const path = makeFolder(parent);
  let ready: () => void;
  const isReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  // Files of a build by an ordinary user belong to the user's range of ids: only inside it may they be deleted.
  const range = userInfo().uid === 0 ? [] : ['unshare', '--map-auto', '--map-root-user'];
  const reaper: Started = await start(
    ['setsid', ...range, 'sh', '-c', REAPER, parent, path, ...(mark === undefined ? [] : [mark])],
    { onLine: () => ready() },
  );
  await Promise.race([isReady, reaper.ended]);
  return {
    path,
    async remove() {
      reaper.closeInput();
      await reaper.ended;
    },
  };
}

/** Another build that ends may take the empty parent away between the two steps: then it is made again. */
function makeFolder(parent: string): string {
  for (let attempt = 1; ; attempt++) {
    provideFolder(parent, 0o755);
    try {
      const path = mkdtempSync(join(parent, ownBuildName()));
      sweep(parent, statSync(path).mtimeMs);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 5) throw error;
    }
  }
}

/** @param now by the clock of the file system, in milliseconds */
function sweep(parent: string, now: number): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (isLivingBuild(path, now) !== false) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Another user's, or of ids that only the name spaces of a build may delete: it is in nobody's way.
    }
  }
}
