// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../errors.js';
import { damaged } from './bytes.js';

/**
 * Runs a reader. Where a structure points outside of its own bytes Node's bounds check of Buffer speaks up: that is
 * damage of the image like any other.
 * @throws InputError
 */
export function guarded<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw damaged('a structure reaches beyond its own end');
    throw error;
  }
}

/** Runs a reader; damage comes back as its message. */
export function attempt<Value>(read: () => Value): { readonly value: Value } | { readonly failure: string } {
  try {
    return { value: guarded(read) };
  } catch (error) {
    if (error instanceof InputError) return { failure: error.message };
    throw error;
  }
}
