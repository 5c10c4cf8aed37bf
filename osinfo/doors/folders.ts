// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { WorkError } from '../errors.js';

/**
 * `mkdir -p`: a folder and those above it that are missing. Node's own `recursive` never ends where a folder is there
 * and a name in it cannot be: mkdir says ENOENT under /proc, and under a home that an automounter should give and does
 * not (Node 20).
 * @param mode of the folders that are made
 * @throws what mkdir says
 */
export function makeFolders(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      // Not so for a file, nor for a link that leads nowhere.
      if (statSync(path).isDirectory()) return;
      throw error;
    }
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolders(dirname(path), mode);
    try {
      mkdirSync(path, { mode });
    } catch (again) {
      // Another process made it in the meantime.
      if ((again as NodeJS.ErrnoException).code !== 'EEXIST') throw again;
    }
  }
}

/**
 * The same for a folder that somebody named.
 * @throws WorkError with the folder's name
 */
export function provideFolder(path: string, mode?: number): void {
  try {
    makeFolders(path, mode);
  } catch (error) {
    throw new WorkError('folder', `the folder ${path} cannot be made: ${(error as Error).message}; name another`, {
      cause: error,
    });
  }
}
