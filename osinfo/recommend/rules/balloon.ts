// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, notForIntent, notLegacyPc, osDrives, platformHas } from '../conditions.js';
import { rule } from '../engine.js';

const common = notLegacyPc('a paravirtual device is nothing that every system drives');
const unbacked = notForIntent('memory that is reserved in huge pages cannot be taken back', 'performance');

export const balloonRule = rule({
  decision: 'balloon',
  show: (on) => (on ? 'virtio' : 'none'),
  override: {
    asked: ({ overrides }) => overrides.balloon,
    needs: (on) => (on ? [platformHas('virtioBalloon')] : []),
    wants: (on) => (on ? [osDrives('virtioBalloon')] : []),
    waysOut: 'do without, or take a platform or host that has it',
  },
  alternatives: [
    {
      rule: 'balloon.virtio',
      value: true,
      when: [common, unbacked, ...both('virtioBalloon')],
      reason: 'the host sees what memory the guest has free, and can take it back',
    },
    {
      rule: 'balloon.virtio-family',
      value: true,
      when: [common, unbacked, ...byFamily('virtioBalloon')],
      reason: 'its entry is silent; systems of its family and time have the driver',
    },
    { rule: 'balloon.none', value: false, when: [], reason: 'the OS would not use it' },
  ],
});
