// SPDX-License-Identifier: Apache-2.0
import { monotonicMs } from '../../osinfo/doors/clock.js';
import type { StageContext } from './context.js';
import type { StageName } from './protocol.js';

/** Does a stage, and tells when it begins, when it is done and how long it took. */
export async function stage<T>(
  context: StageContext,
  name: StageName,
  work: () => Promise<T>,
  detail?: string,
): Promise<T> {
  const started = monotonicMs();
  context.emit({ type: 'stage', stage: name, status: 'start' });
  const result = await work();
  context.emit({
    type: 'stage',
    stage: name,
    status: 'done',
    ms: Math.round(monotonicMs() - started),
    ...(detail === undefined ? {} : { detail }),
  });
  return result;
}
