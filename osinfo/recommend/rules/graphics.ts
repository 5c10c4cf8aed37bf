// SPDX-License-Identifier: Apache-2.0
import { given } from '../conditions.js';
import { rule } from '../engine.js';

export const graphicsRule = rule({
  decision: 'graphics',
  show: ({ type }) => type,
  alternatives: [
    {
      rule: 'graphics.vnc',
      value: { type: 'vnc' },
      when: [given((context) => context.arch !== 's390x', 'a mainframe guest has no screen')],
      reason: 'every hypervisor has VNC; SPICE has gone from newer ones',
    },
    {
      rule: 'graphics.none',
      value: { type: 'none' },
      when: [],
      reason: 'the console is text',
    },
  ],
});
