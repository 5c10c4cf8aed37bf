// SPDX-License-Identifier: Apache-2.0
import { both, byFamily } from '../conditions.js';
import { rule } from '../engine.js';

export const rngRule = rule({
  decision: 'rng',
  show: (on) => (on ? 'virtio' : 'none'),
  alternatives: [
    {
      rule: 'rng.virtio',
      value: true,
      when: both('virtioRng'),
      reason: 'a young guest has little randomness of its own; the host gives it enough for keys at first start',
    },
    {
      rule: 'rng.virtio-family',
      value: true,
      when: byFamily('virtioRng'),
      reason: 'its entry is silent; systems of its family and time take randomness from the host',
    },
    { rule: 'rng.none', value: false, when: [], reason: 'the OS would not use it' },
  ],
});
