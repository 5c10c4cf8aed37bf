// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Puts a whole file in the place of what is there. Between two file systems it is copied beside the target first, so
 * that nobody sees a part of it.
 * @param mark tells this process' copy from another's for the same target
 * @throws what the file system says; the source is then as it was, and nothing is beside the target
 */
export function moveFile(source: string, target: string, mark = ''): void {
  try {
    renameSync(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const part = join(dirname(target), `.${basename(target)}${mark}.part`);
    try {
      copyFileSync(source, part);
      renameSync(part, target);
    } catch (copyError) {
      rmSync(part, { force: true });
      throw copyError;
    }
    rmSync(source, { force: true });
  }
}
