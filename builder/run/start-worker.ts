// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from '../../osinfo/doors/process.js';
import { InputError, WorkError } from '../../osinfo/errors.js';
import { packageRoot } from '../../osinfo/package-root.js';
import { startIsolated } from './isolation.js';
import type { BuildEvent } from './progress.js';
import type { Job, JobResult, WorkerEvent } from './protocol.js';

/** The process that does the stages of a build, in name spaces of its own; it waits for its job. See `protocol.ts`. */
export interface WaitingWorker {
  /**
   * Gives it its job.
   * @returns what it made, as soon as that is known; it ends later, and until then keeps its trees
   * @throws InputError for what is wrong with the kickstart, WorkError otherwise; it has ended then
   */
  run(job: Job): Promise<{ readonly result: JobResult; readonly ended: Promise<void> }>;
  /** Ends one that gets no job. */
  dismiss(): void;
}

/** The error of a build that somebody stopped. */
export function stopped(): WorkError {
  return new WorkError('stopped', 'the build was stopped; nothing was left behind');
}

/**
 * Starts the process of the stages: it takes a third of a second to be ready, in which other things can be found out.
 * @param signal ends it, whatever it is at
 * @throws MissingError when there is no unshare(1)
 */
export async function startWorker(
  emit: (event: BuildEvent) => void,
  signal: AbortSignal | undefined,
): Promise<WaitingWorker> {
  let result: JobResult | undefined;
  let hasResult = (): void => {};
  const made = new Promise<void>((resolve) => {
    hasResult = resolve;
  });
  let failure: Extract<WorkerEvent, { type: 'failed' }> | undefined;
  const stray: string[] = [];
  const worker = await startIsolated(
    [process.execPath, join(packageRoot(), 'dist/bin/build-worker.js')],
    (line, stream) => {
      const event = stream === 'stdout' ? parseEvent(line) : undefined;
      if (!event) stray.push(line);
      else if (event.type === 'result') {
        result = event.result;
        hasResult();
      } else if (event.type === 'failed') failure = event;
      else emit(event);
    },
    cleanEnvironment(ownVariables()),
  );
  const stop = (): void => worker.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  const ended = worker.ended.then(() => signal?.removeEventListener('abort', stop));
  const run = async (job: Job): Promise<{ readonly result: JobResult; readonly ended: Promise<void> }> => {
    worker.write(`${JSON.stringify(job)}\n`);
    await Promise.race([made, ended]);
    if (signal?.aborted) await ended;
    if (signal?.aborted) throw stopped();
    if (failure) {
      if (failure.kind === 'input') throw new InputError(failure.code, failure.message);
      throw new WorkError(failure.code, failure.message);
    }
    if (!result)
      throw new WorkError('worker-ended', `the build ended early${stray.length > 0 ? `: ${stray.at(-1)}` : ''}`);
    return { result, ended };
  };
  return { run, dismiss: stop };
}

/**
 * What the worker is told of this process' environment: for who looks for a fault, and for tests. Node has four threads to
 * pack with unless it is told to have more.
 */
function ownVariables(): Record<string, string> {
  const told = ['GUESTWRIGHT_DEBUG', 'GUESTWRIGHT_HELPER'].flatMap((name) => {
    const value = process.env[name];
    return value ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(told), UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism())) };
}

function parseEvent(line: string): WorkerEvent | undefined {
  try {
    return JSON.parse(line) as WorkerEvent;
  } catch {
    return undefined;
  }
}
