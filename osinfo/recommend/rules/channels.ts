// SPDX-License-Identifier: Apache-2.0
import { both, byFamily, no, notLegacyPc, osDrives, platformHas, yes } from '../conditions.js';
import { type Condition, rule } from '../engine.js';
import { isSmall } from './vsock.js';

const agent = ['org.qemu.guest_agent.0'];

const common = notLegacyPc('a paravirtual device is nothing that every system drives');

/** Not every virtio console has ports with names. */
const hasPorts: Condition = (context) =>
  isSmall(context).holds ? no(`the console of ${context.platformKnows.name} has no ports with names`) : yes();

export const channelsRule = rule({
  decision: 'channels',
  show: (channels) => channels.join(', ') || 'none',
  override: {
    asked: ({ overrides: { agentChannel } }) => (agentChannel === undefined ? undefined : agentChannel ? agent : []),
    needs: (channels) => (channels.length > 0 ? [platformHas('virtioSerial'), hasPorts] : []),
    wants: (channels) => (channels.length > 0 ? [osDrives('virtioSerial')] : []),
    waysOut: 'do without, or take a platform that has virtio-serial',
  },
  alternatives: [
    {
      rule: 'channels.agent',
      value: agent,
      when: [common, hasPorts, ...both('virtioSerial')],
      reason: 'over it the guest agent shuts down cleanly, tells addresses and freezes file systems for backups',
    },
    {
      rule: 'channels.agent-family',
      value: agent,
      when: [common, hasPorts, ...byFamily('virtioSerial')],
      reason: 'its entry is silent; systems of its family and time have virtio-serial for the guest agent',
    },
    { rule: 'channels.none', value: [], when: [], reason: 'the OS has no virtio-serial for the guest agent' },
  ],
});
