// SPDX-License-Identifier: Apache-2.0
import type { LintFinding, LintRule } from './types.js';

/** What the loader says of a reference that leads nowhere is said better by the rules about references. */
const elsewhere: ReadonlySet<string> = new Set(['undefined', 'wrong-place', 'xml-malformed']);

/** Everything else that the loader leaves out or stumbles over: rings of relations, numbers that are none … */
export const loading: LintRule = {
  name: 'loading',
  about: 'the loader leaves something out, or C libosinfo would crash on it',
  *check({ issues }): Generator<LintFinding> {
    for (const { severity, code, message, ...at } of issues) {
      if (!elsewhere.has(code)) yield { severity, at, message };
    }
  },
};
