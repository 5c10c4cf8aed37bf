// SPDX-License-Identifier: Apache-2.0
import { WorkError } from '../../osinfo/errors.js';

/**
 * Work that Ctrl-C stops: what it had begun is taken back before this throws.
 * @throws WorkError `interrupted`
 */
export async function whileNotInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    await work(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) throw new WorkError('interrupted', 'Installation aborted at user request');
    throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
