// SPDX-License-Identifier: Apache-2.0
import type { LintFinding, LintRule } from './types.js';

/** An entity in a file where no loader looks for it is lost: a warning of the loader, an error of whoever wrote it. */
export const places: LintRule = {
  name: 'wrong-place',
  about: 'an entity stands in a file other than the one that its id asks for, and is not loaded',
  *check({ issues }): Generator<LintFinding> {
    for (const { code, message, severity: _, ...at } of issues) {
      if (code === 'wrong-place') yield { severity: 'error', at, message };
    }
  },
};
