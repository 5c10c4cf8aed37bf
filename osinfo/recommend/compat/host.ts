// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../errors.js';
import type { HostDomain, HostFacts, HostGuest } from '../host/types.js';
import type { AskedOs } from './asked.js';
import type { Driver, Guest } from './guest.js';
import type { CompatInput } from './types.js';
import { usualHost } from './usual-host.js';

/** The guest as virt-install begins it: the host's kind of guest and accelerator, nothing decided yet. */
export function startGuest(input: CompatInput, os: AskedOs, driversFor: (arch: string) => ReadonlySet<string>): Guest {
  const host = completed(input.host ?? usualHost(input.arch ?? 'x86_64'));
  const offer = offerOf(host, input);
  const virt = virtOf(host, offer, input.virt);
  return {
    os,
    version: input.version,
    host,
    offer,
    domain: domainOf(host, offer, virt),
    driver: drivers[virt] ?? 'other',
    virt,
    osType: offer.osType,
    arch: offer.arch,
    machine: null,
    uefi: false,
    graphics: [],
    drivers: driversFor(offer.arch),
  };
}

/** By the accelerator one knows the connection. */
const drivers: Readonly<Record<string, Driver>> = {
  kvm: 'qemu',
  qemu: 'qemu',
  hvf: 'qemu',
  xen: 'xen',
  bhyve: 'bhyve',
  test: 'test',
};

/** Where only domain capabilities are at hand, the host is the guest's like, with the machines that QEMU always has. */
function completed(host: HostFacts): HostFacts {
  const [first] = host.guests;
  const guests = host.guests.map((guest) =>
    guest.machines.length > 0 || !guest.domainTypes.some((type) => drivers[type] === 'qemu')
      ? guest
      : { ...guest, machines: usualHost(guest.arch).guests[0]!.machines },
  );
  return { ...host, ...(host.arch === undefined && first !== undefined ? { arch: first.arch } : {}), guests };
}

/** The first guest of the wanted kind, for the host's own architecture where none was asked for. */
function offerOf({ name, arch: hostArch, guests }: HostFacts, { arch, osType }: CompatInput): HostGuest {
  for (const wanted of arch === undefined ? [hostArch, undefined] : [arch]) {
    const found = guests.find(
      (guest) => (osType === undefined || guest.osType === osType) && (wanted === undefined || guest.arch === wanted),
    );
    if (found !== undefined) return found;
  }
  const kinds = [...new Set(guests.map((guest) => `${guest.arch} (${guest.osType})`))];
  const wanted = [osType, arch].filter((one) => one !== undefined).join(' for ') || 'any';
  throw new InputError(
    'compat-guest',
    `${name} runs no guest of the kind ${wanted}; it has ${kinds.join(', ') || 'none'}`,
  );
}

/** The accelerator: what was asked for, else the best, else the last that the host names. */
function virtOf({ name }: HostFacts, { arch, domainTypes }: HostGuest, asked: string | undefined): string {
  const best = asked === undefined ? ['kvm', 'xen', 'hvf', 'qemu'] : [asked];
  const found = best.find((virt) => domainTypes.includes(virt));
  const virt = found ?? (asked === undefined ? domainTypes.at(-1) : undefined);
  if (virt !== undefined) return virt;
  throw new InputError(
    'compat-virt',
    `${name} has no ${asked ?? 'accelerator'} for ${arch}; it has ${domainTypes.join(', ') || 'none'}`,
  );
}

/** Domain capabilities of the guest: those for its accelerator, else what there are for its architecture. */
function domainOf({ domains }: HostFacts, { arch }: HostGuest, virt: string): HostDomain | undefined {
  const fitting = domains.filter((domain) => domain.arch === arch);
  return fitting.find((domain) => domain.virt === virt) ?? fitting[0];
}
