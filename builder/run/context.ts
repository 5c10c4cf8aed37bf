// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { cleanEnvironment, type RunOptions, type RunResult, run } from '../../osinfo/doors/process.js';
import type { Plan } from '../plan/types.js';
import { isEmulated } from './foreign.js';
import type { Job, StageName, WorkerEvent } from './protocol.js';

/** All that a stage may touch. */
export interface StageContext {
  readonly plan: Plan;
  readonly job: Job;
  /** The root tree of the system being built. */
  readonly tree: string;
  /** Scratch space, in memory where there is room. */
  readonly scratch: string;
  /** The raw disk images, sparse. */
  readonly rawFolder: string;
  /** Finished images, on the disk. */
  readonly outFolder: string;
  readonly emit: (event: WorkerEvent) => void;
  /** Runs a tool of this machine; its output is kept in the build's log. */
  readonly tool: (words: readonly string[], options?: RunOptions) => Promise<RunResult>;
  /** Tells the person what the stage is at. */
  readonly detail: (stage: StageName, text: string) => void;
}

/** Emulated, an initramfs alone takes minutes, and on a machine with other work many of them. */
const EMULATED_TIMEOUT_MS = 3_600_000;

export function makeContext(job: Job, memory: string, emit: (event: WorkerEvent) => void): StageContext {
  const scratch = join(memory, 'scratch');
  const epoch = job.plan.outputs.sourceDateEpoch;
  const env = cleanEnvironment({
    TMPDIR: scratch,
    HOME: scratch,
    ...(epoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(epoch), E2FSPROGS_FAKE_TIME: String(epoch) }),
  });
  const log = join(job.workFolder, 'build.log');
  const patience = isEmulated(job.plan.arch.name) ? { timeoutMs: EMULATED_TIMEOUT_MS } : {};
  return {
    plan: job.plan,
    job,
    tree: join(memory, 'tree'),
    scratch,
    rawFolder: join(memory, 'raw'),
    outFolder: join(job.workFolder, 'out'),
    emit,
    tool: (words, options = {}) => run(words, { log, ...patience, ...options, env: { ...env, ...options.env } }),
    detail: (stage, text) => emit({ type: 'detail', stage, text }),
  };
}
