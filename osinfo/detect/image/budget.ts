// SPDX-License-Identifier: Apache-2.0
import { monotonicMs } from '../../doors/clock.js';
import { type Bytes, checkRange, tooMuch } from './bytes.js';
import type { Limits } from './types.js';

/** A real system is told with a few MiB, some thousand reads and less than a second. */
export const defaultLimits: Limits = { bytes: 1024 * 1024 * 1024, reads: 2_000_000, timeMs: 30_000 };

/** What an inspection may still spend. Whatever an image says, its inspection ends when this is used up. */
export class Budget {
  readonly #deadline: number;
  readonly #limits: Limits;
  #bytes = 0;
  #reads = 0;

  constructor(limits: Limits = defaultLimits) {
    this.#limits = limits;
    this.#deadline = monotonicMs() + limits.timeMs;
  }

  /** @throws InputError when the image has used up what it is given */
  spend(bytes: number): void {
    this.#bytes += bytes;
    this.#reads++;
    if (this.#bytes > this.#limits.bytes) throw tooMuch(`more than ${this.#limits.bytes} bytes would have to be read`);
    if (this.#reads > this.#limits.reads) throw tooMuch(`more than ${this.#limits.reads} reads would be needed`);
    if (monotonicMs() > this.#deadline) throw tooMuch(`it takes longer than ${this.#limits.timeMs / 1000} s`);
  }
}

/** `inner`, where every read is counted. */
export function counted(inner: Bytes, budget: Budget): Bytes {
  return {
    length: inner.length,
    read(offset, bytes) {
      checkRange(inner.length, offset, bytes);
      budget.spend(bytes);
      return inner.read(offset, bytes);
    },
  };
}
