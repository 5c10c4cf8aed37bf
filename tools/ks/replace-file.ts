// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { WorkError } from '../../osinfo/errors.js';

/**
 * Put a text in the place of a file's: written beside it, then renamed, so that nobody ever finds half of it. A
 * symbolic link stays one, and the mode stays.
 * @param mustExist false for a file that may be new
 * @throws WorkError `write-failed`
 */
export function replaceFile(path: string, text: string, mustExist = true): void {
  let beside: string | undefined;
  try {
    const target = mustExist ? realpathSync(path) : realTarget(path);
    const mode = modeOf(target);
    beside = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
    const descriptor = openSync(beside, 'wx', mode ?? 0o666);
    try {
      if (mode !== undefined) fchmodSync(descriptor, mode);
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, target);
  } catch (error) {
    if (beside !== undefined) rmSync(beside, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkError('write-failed', `${path}: it cannot be written (${reason})`, { cause: error });
  }
}

function realTarget(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function modeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mode;
}
