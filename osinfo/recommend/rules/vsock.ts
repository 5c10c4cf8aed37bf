// SPDX-License-Identifier: Apache-2.0
import { both, given, osDrives, platformHas } from '../conditions.js';
import { chosenOffer } from '../context.js';
import { rule } from '../engine.js';

/** Hypervisors of small machines have no serial ports for an agent: the socket is the way to it. */
const small: ReadonlySet<string> = new Set(['cloud-hypervisor', 'microvm']);

/** Those have a console by virtio, but no ports with names. */
export const isSmall = given(
  (context) => small.has(chosenOffer(context).family),
  'the guest agent has a serial port here, which needs no module of the host',
);

export const vsockRule = rule({
  decision: 'vsock',
  show: (on) => (on ? 'yes' : 'no'),
  override: {
    asked: ({ overrides }) => overrides.vsock,
    needs: (on) => (on ? [platformHas('vsock')] : []),
    wants: (on) => (on ? [osDrives('vsock')] : []),
    waysOut: 'do without, or take a platform or host that has it',
  },
  alternatives: [
    {
      rule: 'vsock.agent',
      value: true,
      when: [isSmall, ...both('vsock')],
      reason: 'the only way from the host into the guest that needs no network',
    },
    {
      rule: 'vsock.none',
      value: false,
      when: [],
      reason: 'nothing in it listens unless somebody sets it up, and the host needs the module vhost_vsock',
    },
  ],
});
