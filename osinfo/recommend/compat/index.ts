// SPDX-License-Identifier: Apache-2.0
import type { Platform } from '../../model/types.js';
import type { Decision, Recommendation } from '../types.js';
import { askedOf, preInstallableDevices } from './asked.js';
import { card, cardSource, cdromBus, diskBus, diskDriver, firstTarget } from './buses.js';
import type { Guest } from './guest.js';
import { startGuest } from './host.js';
import { firmware, machine, machineForLoader } from './machine.js';
import { clock, features, hyperv, processor, sleep, timers } from './processor.js';
import { toRecommendation } from './recommendation.js';
import type { Ruled } from './ruled.js';
import { graphics, inputs, sound, video } from './screen.js';
import { cpus, disk, memory } from './sizes.js';
import { balloon, channels, redirections, rng, rootPorts, scsiControllers, tpm, usb } from './small.js';
import type { CompatAnswer, CompatInput } from './types.js';

export { formatCompatLibvirt } from './libvirt.js';
export type { CompatAnswer, CompatInput, CompatVersion } from './types.js';

/**
 * The machine that virt-install would make for an OS on a host, decision by decision, by the same rules in the same
 * order, its mistakes too: for a shop that moves over without a change. Synchronous and pure. Where virt-install stops
 * for want of a fact, this goes on with 2 GiB or 20 GiB and says so in a warning.
 * @throws InputError for a host that has no such guest
 */
export function recommendCompat(input: CompatInput): CompatAnswer {
  const why: Decision[] = [];
  const warnings: string[] = [];
  const take = <V>(decision: string, { value, rule, reason, facts }: Ruled<V>, unit = ''): V => {
    why.push({ decision, value: show(value) + unit, rule, reason, facts, lost: [] });
    return value;
  };

  const guest: Guest = startGuest(input, askedOf(input.os), preInstalled(input));
  const ram = memory(guest, input.memoryBytes);
  const count = cpus(guest, input.cpus);
  const size = disk(guest, input.storageBytes);
  for (const { refusal } of [ram, size]) if (refusal !== undefined) warnings.push(refusal);

  guest.machine = take('machine', machine(guest));
  const starts = take(
    'firmware.type',
    firmware(guest, input.uefi, (text) => warnings.push(text)),
  );
  guest.uefi = starts.type === 'efi';
  guest.machine = machineForLoader(guest, starts);
  take('memoryBytes', { ...ram, value: ram.value / 1024 }, ' MiB');
  take('cpu.count', count);
  take('storageBytes', size, ' GiB');
  guest.graphics = take('graphics', graphics(guest));
  const bus = take('disk', diskBus(guest));
  const drive = input.cdrom ? take('cdrom', cdromBus(guest)) : null;
  const named = features(guest, starts.secure);
  const cpu = take('cpu.mode', processor(guest));

  return {
    format: 'guestwright/virt-install/1',
    tool: input.version,
    shortid: input.os.shortId ?? null,
    osinfo_id: input.os.id,
    family: input.os.family ?? null,
    distro: input.os.distro ?? '',
    virt_type: guest.virt,
    os_type: guest.osType,
    arch: guest.arch,
    machine: guest.machine,
    memory_kib: ram.value,
    memory_from_db: ram.fromDb,
    vcpus: count.value,
    vcpus_from_db: count.fromDb,
    disk_gb: size.value,
    disk_from_db: size.fromDb,
    firmware: starts.type,
    loader: starts.loader,
    secure_boot: starts.secure ? 'yes' : null,
    disk_bus: bus,
    disk_dev: firstTarget(bus),
    disk_driver: diskDriver(guest),
    cdrom_bus: drive,
    nic_type: cardSource(guest),
    nic_model: take('nic', card(guest)),
    video: take('video', video(guest)),
    graphics: guest.graphics,
    input: take('inputs', inputs(guest)),
    sound: take('sound', sound(guest)),
    rng: take('rng', rng(guest)),
    balloon: take('balloon', balloon(guest)),
    tpm: take('tpm', tpm(guest)),
    watchdog: null,
    panic: null,
    iommu: null,
    usb: take('usb', usb(guest)),
    scsi: scsiControllers(guest, drive),
    pcie_root_ports: rootPorts(guest),
    redirdev: redirections(guest),
    channels: take('channels', channels(guest)),
    console: [guest.driver === 'bhyve' ? 'nmdm' : 'pty'],
    clock: take('clock.offset', clock(guest)),
    timers: take('clock.timers', timers(guest)),
    hyperv: take('hyperv', hyperv(guest, named)),
    features: named,
    cpu_mode: cpu.mode,
    cpu_model: cpu.model,
    pm: sleep(guest),
    on: {},
    boot: input.version === '4.1' ? ['hd'] : [],
    why,
    warnings,
  };
}

function preInstalled({ preInstalledDrivers, os }: CompatInput): (arch: string) => ReadonlySet<string> {
  const wanted = preInstalledDrivers && askedOf(os).windows;
  return (arch) => (wanted ? preInstallableDevices(os, arch) : new Set());
}

/** virt-install's answer and the bus that it would put a CD-ROM drive on, in neutral words: for every output format. */
export function compatRecommendation(input: CompatInput, platform: Platform): Recommendation {
  const answer = recommendCompat({ ...input, cdrom: true });
  return toRecommendation(answer, answer.cdrom_bus!, { os: input.os, platform });
}

/** A value as a person reads it. */
function show(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (typeof value !== 'object') return String(value);
  if ('mode' in value) return [value.mode, 'model' in value && value.model].filter(Boolean).join(' ') || 'default';
  if ('type' in value) return String(value.type);
  if ('backend' in value) return ('model' in value && value.model !== null ? String(value.model) : '') || 'tpm';
  return Object.keys(value).join(', ') || 'none';
}
