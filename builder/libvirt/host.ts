// SPDX-License-Identifier: Apache-2.0
import { GuestwrightError } from '../../osinfo/errors.js';
import { readCapabilities } from '../../osinfo/recommend/host/capabilities.js';
import { hostWith } from '../../osinfo/recommend/host/combine.js';
import { readDomainCapabilities } from '../../osinfo/recommend/host/domain-capabilities.js';
import { machineFamily } from '../../osinfo/recommend/host/machine-names.js';
import { hostMachines, hostTypes } from '../../osinfo/recommend/host/questions.js';
import type { HostDomain, HostFacts } from '../../osinfo/recommend/types.js';
import type { Virsh } from './virsh.js';

/** Of which architectures and accelerator more is to be asked, once it is known what guests there are. */
export type AskFor = (host: HostFacts) => {
  readonly archs: readonly string[];
  readonly virt: 'kvm' | 'qemu' | undefined;
};

/** The machines of which it is worth knowing more. */
const FAMILIES: ReadonlySet<string> = new Set(['q35', 'pc', 'virt', 'pseries', 's390-ccw-virtio', 'xenfv', 'bhyve']);

/**
 * What a libvirt says of its host: its guests, and what the machines of those that are asked for can have.
 * @param name what reasons call it: the URI of the connection
 * @param capabilities what `virsh capabilities` printed, where it is at hand
 * @throws LibvirtError, MissingError, ToolError where it does not answer
 */
export async function askHost(virsh: Virsh, name: string, askFor: AskFor, capabilities?: string): Promise<HostFacts> {
  const host = readCapabilities(capabilities ?? (await virsh.call(['capabilities'])), name);
  const { archs, virt } = askFor(host);
  const domains: HostDomain[] = [];
  let failure: unknown;
  for (const arch of archs) {
    const types = hostTypes(host, arch) ?? [];
    const type = virt ?? (types.includes('kvm') ? 'kvm' : types[0]);
    if (type === undefined) continue;
    const names = (hostMachines(host, arch) ?? []).map((machine) => machineFamily(machine.name));
    for (const machine of new Set(names.filter((one) => FAMILIES.has(one)))) {
      try {
        const words = ['domcapabilities', '--arch', arch, '--machine', machine, '--virttype', type];
        domains.push(readDomainCapabilities(await virsh.call(words), name));
      } catch (error) {
        // One machine that libvirt lists and its QEMU has given up is no reason to know nothing of the others.
        if (!(error instanceof GuestwrightError)) throw error;
        failure ??= error;
      }
    }
  }
  if (domains.length === 0 && failure !== undefined) throw failure;
  return hostWith(host, domains);
}
