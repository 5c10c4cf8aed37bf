// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, ftruncateSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from '../../osinfo/doors/process.js';
import { GuestwrightError, WorkError } from '../../osinfo/errors.js';
import { type FoundDisk, removeFiles } from './storage.js';

/**
 * Makes the disks that are missing: blank, sparse, beside their place and then renamed. All of them or none.
 * @returns the paths that were made
 * @throws WorkError where one cannot be made
 */
export async function makeBlanks(disks: readonly FoundDisk[], signal?: AbortSignal): Promise<string[]> {
  const made: string[] = [];
  try {
    for (const { path, blankBytes, disk } of disks) {
      if (blankBytes === undefined) continue;
      const part = join(dirname(path), `.${basename(path).slice(0, 200)}.${randomUUID()}`);
      try {
        await makeBlank(part, blankBytes, disk.format, signal);
        // Somebody else's disk is not written over, were it only a moment old.
        if (existsSync(path)) throw new WorkError('disk-appeared', `${path} has appeared in the meantime; try again`);
        renameSync(part, path);
        made.push(path);
      } finally {
        rmSync(part, { force: true });
      }
    }
    return made;
  } catch (error) {
    removeFiles(made);
    if (error instanceof GuestwrightError) throw error;
    throw new WorkError('disk-blank', `a blank disk cannot be made: ${(error as Error).message}`, { cause: error });
  }
}

async function makeBlank(path: string, bytes: number, format: string, signal: AbortSignal | undefined): Promise<void> {
  if (format !== 'raw') {
    const words = ['qemu-img', 'create', '-q', '-f', format, '--', path, String(bytes)];
    await run(words, { timeoutMs: 120_000, ...(signal === undefined ? {} : { signal }) });
    return;
  }
  const handle = openSync(path, 'wx', 0o644);
  try {
    ftruncateSync(handle, bytes);
  } finally {
    closeSync(handle);
  }
}
