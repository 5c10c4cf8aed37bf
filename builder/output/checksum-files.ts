// SPDX-License-Identifier: Apache-2.0
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { WorkError } from '../../osinfo/errors.js';
import { inTurns } from '../stages/convert/in-turns.js';
import { type Checksums, type ChecksumType, checksumFile } from './checksum.js';

/** A thread takes some hundredths of a second to start, in which that much is digested. */
const WORTH_A_THREAD = 16 * 1024 * 1024;

/** Each has some megabytes of its own. */
const MOST_THREADS = 8;

/** One digest of one file. A text, as a thread cannot be given a function; it reads what this process just wrote. */
const THREAD = `
const { createHash } = require('node:crypto');
const { openSync, readSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const file = openSync(workerData.path, 'r');
const piece = Buffer.allocUnsafe(1024 * 1024);
const hash = createHash(workerData.type);
for (let length; (length = readSync(file, piece)) > 0; ) hash.update(piece.subarray(0, length));
parentPort.postMessage(hash.digest('hex'));
`;

interface Task {
  readonly path: string;
  readonly type: ChecksumType;
  readonly bytes: number;
}

/**
 * The digests of several files, on as many processors as there are: a processor without instructions for SHA-256 digests
 * 360 MB a second, and then sparse gigabytes take longer than writing them did. Every digest of a large file is a task of
 * its own, the largest first; reading it again costs little, as it was just written.
 * @returns the digests by path
 * @throws InputError when there is no such file, WorkError when it cannot be read to its end, or is stopped
 */
export async function checksumFiles(
  paths: readonly string[],
  types: readonly ChecksumType[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Checksums>> {
  const found = new Map<string, Partial<Record<ChecksumType, string>>>();
  const tasks: Task[] = [];
  for (const path of new Set(paths)) {
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    found.set(path, bytes < WORTH_A_THREAD ? await checksumFile(path, types, signal) : {});
    if (bytes >= WORTH_A_THREAD) tasks.push(...types.map((type) => ({ path, type, bytes })));
  }
  const largestFirst = tasks.toSorted((a, b) => b.bytes - a.bytes);
  await inTurns(Math.min(MOST_THREADS, availableParallelism()), largestFirst, async (task) => {
    found.get(task.path)![task.type] = await inThread(task, signal);
  });
  // In the order that was asked for, whichever came first.
  return new Map(
    [...found].map(([path, digests]) => [path, Object.fromEntries(types.map((type) => [type, digests[type]!]))]),
  );
}

async function inThread({ path, type }: Task, signal: AbortSignal | undefined): Promise<string> {
  if (signal?.aborted) throw failure(path, 'stopped');
  const thread = new Worker(THREAD, { eval: true, workerData: { path, type } });
  const stop = (): void => void thread.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise((done, fail) => {
      thread.once('message', done);
      thread.once('error', fail);
      thread.once('exit', () => fail(new Error('stopped')));
    });
  } catch (error) {
    throw failure(path, (error as Error).message, error);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function failure(path: string, why: string, cause?: unknown): WorkError {
  return new WorkError('checksum-file', `${path}: cannot be read: ${why}`, { cause });
}
