// SPDX-License-Identifier: Apache-2.0
import { both, onX86 } from '../conditions.js';
import { rule } from '../engine.js';

export const generationIdRule = rule({
  decision: 'generationId',
  show: (on) => (on ? 'yes' : 'no'),
  alternatives: [
    {
      rule: 'generation-id.listed',
      value: true,
      when: [onX86, ...both('generationId')],
      reason: 'a copy or a restored snapshot knows that it is one, which directory servers and random numbers rely on',
    },
    { rule: 'generation-id.none', value: false, when: [], reason: 'the OS would not look at it' },
  ],
});
