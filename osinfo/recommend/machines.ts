// SPDX-License-Identifier: Apache-2.0
import type { Fact } from '../model/types.js';
import { models } from './devices.js';
import { factsFor, type Knowledge } from './knowledge.js';

/** A machine type that a platform offers for an architecture. */
export interface MachineOffer {
  readonly family: string;
  readonly version?: string;
  /** What its devices stand on: `pci`, `pcie`, `ccw`, `mmio`, `vmbus`, `xenbus`; absent where it is assumed. */
  readonly bus?: string;
  /** Whether devices stand behind PCI Express root ports. */
  readonly pcie: boolean;
  /** Whether virtio devices show only their modern ids in it. */
  readonly modernVirtio: boolean;
  /** `bios`, `uefi`, or what the architecture has instead. */
  readonly firmware: readonly string[];
  readonly maxCpus?: number;
  /** Whether the platform takes it when nothing is said. */
  readonly usual: boolean;
  /** What says so; absent for what is assumed of a platform that names no machine. */
  readonly fact?: Fact;
}

/** What a platform without machine facts can be taken to have: the public database names none. */
const assumed: Readonly<Record<string, MachineOffer>> = {
  x86: { family: 'pc', pcie: false, modernVirtio: false, firmware: ['bios'], usual: true },
  arm: { family: 'virt', pcie: true, modernVirtio: true, firmware: ['uefi'], usual: true },
  ppc: { family: 'pseries', pcie: false, modernVirtio: false, firmware: ['openfirmware'], usual: true },
  s390: { family: 's390-ccw-virtio', pcie: false, modernVirtio: true, firmware: ['none'], usual: true },
};

const assumedFor: Readonly<Record<string, string>> = {
  x86_64: 'x86',
  i686: 'x86',
  aarch64: 'arm',
  armv7l: 'arm',
  riscv64: 'arm',
  loongarch64: 'arm',
  ppc64le: 'ppc',
  ppc64: 'ppc',
  s390x: 's390',
};

// What an entity says never changes, and each recommendation asks for it.
const worked = new WeakMap<Knowledge, Map<string, readonly MachineOffer[]>>();

/** The machines of a platform for an architecture, each family once, in the order of the entry; empty where it has none. */
export function machineOffers(platform: Knowledge, arch: string): readonly MachineOffer[] {
  const known = worked.get(platform) ?? new Map<string, readonly MachineOffer[]>();
  worked.set(platform, known);
  const before = known.get(arch);
  if (before) return before;
  const offers = findOffers(platform, arch);
  known.set(arch, offers);
  return offers;
}

function findOffers(platform: Knowledge, arch: string): readonly MachineOffer[] {
  if (!platform.facts.has('machine')) {
    const key = assumedFor[arch];
    const base = assumed[key ?? ''];
    if (!base) return [];
    const pcie = key === 'x86' && platform.devices.has(models.q35.ids[0] ?? '');
    return pcie
      ? [
          { ...base, family: 'q35', pcie: true, modernVirtio: true },
          { ...base, usual: false },
        ]
      : [base];
  }
  const offers = new Map<string, MachineOffer>();
  for (const fact of factsFor(platform, 'machine', arch)) {
    const { family, version, bus, pcie, virtio, firmware } = fact.attributes;
    // A platform inherits its forerunner's machines; its own, newer ones come first.
    if (family === undefined || offers.has(family)) continue;
    const maxCpus = Number(fact.attributes['max-cpus'] ?? Number.NaN);
    offers.set(family, {
      family,
      ...(version === undefined ? {} : { version }),
      ...(bus === undefined ? {} : { bus }),
      pcie: pcie === 'true',
      modernVirtio: virtio === 'modern',
      firmware: (firmware ?? '').split(' ').filter((word) => word !== ''),
      ...(Number.isInteger(maxCpus) ? { maxCpus } : {}),
      usual: fact.attributes.default === 'true',
      fact,
    });
  }
  return [...offers.values()];
}
