// SPDX-License-Identifier: Apache-2.0
import { readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { provideFolder } from '../../osinfo/doors/folders.js';
import { WorkError } from '../../osinfo/errors.js';
import { isLivingBuild, ownBuildName } from './living.js';
import { moveFile } from './move-file.js';

const LOCK = '.guestwright-publishing';
const POLL_MS = 50;
/** Files are renamed in milliseconds, and copied to another disk in minutes. */
const PATIENCE_MS = 15 * 60_000;

/**
 * Moves finished files into the output folder, each over what an earlier build left under its name. Two builds into one
 * folder come one after the other: what is there in the end is all of one of them.
 * @throws WorkError where the folder cannot be written, or another build does not come to an end in it
 */
export async function publish(
  from: string,
  to: string,
  files: readonly string[],
  patienceMs = PATIENCE_MS,
): Promise<void> {
  provideFolder(to);
  const lock = join(to, LOCK);
  for (let waited = 0; !takeLock(lock); waited += POLL_MS) {
    if (waited >= patienceMs)
      throw new WorkError(
        'publishing',
        `another build writes into ${to} and does not end; remove ${lock} if there is none`,
      );
    await pause(POLL_MS);
  }
  try {
    for (const file of files) moveFile(join(from, file), join(to, file));
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Takes a lock unless a process that lives has it: a link that leads nowhere is made in one step, and says by its target
 * whose it is. Removing the link gives it back.
 */
export function takeLock(lock: string): boolean {
  try {
    symlinkSync(ownBuildName(), lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (isLivingBuild(ownerOf(lock), 0) === false) rmSync(lock, { force: true });
    return false;
  }
}

function ownerOf(lock: string): string {
  try {
    return readlinkSync(lock);
  } catch {
    return '';
  }
}
