// SPDX-License-Identifier: Apache-2.0
import { WorkError } from '../../osinfo/errors.js';

/** Does work with a signal that Ctrl-C and SIGTERM abort. */
export async function withStopSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopper = new AbortController();
  const stop = (): void => stopper.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work(stopper.signal);
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}

/**
 * Work that Ctrl-C stops: what it had begun is taken back before this throws.
 * @param message what the command then says
 * @throws WorkError `interrupted`
 */
export async function whileNotInterrupted(
  message: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await withStopSignal(async (signal) => {
    try {
      await work(signal);
    } catch (error) {
      if (signal.aborted) throw new WorkError('interrupted', message);
      throw error;
    }
  });
}
