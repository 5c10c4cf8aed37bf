// SPDX-License-Identifier: Apache-2.0
import { suggestMedia, suggestTree } from '../../osinfo/detect/suggest.js';
import { InputError } from '../../osinfo/errors.js';
import type { FactsLine } from './facts-line.js';

/** A native element for what was read; undefined where nothing was read that one could be told by. */
export function suggestion(line: FactsLine): string | undefined {
  try {
    return line.kind === 'media' ? suggestMedia(line.facts) : suggestTree(line.facts);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
