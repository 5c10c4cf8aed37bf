// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GuestwrightError, WorkError } from '../../osinfo/errors.js';

export interface WholeFolderOptions {
  /** The code of the error for what cannot be written. */
  readonly code: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a folder whole or not at all: it is filled beside its place and then renamed.
 * @param fill gets the path of the folder while it has another name
 * @returns what `fill` does
 * @throws WorkError for what cannot be written, or where something has its name by then; what `fill` throws for people, and
 *   the signal's reason, as they are
 */
export async function makeWholeFolder<Made>(
  folder: string,
  { code, signal }: WholeFolderOptions,
  fill: (part: string) => Promise<Made>,
): Promise<Made> {
  const part = join(dirname(folder), `.${basename(folder).slice(0, 200)}.${randomUUID()}`);
  try {
    mkdirSync(part, { recursive: true });
    const made = await fill(part);
    // A program that was told to stop may have been done a moment before.
    signal?.throwIfAborted();
    // An empty folder of that name would be written over.
    if (existsSync(folder)) throw new WorkError('folder', `${folder} has appeared in the meantime; try again`);
    renameSync(part, folder);
    return made;
  } catch (error) {
    if (error instanceof GuestwrightError || signal?.aborted) throw error;
    throw new WorkError(code, `${folder} cannot be written: ${(error as Error).message}`, { cause: error });
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}
