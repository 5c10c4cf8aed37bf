// SPDX-License-Identifier: Apache-2.0
import type { EntityRecord } from '../../load/records.js';
import { definedOf, type LintFinding, type LintRule, nameOf } from './types.js';

/** Dates that cannot all be right. They are compared as text, which is right for YYYY-MM-DD. */
export const dates: LintRule = {
  name: 'date-order',
  about: 'an end of life before the release, a release before the one it follows, a day that no calendar has',
  *check(input): Generator<LintFinding> {
    for (const kind of ['os', 'platform'] as const) {
      for (const record of definedOf(input, kind)) {
        const at = record.origins[0]!;
        const release = dateOf(record, 'release-date');
        const end = dateOf(record, 'eol-date');
        for (const [what, date] of [
          ['release-date', release],
          ['eol-date', end],
        ] as const) {
          if (date !== undefined && !isDay(date))
            yield { severity: 'error', at, message: `<${what}> is ${date}, which no calendar has` };
        }
        if (release !== undefined && end !== undefined && end < release) {
          yield { severity: 'error', at, message: `its life ends on ${end}, before its release on ${release}` };
        }
        for (const { relation, id, at: there } of record.relations ?? []) {
          const other = input.loaded.entities[kind].get(id);
          const before = other === undefined ? undefined : dateOf(other, 'release-date');
          if (relation !== 'upgrades' || release === undefined || before === undefined || release >= before) continue;
          const message = `it upgrades ${nameOf(other!)}, which was released later (${before}) than itself (${release})`;
          yield { severity: 'warning', at: there, message };
        }
      }
    }
  },
};

function dateOf(record: EntityRecord, key: string): string | undefined {
  const text = record.params[key]?.[0];
  // Anything else is a matter of the grammar.
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
}

function isDay(date: string): boolean {
  const time = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(date);
}
