// SPDX-License-Identifier: Apache-2.0
import type { ModelKey } from '../devices.js';
import type { MachineOffer } from '../machines.js';
import { machineFamily, newerFirst } from './machine-names.js';
import type { HostDomain, HostFacts, HostMachine } from './types.js';

/** What rules ask of a host. `undefined` as an answer: the host does not tell, so that nothing is taken to be missing. */

const guestsFor = (host: HostFacts, arch: string) => host.guests.filter((guest) => guest.arch === arch);

/** The accelerators for guests of an architecture; undefined where the host tells of no guests at all. */
export function hostTypes(host: HostFacts, arch: string): readonly string[] | undefined {
  return host.guests.length === 0 ? undefined : guestsFor(host, arch).flatMap(({ domainTypes }) => domainTypes);
}

/** The machines of the host for an architecture, aliases among them; undefined where it does not tell. */
export function hostMachines(host: HostFacts, arch: string): readonly HostMachine[] | undefined {
  const machines = guestsFor(host, arch).flatMap((guest) => guest.machines);
  return machines.length === 0 ? undefined : machines;
}

/** Those of a platform's machines that the host has, with the host's own limit of processors. */
export function machinesOfHost(
  offers: readonly MachineOffer[],
  host: HostFacts | undefined,
  arch: string,
): readonly MachineOffer[] {
  const machines = host && hostMachines(host, arch);
  if (!machines) return offers;
  return offers.flatMap((offer) => {
    const own = machines.filter((machine) => machineFamily(machine.name) === offer.family);
    if (own.length === 0) return [];
    const most = Math.max(...own.map(({ maxCpus }) => maxCpus ?? 0));
    return [most === 0 ? offer : { ...offer, maxCpus: most }];
  });
}

/**
 * The version of a family to name for a host: the platform's where the host has it, else the newest that it has.
 * Undefined where the host does not tell or has the family by its bare name only.
 */
export function hostVersion(
  host: HostFacts,
  arch: string,
  family: string,
  wanted: string | undefined,
): string | undefined {
  const machines = hostMachines(host, arch);
  if (!machines) {
    const told = host.domains.find((domain) => domain.arch === arch && machineFamily(domain.machine ?? '') === family);
    return told?.machine === family ? undefined : told?.machine;
  }
  const own = machines.filter((machine) => machineFamily(machine.name) === family);
  if (wanted !== undefined && own.some(({ name }) => name === wanted)) return wanted;
  const alias = own.find(({ name }) => name === family)?.canonical;
  if (alias !== undefined) return alias;
  const versions = own.filter(({ name, deprecated }) => name !== family && !deprecated).map(({ name }) => name);
  return versions.sort(newerFirst)[0];
}

/** The domain capabilities that come nearest: of the architecture, then of the accelerator, then of the machine. */
export function domainFor(
  host: HostFacts | undefined,
  arch: string,
  virt: string,
  family: string | undefined,
): HostDomain | undefined {
  const score = (domain: HostDomain): number =>
    (domain.virt === virt ? 2 : 0) + (machineFamily(domain.machine ?? '') === family ? 1 : 0);
  const own = host?.domains.filter((domain) => domain.arch === arch) ?? [];
  return own.reduce<HostDomain | undefined>(
    (best, domain) => (best && score(best) >= score(domain) ? best : domain),
    undefined,
  );
}

type ListKey = 'diskBuses' | 'video' | 'nics' | 'sounds' | 'usb' | 'rng' | 'balloons' | 'watchdogs' | 'panics';

/** Under which word of which list a host would tell of a device. */
const words: Partial<Readonly<Record<ModelKey, readonly [ListKey, string]>>> = {
  virtioBlock: ['diskBuses', 'virtio'],
  virtioScsi: ['diskBuses', 'scsi'],
  lsiSas: ['diskBuses', 'scsi'],
  lsiLogic: ['diskBuses', 'scsi'],
  xenVbd: ['diskBuses', 'xen'],
  virtioNet: ['nics', 'virtio'],
  e1000e: ['nics', 'e1000e'],
  igb: ['nics', 'igb'],
  e1000: ['nics', 'e1000'],
  e1000Server: ['nics', 'e1000-82545em'],
  rtl8139: ['nics', 'rtl8139'],
  pcnet: ['nics', 'pcnet'],
  ne2k: ['nics', 'ne2k_pci'],
  virtioGpu: ['video', 'virtio'],
  vga: ['video', 'vga'],
  qxl: ['video', 'qxl'],
  cirrus: ['video', 'cirrus'],
  vmwareSvga: ['video', 'vmvga'],
  ich9Sound: ['sounds', 'ich9'],
  ich6Sound: ['sounds', 'ich6'],
  ac97: ['sounds', 'ac97'],
  es1370: ['sounds', 'es1370'],
  xhci: ['usb', 'qemu-xhci'],
  necXhci: ['usb', 'nec-xhci'],
  ehci: ['usb', 'ich9-ehci1'],
  uhci: ['usb', 'piix3-uhci'],
  virtioRng: ['rng', 'virtio'],
  virtioBalloon: ['balloons', 'virtio'],
  i6300esb: ['watchdogs', 'i6300esb'],
  pvpanic: ['panics', 'isa'],
};

/** Whether the host has a device: undefined where it does not tell. */
export function domainHas(domain: HostDomain | undefined, key: ModelKey): boolean | undefined {
  if (key === 'generationId') return domain?.generationId;
  if (key === 'vsock') return domain?.vsock;
  const word = words[key];
  return word && domain?.[word[0]]?.includes(word[1]);
}
