// SPDX-License-Identifier: Apache-2.0
import { definedOf, type LintFinding, type LintRule } from './types.js';

/** A short id that two entities have finds only one of them. */
export const shortIds: LintRule = {
  name: 'duplicate-short-id',
  about: 'two entities have the same short id',
  *check(input): Generator<LintFinding> {
    for (const kind of ['os', 'platform'] as const) {
      const owners = new Map<string, string>();
      for (const { id, params, origins } of definedOf(input, kind)) {
        for (const shortId of new Set(params['short-id'])) {
          const owner = owners.get(shortId);
          if (owner === undefined) owners.set(shortId, id);
          else
            yield {
              severity: 'error',
              at: origins[0]!,
              message: `the short id ${shortId} is that of ${owner} too; give it another`,
            };
        }
      }
    }
  },
};
