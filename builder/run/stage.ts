// SPDX-License-Identifier: Apache-2.0
import { monotonicMs } from '../../osinfo/doors/clock.js';
import type { StageContext } from './context.js';
import type { StageName } from './protocol.js';

/** What is said of a stage that is done, beside its time. */
interface Said {
  readonly detail?: string;
  /** Where what it made lies: its size is told. */
  readonly folder?: string;
}

/** Does a stage, and tells when it begins, when it is done, how long it took and how large what it made is. */
export async function stage<T>(
  context: StageContext,
  name: StageName,
  work: () => Promise<T>,
  { detail, folder }: Said = {},
): Promise<T> {
  const started = monotonicMs();
  context.emit({ type: 'stage', stage: name, status: 'start' });
  const result = await work();
  const ms = Math.round(monotonicMs() - started);
  context.emit({
    type: 'stage',
    stage: name,
    status: 'done',
    ms,
    ...(folder === undefined ? {} : { bytes: await takenBytes(context, folder) }),
    ...(detail === undefined ? {} : { detail }),
  });
  return result;
}

/** Bytes that a folder takes where it lies, by du(1): a tree has ten thousands of files. */
async function takenBytes(context: StageContext, folder: string): Promise<number> {
  const { stdout } = await context.tool(['du', '--summarize', '--block-size=1', '--', folder]);
  return Number.parseInt(stdout, 10);
}
