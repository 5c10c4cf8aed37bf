// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { cpuCount, macAddress, memoryBytes } from './numbers.js';
import { field, Losses, maybe, quoted, refuseTooMany } from './said.js';
import type { MachineDescription, Said, SourceBus, SourceCdrom, SourceDisk, SourceNic } from './types.js';
import { addLostSettings } from './vmx-lost.js';
import { readVmxSettings, type VmxSettings } from './vmx-syntax.js';

/** VMware's SCSI controllers in the recommender's words. */
const SCSI: Readonly<Record<string, string>> = {
  pvscsi: 'vmpvscsi',
  lsisas1068: 'lsisas1068',
  lsilogic: 'lsilogic',
  buslogic: 'buslogic',
};
const CARDS: Readonly<Record<string, string>> = {
  vmxnet3: 'vmxnet3',
  e1000e: 'e1000e',
  e1000: 'e1000-82545em',
  vlance: 'pcnet',
};
const SOUNDS: Readonly<Record<string, string>> = { hdaudio: 'ich6', es1371: 'es1370' };
const BOOT: Readonly<Record<string, 'disk' | 'cdrom' | 'network'>> = { hdd: 'disk', cdrom: 'cdrom' };

/**
 * Reads a VMX file, the configuration of a machine of VMware Workstation, Fusion, Player and ESXi.
 * @throws InputError with file:line for what is none, and for numbers that are none
 */
export function readVmx(text: string, file: string): MachineDescription {
  const settings = readVmxSettings(text, file);
  if (!settings.has('config.version') && !settings.has('virtualhw.version'))
    throw new InputError('convert-vmx', 'it has neither config.version nor virtualHW.version, as a VMX file has', {
      file,
    });
  const losses = new Losses();
  addLostSettings(settings, losses);
  const drives = drivesOf(settings, losses);
  refuseTooMany(drives.disks, 'disks', file);
  const nics = nicsOf(settings);
  refuseTooMany(nics, 'network cards', file);
  const on = (key: string): boolean => /^(true|1|yes)$/i.test(settings.get(key)?.value ?? '');
  const guest = settings.get('guestos');
  const efi = settings.get('firmware')?.value.toLowerCase() === 'efi';
  const secure = settings.get('uefi.secureboot.enabled');
  const vnc = settings.get('remotedisplay.vnc.enabled');
  const tpm = settings.get('vtpm.present') ?? settings.get('managedvm.autoaddvtpm');
  const hasTpm = on('vtpm.present') || settings.get('managedvm.autoaddvtpm')?.value === 'software';
  if (hasTpm)
    losses.add(
      tpm!.line,
      'what is stored in its TPM (keys of BitLocker and the like): it begins empty, so have recovery keys at hand',
    );
  return {
    kind: 'vmx',
    file,
    ...said('name', settings.get('displayname')),
    ...osOf(settings),
    ...(guest === undefined ? {} : field('arch', archOf(guest.value), guest.line)),
    firmware: { value: efi ? 'uefi' : 'bios', line: settings.get('firmware')?.line ?? 1 },
    ...(efi ? field('secureBoot', on('uefi.secureboot.enabled'), secure?.line ?? 1) : {}),
    ...sizesOf(settings, file),
    ...drives,
    nics,
    ...(on('remotedisplay.vnc.enabled') ? field('graphics', 'vnc' as const, vnc!.line) : {}),
    ...soundOf(settings, on),
    tpm: { value: hasTpm ? { version: '2.0' } : false, line: tpm?.line ?? 1 },
    ...serialOf(settings, losses),
    ...(settings.get('rtc.difffromutc')?.value === '0'
      ? field('clock', 'utc' as const, settings.get('rtc.difffromutc')!.line)
      : {}),
    ...bootOf(settings),
    lost: losses.all,
  };
}

/** `debian12-64` and `arm-debian12-64`. */
export function archOf(guest: string): string {
  const word = guest.toLowerCase();
  if (word.startsWith('arm')) return 'aarch64';
  return /64(guest)?$/.test(word) || /(64guest|-64|_64)/.test(word) ? 'x86_64' : 'i686';
}

function said<K extends string>(key: K, setting: Said<string> | undefined): { readonly [P in K]?: Said<string> } {
  return field(key, setting?.value || undefined, setting?.line ?? 1);
}

/** Our own files name the entry of the database in their notes. */
function osOf(settings: VmxSettings): Pick<MachineDescription, 'os'> {
  const [guest, note] = [settings.get('guestos'), settings.get('annotation')];
  const id = /\((https?:\/\/[^\s()]{1,200})\)$/.exec(note?.value ?? '')?.[1];
  if (guest === undefined && id === undefined) return {};
  return { os: { value: { ...maybe('id', id), ...maybe('word', guest?.value) }, line: (guest ?? note)!.line } };
}

function sizesOf(settings: VmxSettings, file: string): Pick<MachineDescription, 'memoryBytes' | 'cpus' | 'topology'> {
  const memory = settings.get('memsize');
  const bytes = memory && memoryBytes(memory.value, 'MiB');
  if (memory && bytes === undefined)
    throw new InputError('convert-memory', `${quoted(memory.value)} is no amount of memory in MiB`, {
      file,
      line: memory.line,
    });
  const cpus = settings.get('numvcpus');
  const count = cpus === undefined ? 1 : cpuCount(cpus.value);
  if (count === undefined)
    throw new InputError('convert-cpus', `${quoted(cpus!.value)} is no number of processors`, {
      file,
      line: cpus!.line,
    });
  const per = settings.get('cpuid.corespersocket');
  const cores = per && cpuCount(per.value);
  const fits = cores !== undefined && count % cores === 0;
  return {
    ...field('memoryBytes', bytes, memory?.line ?? 1),
    cpus: { value: count, line: cpus?.line ?? 1 },
    ...(fits ? field('topology', { sockets: count / cores, cores, threads: 1 }, per!.line) : {}),
  };
}

function drivesOf(settings: VmxSettings, losses: Losses): { disks: SourceDisk[]; cdroms: SourceCdrom[] } {
  const disks: SourceDisk[] = [];
  const cdroms: SourceCdrom[] = [];
  for (const [key, { value, line }] of slotsOf(settings)) {
    const at = /^([a-z]+)(\d+):(\d+)\.present$/.exec(key)!;
    const [bus, controller] = [at[1] as SourceBus, at[2]!];
    if (!/^(true|1|yes)$/i.test(value)) continue;
    const own = (name: string): (Said<string> & { key: string }) | undefined =>
      settings.get(key.replace(/present$/, name));
    const type = own('devicetype')?.value.toLowerCase() ?? 'disk';
    const file = own('filename');
    if (type.includes('cdrom')) {
      const image = type === 'cdrom-image' && file !== undefined && file.value !== '' ? file.value : undefined;
      cdroms.push({ ...maybe('file', image), bus, line });
      continue;
    }
    if (file === undefined || file.value === '') {
      losses.add(line, `the whole disk ${bus}${controller}:${at[3]}, which has no file`);
      continue;
    }
    const virtual = settings.get(`${bus}${controller}.virtualdev`)?.value.toLowerCase();
    disks.push({
      file: file.value,
      format: 'vmdk',
      bus,
      ...(bus === 'scsi' ? { controller: SCSI[virtual ?? 'lsilogic'] ?? 'lsilogic' } : {}),
      line: file.line,
    });
  }
  return { disks, cdroms };
}

const ORDER = ['scsi', 'sata', 'nvme', 'ide'];

/** Places of drives as VMware's firmware looks at them: by bus, controller and unit. */
function slotsOf(settings: VmxSettings): [string, Said<string>][] {
  const place = (key: string): number => {
    const at = /^([a-z]+)(\d{1,3}):(\d{1,3})\./.exec(key)!;
    return ORDER.indexOf(at[1]!) * 1e6 + Number(at[2]) * 1e3 + Number(at[3]);
  };
  return [...settings]
    .filter(([key]) => /^(scsi|sata|nvme|ide)\d{1,3}:\d{1,3}\.present$/.test(key))
    .sort(([a], [b]) => place(a) - place(b));
}

function nicsOf(settings: VmxSettings): SourceNic[] {
  const keys = [...settings.keys()].filter((key) => /^ethernet\d{1,3}\.present$/.test(key));
  return keys.flatMap((key): SourceNic[] => {
    const { value, line } = settings.get(key)!;
    if (!/^(true|1|yes)$/i.test(value)) return [];
    const own = (name: string): string | undefined => settings.get(key.replace(/present$/, name))?.value;
    const model = own('virtualdev')?.toLowerCase();
    const network = [own('connectiontype'), own('networkname') ?? own('vnet')].filter((one) => one).join(' ');
    return [
      {
        ...maybe('model', model === undefined ? undefined : (CARDS[model] ?? model)),
        ...maybe('mac', macAddress(own('address')) ?? macAddress(own('generatedaddress'))),
        ...(network === '' || network === 'nat' ? {} : { network }),
        line,
      },
    ];
  });
}

function soundOf(settings: VmxSettings, on: (key: string) => boolean): Pick<MachineDescription, 'sound' | 'usb'> {
  const [sound, usb] = [settings.get('sound.present'), settings.get('usb.present')];
  const model = SOUNDS[settings.get('sound.virtualdev')?.value.toLowerCase() ?? 'hdaudio'] ?? 'ich6';
  const controller = on('usb_xhci.present') ? 'qemu-xhci' : on('ehci.present') ? 'ich9-ehci1' : undefined;
  return {
    ...field('sound', on('sound.present') ? model : false, sound?.line ?? 1),
    ...field('usb', on('usb.present') ? controller : undefined, usb?.line ?? 1),
  };
}

function serialOf(settings: VmxSettings, losses: Losses): Pick<MachineDescription, 'serialConsole'> {
  const ports = [...settings].filter(
    ([key, { value }]) => /^serial\d{1,2}\.present$/.test(key) && /^(true|1|yes)$/i.test(value),
  );
  for (const [, { line }] of ports.slice(1)) losses.add(line, 'a second serial port');
  return field('serialConsole', ports.length > 0, ports[0]?.[1].line ?? 1);
}

function bootOf(settings: VmxSettings): Pick<MachineDescription, 'boot'> {
  const order = settings.get('bios.bootorder');
  const words = (order?.value ?? '').toLowerCase().split(',');
  const known = words.flatMap((word) => (word.trim().startsWith('ethernet') ? 'network' : (BOOT[word.trim()] ?? [])));
  return known.length === 0 ? {} : field('boot', [...new Set(known)], order!.line);
}
