// SPDX-License-Identifier: Apache-2.0
import { given } from '../conditions.js';
import type { Context } from '../context.js';
import { rule } from '../engine.js';

/** A platform that names its devices, each of a known class, and no graphics card among them, has none. */
function hasGraphicsCard({ platform: { allDeviceLinks } }: Context): boolean {
  const silent = allDeviceLinks.length === 0 || allDeviceLinks.some(({ device }) => device.class === undefined);
  return silent || allDeviceLinks.some(({ device }) => device.class === 'video');
}

export const graphicsRule = rule({
  decision: 'graphics',
  show: ({ type }) => type,
  alternatives: [
    {
      rule: 'graphics.vnc',
      value: { type: 'vnc' },
      when: [
        given((context) => context.arch !== 's390x', 'a mainframe guest has no screen'),
        given(hasGraphicsCard, 'the platform has no graphics card'),
      ],
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
