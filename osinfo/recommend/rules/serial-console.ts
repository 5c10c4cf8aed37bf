// SPDX-License-Identifier: Apache-2.0
import { given, knownFact } from '../conditions.js';
import { rule } from '../engine.js';

/** Families that never put a login or a kernel message on a serial line. */
const silent: ReadonlySet<string> = new Set(['win9x', 'win16', 'dos', 'darwin', 'netware']);

export const serialConsoleRule = rule({
  decision: 'serialConsole',
  show: (on) => (on ? 'yes' : 'no'),
  override: { asked: ({ overrides }) => overrides.serialConsole },
  alternatives: [
    {
      rule: 'serial.speaks',
      value: true,
      when: [
        given(
          (context) => !silent.has(context.os.family ?? ''),
          (context) => `${context.era.name} has no serial console`,
          (context) => knownFact(`${context.osKnows.name} can have its console on a serial line`),
        ),
      ],
      reason: 'a text console that works when network and screen do not',
    },
    { rule: 'serial.none', value: false, when: [], reason: 'nothing would be said on it' },
  ],
});
