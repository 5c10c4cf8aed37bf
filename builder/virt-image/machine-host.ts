// SPDX-License-Identifier: Apache-2.0
import { askHost } from '../libvirt/host.js';
import { listNetworks } from '../libvirt/networks.js';
import { isRemote, type Virsh } from '../libvirt/virsh.js';
import { readHostGuests } from './host-guests.js';
import type { MachineHost } from './plan-machine.js';

/**
 * The host behind a connection of libvirt's, as planning wants to know it.
 * @throws LibvirtError, MissingError, ToolError where it does not answer
 */
export async function askMachineHost(virsh: Virsh): Promise<MachineHost> {
  const uri = (await virsh.call(['uri'])).trim();
  const capabilities = await virsh.call(['capabilities']);
  return {
    guests: readHostGuests(capabilities, uri),
    networks: await listNetworks(virsh),
    remote: isRemote(uri),
    session: /\/session(?:\?|$)/.test(uri) || /^(test|qemu:\/\/\/embed)/.test(uri),
    facts: ({ guest }) => {
      const virt = guest.domainType === 'kvm' ? ('kvm' as const) : ('qemu' as const);
      return askHost(virsh, uri, () => ({ archs: [guest.arch], virt }), capabilities);
    },
  };
}
