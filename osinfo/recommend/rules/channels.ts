// SPDX-License-Identifier: Apache-2.0
import { both, byFamily } from '../conditions.js';
import { rule } from '../engine.js';

const agent = ['org.qemu.guest_agent.0'];

export const channelsRule = rule({
  decision: 'channels',
  show: (channels) => channels.join(', ') || 'none',
  alternatives: [
    {
      rule: 'channels.agent',
      value: agent,
      when: both('virtioSerial'),
      reason: 'over it the guest agent shuts down cleanly, tells addresses and freezes file systems for backups',
    },
    {
      rule: 'channels.agent-family',
      value: agent,
      when: byFamily('virtioSerial'),
      reason: 'its entry is silent; systems of its family and time have virtio-serial for the guest agent',
    },
    { rule: 'channels.none', value: [], when: [], reason: 'the OS has no virtio-serial for the guest agent' },
  ],
});
