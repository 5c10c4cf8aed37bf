// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { isTransitional } from './guests/kubevirt.js';
import type { FormatDisk } from './types.js';
import { mebibytes, type Words, wordOf, wordOrWarning } from './words.js';
import type { YamlValue } from './yaml.js';

const whose = 'KubeVirt';

export const diskBuses: Words = { virtio: 'virtio', scsi: 'scsi', sata: 'sata', usb: 'usb' };
export const cdromBuses: Words = { sata: 'sata', scsi: 'scsi' };
export const cards: Words = {
  virtio: 'virtio',
  e1000: 'e1000',
  e1000e: 'e1000e',
  igb: 'igb',
  rtl8139: 'rtl8139',
  pcnet: 'pcnet',
  ne2k_pci: 'ne2k_pci',
};
export const videos: Words = { virtio: 'virtio', vga: 'vga', bochs: 'bochs', cirrus: 'cirrus', ramfb: 'ramfb' };
export const sounds: Words = { ich9: 'ich9', ac97: 'ac97' };

const on = { enabled: true };

/** Names of KubeVirt's that are not libvirt's. */
const enlightenments: Readonly<Record<string, readonly [name: string, value: YamlValue]>> = {
  relaxed: ['relaxed', {}],
  vapic: ['vapic', {}],
  vpindex: ['vpindex', {}],
  runtime: ['runtime', {}],
  synic: ['synic', {}],
  reset: ['reset', {}],
  frequencies: ['frequencies', {}],
  reenlightenment: ['reenlightenment', {}],
  tlbflush: ['tlbflush', {}],
  ipi: ['ipi', {}],
  evmcs: ['evmcs', {}],
  spinlocks: ['spinlocks', { spinlocks: 8191 }],
  stimer: ['synictimer', { direct: {} }],
  vendor_id: ['vendorid', { vendorid: 'KVM Hv' }],
};

/** Hyper-V enlightenments as features of KubeVirt's; those that it has no word for are told. */
export function hypervOf({ hyperv }: Recommendation, warnings: string[]): YamlValue | undefined {
  if (hyperv.length === 0) return undefined;
  const pairs: [string, YamlValue][] = [];
  for (const name of hyperv) {
    const known = enlightenments[name];
    if (known) pairs.push([...known]);
    else warnings.push(`${whose} has no Hyper-V enlightenment ${name}: it is left out`);
  }
  return Object.fromEntries(pairs);
}

const timerNames: Words = { rtc: 'rtc', pit: 'pit', hpet: 'hpet', kvmclock: 'kvm', hypervclock: 'hyperv' };

/** Timers that can be said; each with whether it is there and what becomes of its missed ticks. */
export function timersOf({ clock }: Recommendation, warnings: string[]): YamlValue | undefined {
  const pairs: [string, YamlValue][] = [];
  for (const { name, present, tickPolicy } of clock.timers) {
    const word = wordOrWarning(timerNames, name, 'timer', whose, warnings);
    if (word !== undefined) pairs.push([word, { present, tickPolicy }]);
  }
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

/** The clock's offset: local time is that of a named zone here, which is the cluster's business. */
export function clockOffset({ clock }: Recommendation, warnings: string[]): { readonly utc: YamlValue } {
  if (clock.offset === 'localtime') {
    warnings.push(`${whose} needs the name of a time zone for a clock of local time: put clock.timezone for clock.utc`);
  }
  return { utc: {} };
}

/** The bus of the disk in KubeVirt's words. @throws InputError for a bus or SCSI controller that it does not have */
export function diskBus({ disk }: Recommendation): string {
  if (disk.bus === 'scsi' && (disk.controller ?? 'virtio-scsi') !== 'virtio-scsi') {
    throw new InputError(
      'format-word',
      `${whose} has no SCSI controller ${disk.controller}; it has virtio-scsi: choose another bus`,
    );
  }
  return wordOf(diskBuses, disk.bus, 'disk bus', whose);
}

/** `spec.template.spec.domain` of a VirtualMachine. */
export function domainOf(
  rec: Recommendation,
  with_: { readonly disks: readonly FormatDisk[]; readonly cdrom: boolean; readonly nics: number },
  warnings: string[],
): YamlValue {
  const { firmware, cpu, memory, machine } = rec;
  const hyperv = hypervOf(rec, warnings);
  const timers = timersOf(rec, warnings);
  const pc = rec.arch === 'x86_64';
  return {
    machine: { type: machine.family },
    cpu: { ...cpu.topology, ...cpuModel(rec) },
    memory: {
      guest: `${mebibytes(rec.memoryBytes)}Mi`,
      maxGuest: memory.maximumBytes === undefined ? undefined : `${mebibytes(memory.maximumBytes)}Mi`,
      hugepages: memory.hugepages === undefined ? undefined : { pageSize: `${memory.hugepages}i` },
    },
    firmware: firmware.type === 'none' ? undefined : { bootloader: bootloader(rec) },
    features: pc || hyperv ? { ...(pc ? { acpi: {} } : {}), ...(firmware.smm ? { smm: on } : {}), hyperv } : undefined,
    clock: { ...clockOffset(rec, warnings), timer: timers },
    ...(rec.disk.iothread ? { ioThreadsPolicy: 'auto' } : {}),
    devices: devices(rec, with_, warnings),
  };
}

function cpuModel({ cpu }: Recommendation): { readonly model?: string } {
  if (cpu.mode === 'host-passthrough' || cpu.mode === 'host-model') return { model: cpu.mode };
  if (cpu.mode === 'custom' && cpu.model !== undefined) return { model: cpu.model };
  // Emulated or left alone: the cluster's own choice.
  return {};
}

function bootloader({ firmware }: Recommendation): YamlValue {
  if (firmware.type === 'bios') return { bios: {} };
  // Without persistence what the installer writes of its boot loader is forgotten at the next start.
  return { efi: { secureBoot: firmware.secureBoot, persistent: true } };
}

function devices(
  rec: Recommendation,
  { disks, cdrom, nics }: { readonly disks: readonly FormatDisk[]; readonly cdrom: boolean; readonly nics: number },
  warnings: string[],
): YamlValue {
  const order = (what: Recommendation['boot'][number], index = 0): number | undefined => {
    const place = rec.boot.indexOf(what);
    return place < 0 || index > 0 ? undefined : place + 1;
  };
  const given: readonly (FormatDisk | undefined)[] = disks.length === 0 ? [undefined] : disks;
  const tablets = rec.inputs.filter(({ bus }) => bus !== 'ps2');
  for (const { type } of tablets) {
    if (type !== 'tablet') warnings.push(`${whose} has no ${type}: a tablet is all that it adds`);
  }
  return {
    disks: [
      ...given.map((disk, index) => ({
        name: `disk${index}`,
        disk: { bus: diskBus(rec), readonly: disk?.readonly ? true : undefined },
        ...diskTuning(rec, warnings),
        bootOrder: order('disk', index),
      })),
      ...(cdrom
        ? [
            {
              name: 'cdrom0',
              cdrom: { bus: wordOf(cdromBuses, rec.cdrom.bus, 'CD-ROM bus', whose) },
              bootOrder: order('cdrom'),
            },
          ]
        : []),
    ],
    interfaces: Array.from({ length: nics }, (_, index) => ({
      name: `net${index}`,
      ...(index === 0 ? { masquerade: {} } : { bridge: {} }),
      model: wordOf(cards, rec.nic.model, 'network card', whose),
      bootOrder: order('network', index),
    })),
    ...deviceFlags(rec, warnings),
    inputs: tablets.some(({ type }) => type === 'tablet')
      ? tablets.filter(({ type }) => type === 'tablet').map(({ bus }) => ({ name: 'tablet', type: 'tablet', bus }))
      : undefined,
    rng: rec.rng ? {} : undefined,
    tpm: rec.tpm ? { persistent: true } : undefined,
    sound: sound(rec, warnings),
    video: rec.graphics.type === 'none' ? undefined : video(rec, warnings),
    watchdog: watchdog(rec, warnings),
    panicDevices: rec.panic ? [{ model: rec.panic.model }] : undefined,
  };
}

function diskTuning({ disk }: Recommendation, warnings: string[]): Record<string, YamlValue | undefined> {
  if (disk.io === 'io_uring') warnings.push(`${whose} has no io_uring: it chooses how to read and write`);
  return {
    cache: disk.cache === 'default' ? undefined : disk.cache,
    io: disk.io === 'io_uring' ? undefined : disk.io,
    dedicatedIOThread: disk.iothread ? true : undefined,
  };
}

function deviceFlags(rec: Recommendation, warnings: string[]): Record<string, YamlValue | undefined> {
  if (rec.graphics.type === 'spice') warnings.push(`${whose} has no SPICE: the screen is seen over VNC`);
  if (rec.tpm && rec.tpm.version !== '2.0') warnings.push(`${whose} has TPM 2.0 only`);
  return {
    autoattachGraphicsDevice: rec.graphics.type !== 'none',
    autoattachSerialConsole: rec.serialConsole,
    autoattachMemBalloon: rec.balloon,
    autoattachVSOCK: rec.vsock ? true : undefined,
    blockMultiQueue: (rec.disk.queues ?? 1) > 1 ? true : undefined,
    networkInterfaceMultiqueue: (rec.nic.queues ?? 1) > 1 ? true : undefined,
    useVirtioTransitional: isTransitional(rec) ? true : undefined,
  };
}

function sound({ sound: card }: Recommendation, warnings: string[]): YamlValue | undefined {
  const model = card && wordOrWarning(sounds, card.model, 'sound card', whose, warnings);
  return model === undefined ? undefined : { name: 'sound', model };
}

function video({ video: { model } }: Recommendation, warnings: string[]): YamlValue | undefined {
  if (model === 'none') return undefined;
  const type = wordOrWarning(videos, model, 'video', whose, warnings);
  return type === undefined ? undefined : { type };
}

function watchdog({ watchdog: dog }: Recommendation, warnings: string[]): YamlValue | undefined {
  if (!dog) return undefined;
  const model = wordOrWarning({ i6300esb: 'i6300esb', diag288: 'diag288' }, dog.model, 'watchdog', whose, warnings);
  const action = wordOrWarning(
    { reset: 'reset', poweroff: 'poweroff', shutdown: 'shutdown' },
    dog.action,
    'action of a watchdog',
    whose,
    warnings,
  );
  return model === undefined || action === undefined ? undefined : { name: 'watchdog', [model]: { action } };
}

/** What machines and preferences both say for nearly everything. */
export const saidMostly = {
  'disk.bus': 'virtio, scsi (virtio-scsi), sata, usb',
  'cpu.baseline': 'a warning from x86-64-v2 on',
  'disk.discard': 'always on, where the volume can',
  'disk.io': 'native and threads',
  'disk.queues': 'whether there are several: one for each processor',
  'cdrom.bus': 'sata, scsi',
  'nic.queues': 'whether there are several: one for each processor',
  'video.model': 'virtio, vga, bochs, cirrus, ramfb',
  'graphics.type': 'VNC',
  sound: 'ich9, ac97',
  inputs: 'tablets; a PC has its mouse and keyboard anyway',
  usb: 'xHCI, where an input device needs one',
  tpm: 'the model is tpm-crb on PCs, tpm-tis elsewhere; version 2.0',
  'clock.offset': 'UTC; local time by the name of a zone',
  hyperv: 'all but crash, avic, xmm_input, emsr_bitmap',
} as const;
