// SPDX-License-Identifier: Apache-2.0
import type { HostDomain, HostFacts, HostGuest, HostMachine } from '../host/types.js';

/**
 * The host that is meant where none is given: a server with KVM of these years, QEMU built with all that it has, an
 * Intel processor where there is a choice. Machines are by their names without a version.
 */
export function usualHost(arch: string): HostFacts {
  const guest: HostGuest = {
    arch,
    osType: 'hvm',
    domainTypes: ['qemu', 'kvm'],
    machines: (machines[arch] ?? ['virt']).map((name): HostMachine => ({ name })),
    features: usualFeatures(arch),
  };
  return {
    name: `a usual server with KVM on ${arch}`,
    arch,
    ...(isPc(arch) ? { cpu: { vendor: 'Intel' } } : {}),
    guests: [guest],
    domains: [domainFor(arch)],
  };
}

const isPc = (arch: string): boolean => arch === 'x86_64' || arch === 'i686';

const machines: Readonly<Record<string, readonly string[]>> = {
  x86_64: ['pc', 'q35'],
  i686: ['pc', 'q35'],
  ppc64: ['pseries'],
  ppc64le: ['pseries'],
  s390x: ['s390-ccw-virtio'],
};

/** What libvirt tells of guests of an architecture. */
export const usualFeatures = (arch: string): readonly string[] => features[arch] ?? [];

const features: Readonly<Record<string, readonly string[]>> = {
  x86_64: ['acpi', 'apic'],
  i686: ['pae', 'nonpae', 'acpi', 'apic'],
  aarch64: ['acpi'],
  loongarch64: ['acpi'],
  riscv64: ['acpi'],
};

function domainFor(arch: string): HostDomain {
  const pc = isPc(arch);
  const uefi = pc || ['aarch64', 'armv7l', 'riscv64', 'loongarch64'].includes(arch);
  return {
    arch,
    virt: 'kvm',
    ...(uefi ? { firmware: ['efi'], picksFirmware: true } : {}),
    cpu: {
      modes: { 'host-passthrough': true, maximum: true, 'host-model': arch !== 'riscv64', custom: true },
      passthroughMigratable: pc || arch === 'aarch64' ? ['on', 'off'] : ['off'],
      models: [],
    },
    // Builds for mainframes and POWER are without SPICE.
    graphics: arch === 's390x' || arch.startsWith('ppc64') ? ['vnc'] : ['vnc', 'spice'],
    video: pc
      ? ['vga', 'cirrus', 'vmvga', 'qxl', 'virtio', 'none', 'bochs', 'ramfb']
      : ['vga', 'virtio', 'none', 'bochs', 'ramfb'],
    channels: ['pty', 'unix', 'spicevmc'],
    redirections: ['usb'],
    ...(uefi
      ? {
          tpm: {
            models: pc ? ['tpm-tis', 'tpm-crb'] : ['tpm-tis'],
            backends: ['passthrough', 'emulator'],
            versions: ['2.0'],
          },
        }
      : {}),
    ...(pc ? { hyperv } : {}),
  };
}

const hyperv = [
  ...['relaxed', 'vapic', 'spinlocks', 'vpindex', 'runtime', 'synic', 'stimer', 'reset', 'vendor_id', 'frequencies'],
  ...['reenlightenment', 'tlbflush', 'ipi', 'evmcs', 'avic'],
];
