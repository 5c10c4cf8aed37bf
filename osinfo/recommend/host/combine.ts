// SPDX-License-Identifier: Apache-2.0
import { newerFirst } from './machine-names.js';
import type { HostDomain, HostFacts } from './types.js';

/** A host by its capabilities together with the domain capabilities that were asked for. */
export function hostWith(host: HostFacts, domains: readonly HostDomain[]): HostFacts {
  return { ...host, domains: [...host.domains, ...domains] };
}

/**
 * A host of which only domain capabilities are at hand: it runs what they speak of.
 * @param name what reasons call it
 */
export function hostOfDomains(name: string, domains: readonly HostDomain[]): HostFacts {
  const archs = [...new Set(domains.map(({ arch }) => arch))];
  return {
    name,
    guests: archs.map((arch) => {
      const own = domains.filter((domain) => domain.arch === arch);
      return {
        arch,
        osType: 'hvm',
        domainTypes: [...new Set(own.map(({ virt }) => virt))],
        // They tell of one machine each, not of all that there are.
        machines: [],
      };
    }),
    domains,
  };
}

/**
 * Short ids under which the database may have the hypervisor of a host, best first: by the version of its newest
 * machine, and by the kind of its guests.
 */
export function platformNames(host: HostFacts): readonly string[] {
  const types = new Set([
    ...host.guests.flatMap(({ domainTypes }) => domainTypes),
    ...host.domains.map(({ virt }) => virt),
  ]);
  if (types.has('xen') && !types.has('kvm') && !types.has('qemu')) return ['xen'];
  if (types.has('bhyve')) return ['bhyve'];
  const names = [
    ...host.domains.flatMap(({ machine }) => machine ?? []),
    ...host.guests.flatMap(({ machines }) => machines.map((machine) => machine.canonical ?? machine.name)),
  ];
  const red = names.flatMap(
    (name) => /^(?:pc-q35|virt|s390-ccw-virtio|pseries)-rhel(\d+\.\d+)\.\d+$/.exec(name)?.[1] ?? [],
  );
  if (red.length > 0) {
    const [newest] = red.sort(newerFirst);
    const [major, minor] = newest!.split('.');
    // The database has every second minor release; the next older one has the same devices.
    const minors = Array.from({ length: 12 }, (_, below) => Number(minor) - below).filter((one) => one >= 0);
    return [...minors.map((one) => `rhel-kvm-${major}.${one}`), `rhel-kvm-${major}.10`, 'rhel-kvm'];
  }
  const own = names.flatMap((name) => /^(?:pc-q35|virt|pseries|s390-ccw-virtio)-(\d+\.\d+)$/.exec(name)?.[1] ?? []);
  const [newest] = own.sort(newerFirst);
  return newest === undefined ? ['kvm'] : [`qemu-${newest}`, 'kvm'];
}
