// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, notLegacyPc, osDrives, platformHas } from '../conditions.js';
import { rule } from '../engine.js';

const common = notLegacyPc('a paravirtual device is nothing that every system drives');

export const rngRule = rule({
  decision: 'rng',
  show: (on) => (on ? 'virtio' : 'none'),
  override: {
    asked: ({ overrides }) => overrides.rng,
    needs: (on) => (on ? [platformHas('virtioRng')] : []),
    wants: (on) => (on ? [osDrives('virtioRng')] : []),
    waysOut: 'do without, or take a platform or host that has it',
  },
  alternatives: [
    {
      rule: 'rng.virtio',
      value: true,
      when: [common, ...both('virtioRng')],
      reason: 'a young guest has little randomness of its own; the host gives it enough for keys at first start',
    },
    {
      rule: 'rng.virtio-family',
      value: true,
      when: [common, ...byFamily('virtioRng')],
      reason: 'its entry is silent; systems of its family and time take randomness from the host',
    },
    { rule: 'rng.none', value: false, when: [], reason: 'the OS would not use it' },
  ],
});
