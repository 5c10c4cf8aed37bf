// SPDX-License-Identifier: Apache-2.0
import { both, given } from '../conditions.js';
import { rule } from '../engine.js';

export const watchdogRule = rule<'watchdog'>({
  decision: 'watchdog',
  show: (watchdog) => (watchdog ? `${watchdog.model}, ${watchdog.action}` : 'none'),
  alternatives: [
    {
      rule: 'watchdog.i6300esb',
      value: { model: 'i6300esb', action: 'reset' },
      when: [given((context) => context.arch !== 's390x', 'a mainframe guest has one of its own'), ...both('i6300esb')],
      reason: 'asleep until the guest opens it; then a guest that hangs is restarted',
    },
    {
      rule: 'watchdog.diag288',
      value: { model: 'diag288', action: 'reset' },
      when: [given((context) => context.arch === 's390x', 'only mainframe guests have it')],
      reason: 'the watchdog that every mainframe guest has',
    },
    { rule: 'watchdog.none', value: undefined, when: [], reason: 'the OS has no driver for one' },
  ],
});
