// SPDX-License-Identifier: Apache-2.0
import type { HostDomain, HostMachine } from '../host/types.js';
import { needsUefi } from './asked.js';
import { type Guest, isArmVirt, isLoongarch, isQ35, isRiscvVirt, isX86 } from './guest.js';
import { osHas, type Ruled, ruled } from './ruled.js';

/** The machine that virt-install prefers over the host's first, of those architectures where there is no doubt. */
const preferred: Readonly<Record<string, readonly string[]>> = {
  ppc64: ['pseries'],
  ppc64le: ['pseries'],
  armv7l: ['virt', 'vexpress-a15'],
  aarch64: ['virt', 'vexpress-a15'],
  s390x: ['s390-ccw-virtio'],
  riscv64: ['virt'],
  riscv32: ['virt'],
};

/** Names in the order in which the host tells them, each alias followed by what it stands for. */
export function machineNames(machines: readonly HostMachine[]): readonly string[] {
  const names: string[] = [];
  for (const { name, canonical } of machines) {
    names.push(name);
    if (canonical !== undefined && !names.includes(canonical)) names.push(canonical);
  }
  return names;
}

/** The machine type: a sure one, else q35 where the OS has it and its virtio works there, else the host's first. */
export function machine(guest: Guest): Ruled<string | null> {
  const names = machineNames(guest.offer.machinesOf?.[guest.virt] ?? guest.offer.machines);
  if (guest.driver === 'qemu' || guest.driver === 'test') {
    const sure = preferred[guest.arch]?.find((name) => names.includes(name));
    if (sure !== undefined) return ruled('machine.arch', sure, `the machine of ${guest.arch}`);
  }
  if (isX86(guest) && guest.driver === 'qemu' && names.includes('q35')) {
    const q35 = osHas(guest, 'q35');
    // Behind PCI Express ports virtio shows its new ids alone, and a driver of the old kind does not bind.
    const oldVirtio = osHas(guest, 'virtio-net', false).yes && !osHas(guest, 'virtio 1.0', false).yes;
    if (q35.yes && !oldVirtio)
      return ruled('machine.q35', 'q35', 'the OS has q35, and no virtio of the old kind', q35.facts);
    const first = names[0] ?? null;
    const facts = oldVirtio ? [{ text: 'of virtio the entry lists the old kind alone' }] : q35.facts;
    return ruled('machine.first', first, "the host's first, as q35 is not known to work", facts);
  }
  return ruled('machine.first', names[0] ?? null, "the host's first");
}

/** What of UEFI is said: for version 5 by `firmware='efi'`, for a host of old by the path of a loader. */
export interface FirmwareAnswer {
  readonly type: 'bios' | 'efi';
  readonly loader: string | null;
  readonly secure: boolean;
}

const bios: FirmwareAnswer = { type: 'bios', loader: null, secure: false };

/** The firmware. `warn` hears what virt-install says when it wanted UEFI and has none. */
export function firmware(
  guest: Guest,
  asked: boolean | undefined,
  warn: (text: string) => void,
): Ruled<FirmwareAnswer> {
  if (asked === false) return ruled('firmware.asked', bios, 'UEFI was switched off');
  const { loader: own } = guest.offer;
  if (asked !== true && own !== undefined)
    return ruled('firmware.own', { type: 'bios', loader: own, secure: false }, 'what starts every guest of this host');
  if (asked !== true) {
    const [prefers, reason] = prefersUefi(guest);
    if (!prefers) return ruled('firmware.bios', bios, reason);
    const answer = uefiOf(guest);
    if (answer !== undefined) return ruled('firmware.uefi', answer, reason);
    warn('the machine should start from UEFI, and the host has none: it may not start');
    return ruled('firmware.missing', bios, 'the host has no UEFI');
  }
  const answer = uefiOf(guest);
  if (answer !== undefined) return ruled('firmware.asked', answer, 'UEFI was asked for');
  warn('UEFI was asked for, and the host has none');
  return ruled('firmware.missing', bios, 'the host has no UEFI');
}

function prefersUefi(guest: Guest): readonly [boolean, string] {
  if (isX86(guest) && (guest.driver === 'qemu' || guest.driver === 'test')) {
    return needsUefi(guest.os, guest.arch)
      ? [true, 'the OS starts from UEFI alone']
      : [false, 'on a PC it takes BIOS until an OS has given it up: faster, and snapshots inside the image work'];
  }
  const newer = guest.version === '5' && (isRiscvVirt(guest) || isLoongarch(guest));
  if (isArmVirt(guest) || newer) return [true, `${guest.machine} starts from UEFI`];
  if (guest.driver === 'bhyve') return [true, 'bhyve starts from UEFI'];
  return [false, `${guest.machine ?? guest.arch} has a firmware of its own`];
}

function uefiOf(guest: Guest): FirmwareAnswer | undefined {
  const chosen = guest.domain?.picksFirmware && guest.domain.firmware?.includes('efi');
  if (chosen) return { type: 'efi', loader: null, secure: false };
  const loader = guest.domain && loaderOf(guest, guest.domain);
  if (loader === undefined) return undefined;
  const secure = isX86(guest) && loader.includes('secboot');
  return { type: 'efi', loader, secure };
}

/** What a loader's path holds that is for an architecture, the surest first. */
const loaderNames: Readonly<Record<string, readonly (readonly string[])[]>> = {
  i686: [['edk2-i386-', '.fd'], ['ovmf-ia32']],
  x86_64: [['edk2-x86_64-', '.fd'], ['OVMF_CODE.fd'], ['ovmf-x64/OVMF', '.fd'], ['ovmf-x86_64-'], ['ovmf'], ['OVMF']],
  aarch64: [['AAVMF_CODE.fd'], ['aarch64/QEMU_EFI'], ['aarch64'], ['edk2-aarch64-code.fd']],
  armv7l: [['AAVMF32_CODE.fd'], ['arm/QEMU_EFI'], ['edk2-arm-code.fd']],
};
const newerLoaderNames: typeof loaderNames = {
  riscv64: [['RISCV_VIRT_CODE.'], ['riscv64']],
  loongarch64: [['loongarch64/QEMU_CODE.'], ['loongarch64']],
};

function loaderOf(guest: Guest, { loaders = [] }: HostDomain): string | undefined {
  if (guest.driver === 'bhyve') return loaders.find((path) => path.includes('BHYVE_UEFI.fd')) ?? loaders[0];
  const names = loaderNames[guest.arch] ?? (guest.version === '5' ? newerLoaderNames[guest.arch] : undefined) ?? [];
  for (const parts of names) {
    const path = loaders.find((one) => holdsInOrder(one, parts));
    if (path !== undefined) return path;
  }
  return undefined;
}

function holdsInOrder(text: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return true;
}

/** A loader that enforces Secure Boot needs q35, whatever was decided before. */
export function machineForLoader(guest: Guest, { secure }: FirmwareAnswer): string | null {
  return secure && !isQ35(guest) ? 'q35' : guest.machine;
}
