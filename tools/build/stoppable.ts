// SPDX-License-Identifier: Apache-2.0
import { withStopSignal } from '../interrupt/stop.js';

/** For the last line to be written. */
const GRACE_MS = 100;

/**
 * Does work that Ctrl-C and SIGTERM stop: they abort the signal, and the work then ends by throwing. What it has still open,
 * such as a question to a mirror that does not answer, does not keep the process: a second Ctrl-C is not needed.
 */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return await withStopSignal(async (signal) => {
    try {
      return await work(signal);
    } finally {
      if (signal.aborted) setTimeout(() => process.exit(), GRACE_MS).unref();
    }
  });
}
