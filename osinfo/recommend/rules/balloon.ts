// SPDX-License-Identifier: Apache-2.0
import { both, byFamily } from '../conditions.js';
import { rule } from '../engine.js';

export const balloonRule = rule({
  decision: 'balloon',
  show: (on) => (on ? 'virtio' : 'none'),
  alternatives: [
    {
      rule: 'balloon.virtio',
      value: true,
      when: both('virtioBalloon'),
      reason: 'the host sees what memory the guest has free, and can take it back',
    },
    {
      rule: 'balloon.virtio-family',
      value: true,
      when: byFamily('virtioBalloon'),
      reason: 'its entry is silent; systems of its family and time have the driver',
    },
    { rule: 'balloon.none', value: false, when: [], reason: 'the OS would not use it' },
  ],
});
