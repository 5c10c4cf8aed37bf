// SPDX-License-Identifier: Apache-2.0
import { both, given, osDrives, platformHas } from '../conditions.js';
import { rule } from '../engine.js';
import { notDeclined } from './asked.js';

const declined = notDeclined(({ watchdog }) => watchdog);

export const watchdogRule = rule<'watchdog'>({
  decision: 'watchdog',
  show: (watchdog) => (watchdog ? `${watchdog.model}, ${watchdog.action}` : 'none'),
  override: {
    asked: ({ overrides: { watchdog } }) =>
      typeof watchdog === 'string' ? { model: watchdog, action: 'reset' } : undefined,
    needs: (watchdog) =>
      watchdog?.model === 'i6300esb'
        ? [platformHas('i6300esb')]
        : [
            given(
              ({ arch }) => watchdog?.model === 'diag288' && arch === 's390x',
              'there are i6300esb, and diag288 on s390x',
            ),
          ],
    wants: (watchdog) => (watchdog?.model === 'i6300esb' ? [osDrives('i6300esb')] : []),
    waysOut: 'take one that the machine has',
  },
  alternatives: [
    {
      rule: 'watchdog.i6300esb',
      value: { model: 'i6300esb', action: 'reset' },
      when: [
        declined,
        given((context) => context.arch !== 's390x', 'a mainframe guest has one of its own'),
        ...both('i6300esb'),
      ],
      reason: 'asleep until the guest opens it; then a guest that hangs is restarted',
    },
    {
      rule: 'watchdog.diag288',
      value: { model: 'diag288', action: 'reset' },
      when: [declined, given((context) => context.arch === 's390x', 'only mainframe guests have it')],
      reason: 'the watchdog that every mainframe guest has',
      quiet: true,
    },
    { rule: 'watchdog.none', value: undefined, when: [], reason: 'the OS has no driver for one' },
  ],
});
