// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../errors.js';
import type { Os, Platform } from '../../model/types.js';
import { idsOf, type ModelKey, models } from '../devices.js';
import { machineFamily } from '../host/machine-names.js';
import type { Recommendation } from '../types.js';
import type { CompatAnswer } from './types.js';

/**
 * virt-install's answer as a recommendation. Where it says nothing and leaves a matter to libvirt, what libvirt does is
 * said; where there is no word for what it says, the nearest, with a warning.
 * @param drive the bus of a CD-ROM drive, whether or not the answer has one
 * @throws InputError for a disk on an SD card, which no format but libvirt's knows
 */
export function toRecommendation(
  answer: CompatAnswer,
  drive: string,
  { os, platform }: { readonly os: Os; readonly platform: Platform },
): Recommendation {
  const warnings: string[] = [...answer.warnings];
  const family = machineFamily(answer.machine ?? 'none');
  const pcie = answer.pcie_root_ports > 0;
  const device = (key: ModelKey): string => idsOf(models[key], pcie)[0]!;
  if (answer.firmware === 'efi' && answer.secure_boot === null)
    warnings.push(
      'virt-install leaves Secure Boot to libvirt, which takes the first firmware that fits: on Debian and Fedora one that enforces it; here it is off',
    );
  const discard = answer.disk_driver.discard === 'unmap';
  return {
    format: 'guestwright/recommendation/1',
    os: named(os),
    platform: named(platform),
    arch: answer.arch,
    virt: answer.virt_type === 'kvm' ? 'kvm' : 'qemu',
    machine: {
      family,
      ...(answer.machine === null || answer.machine === family ? {} : { version: answer.machine }),
      pcie,
    },
    firmware: firmwareOf(answer),
    cpu: {
      mode: modes.find((mode) => mode === answer.cpu_mode) ?? 'default',
      ...(answer.cpu_model === null ? {} : { model: answer.cpu_model }),
      count: answer.vcpus,
      // libvirt makes a socket of each processor where no topology is said.
      topology: { sockets: answer.vcpus, cores: 1, threads: 1 },
    },
    memoryBytes: answer.memory_kib * 1024,
    memory: {},
    storageBytes: answer.disk_gb * 1024 ** 3,
    disk: {
      bus: diskBusOf(answer),
      discard,
      detectZeroes: false,
      cache: 'default',
      iothread: false,
      device: device(diskModels[answer.disk_bus] ?? 'ide'),
    },
    cdrom: { bus: driveOf(drive, warnings) },
    nic: cardOf(answer, device, warnings),
    video: { model: answer.video ?? 'none' },
    graphics: { type: answer.graphics.includes('spice') ? 'spice' : answer.graphics.length > 0 ? 'vnc' : 'none' },
    ...(answer.sound === null ? {} : { sound: { model: answer.sound } }),
    inputs: answer.input.flatMap((one) => inputs[one] ?? []),
    ...(answer.usb[0] === undefined ? {} : { usb: { model: answer.usb[0] } }),
    rng: answer.rng !== null,
    balloon: answer.balloon !== null,
    freePageReporting: false,
    vsock: false,
    ...(answer.tpm === null ? {} : { tpm: { model: answer.tpm.model ?? tpmOf(answer), version: '2.0' } }),
    serialConsole: answer.console.length > 0,
    // SPICE's own channel comes with SPICE.
    channels: answer.channels.filter((name) => !name.startsWith('com.redhat.spice')),
    clock: {
      offset: answer.clock === 'localtime' ? 'localtime' : 'utc',
      timers: Object.entries(answer.timers).map(([name, said]) =>
        said.startsWith('present=') ? { name, present: said === 'present=yes' } : { name, tickPolicy: said },
      ),
    },
    boot: ['disk', 'cdrom'],
    notes: [],
    hyperv: answer.hyperv,
    why: answer.why,
    warnings,
  };
}

const modes = ['host-passthrough', 'host-model', 'maximum', 'custom'] as const;

function named(one: Os | Platform): Recommendation['os'] {
  const told = {
    shortId: one.shortId,
    name: one.name,
    version: one.version,
    ...('family' in one ? { family: one.family, distro: one.distro, releaseDate: one.releaseDate } : {}),
  };
  const kept = Object.entries(told).filter(([, value]) => value !== undefined);
  return { id: one.id, ...(Object.fromEntries(kept) as Record<string, string>) };
}

function firmwareOf({ firmware, arch, secure_boot }: CompatAnswer): Recommendation['firmware'] {
  const secureBoot = secure_boot === 'yes';
  const pc = arch === 'x86_64' || arch === 'i686';
  const type = firmware === 'efi' ? 'uefi' : pc ? 'bios' : 'none';
  return { type, secureBoot, enrolledKeys: secureBoot, smm: secureBoot && pc };
}

const diskModels: Readonly<Record<string, ModelKey>> = { virtio: 'virtioBlock', sata: 'ahci', ide: 'ide' };

const neutralBuses = ['virtio', 'sata', 'ide', 'xen', 'usb'] as const;

function diskBusOf({ disk_bus, machine }: CompatAnswer): Recommendation['disk']['bus'] {
  const bus = neutralBuses.find((one) => one === disk_bus);
  if (bus !== undefined) return bus;
  throw new InputError(
    'compat-disk',
    `the disk of ${machine} is on ${disk_bus}, which only --format libvirt and --json can say; take one of them, or another machine`,
  );
}

const driveBuses = ['sata', 'ide', 'scsi'] as const;

function driveOf(drive: string, warnings: string[]): Recommendation['cdrom']['bus'] {
  const bus = driveBuses.find((one) => one === drive);
  if (bus !== undefined) return bus;
  warnings.push(`virt-install puts a CD-ROM drive on ${drive}; here it is on scsi`);
  return 'scsi';
}

const cards: Readonly<Record<string, ModelKey>> = {
  virtio: 'virtioNet',
  e1000e: 'e1000e',
  e1000: 'e1000',
  rtl8139: 'rtl8139',
  ne2k_pci: 'ne2k',
  pcnet: 'pcnet',
};

function cardOf(
  { nic_model, disk_bus, machine }: CompatAnswer,
  device: (key: ModelKey) => string,
  warnings: string[],
): Recommendation['nic'] {
  if (nic_model !== null) return { model: nic_model, device: device(cards[nic_model] ?? 'virtioNet') };
  if (disk_bus === 'xen') return { model: 'netfront', device: 'http://xen.org/xen/vif' };
  warnings.push(`virt-install leaves the network card of ${machine} to libvirt, which takes virtio`);
  return { model: 'virtio', device: device('virtioNet') };
}

const inputs: Readonly<Record<string, Recommendation['inputs'][number]>> = {
  'tablet/usb': { type: 'tablet', bus: 'usb' },
  'keyboard/usb': { type: 'keyboard', bus: 'usb' },
  'tablet/virtio': { type: 'tablet', bus: 'virtio' },
  'keyboard/virtio': { type: 'keyboard', bus: 'virtio' },
};

/** libvirt's choice where no model is said. */
const tpmOf = ({ arch }: CompatAnswer): string => (arch.startsWith('ppc64') ? 'tpm-spapr' : 'tpm-tis');
