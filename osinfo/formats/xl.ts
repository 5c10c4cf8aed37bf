// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { xenMachines } from './libvirt-xen.js';
import { type NeutralField, type Said, unsaid } from './neutral-fields.js';
import { checkRequest, targetName } from './request.js';
import type { Format, FormatRequest, Formatted } from './types.js';

/**
 * A domain's configuration for Xen's `xl create`. A fully virtualised guest starts from emulated devices, and its
 * paravirtual drivers, where it has them, take the same disks and cards over.
 * @throws InputError for a name that Xen refuses, and paths that its disk syntax cannot carry
 * @see https://xenbits.xen.org/docs/unstable/man/xl.cfg.5.html
 */
export function formatXl(rec: Recommendation, request: FormatRequest): Formatted {
  checkRequest(request, rec, { names: xenMachines, of: "Xen's", platform: 'xen' });
  const warnings: string[] = [];
  const { family } = rec.machine;
  const full = family === 'xenfv';
  if (!full) warnings.push(...unsaid(paravirtualWords, rec));
  const settings: readonly (readonly [string, Setting | undefined])[] = [
    ['name', request.name],
    ['type', { xenfv: 'hvm', xenpv: 'pv', xenpvh: 'pvh' }[family] ?? 'hvm'],
    ...memory(rec),
    ['vcpus', rec.cpu.count],
    ...(full ? fullSettings(rec, request) : ([['bootloader', 'pygrub']] as const)),
    ['disk', disks(rec, request, full)],
    ['vif', cards(rec, request, full)],
    ...(full ? fullDevices(rec) : paravirtualDevices(rec)),
    ['on_poweroff', 'destroy'],
    ['on_reboot', 'restart'],
    ['on_crash', 'restart'],
  ];
  const lines = settings.flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${written(value)}`]));
  return { text: `${lines.join('\n')}\n`, warnings };
}

type Setting = string | number | readonly string[];

function written(value: Setting): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quoted(value);
  return `[ ${value.map(quoted).join(', ')} ]`;
}

/** Xen's reader knows strings in either kind of quotes, and backslashes only in double ones. */
const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const MiB = 1024 ** 2;

function memory({ memoryBytes, memory: { maximumBytes } }: Recommendation): [string, Setting][] {
  const now = Math.ceil(memoryBytes / MiB);
  const most = maximumBytes === undefined ? now : Math.ceil(maximumBytes / MiB);
  return most > now
    ? [
        ['memory', now],
        ['maxmem', most],
      ]
    : [['memory', now]];
}

const bootLetters = { disk: 'c', cdrom: 'd', network: 'n' } as const;

function fullSettings(rec: Recommendation, request: FormatRequest): [string, Setting | undefined][] {
  const { firmware, clock, generationId, hyperv, disk } = rec;
  const there = { disk: true, cdrom: request.cdrom !== undefined, network: true };
  const hpet = clock.timers.find(({ name, present }) => name === 'hpet' && present !== undefined);
  return [
    ['firmware', firmware.type === 'uefi' ? 'ovmf' : 'seabios'],
    [
      'boot',
      rec.boot
        .filter((one) => there[one])
        .map((one) => bootLetters[one])
        .join('') || undefined,
    ],
    ['hdtype', disk.bus === 'sata' ? 'ahci' : 'ide'],
    ['acpi', 1],
    ['apic', 1],
    ['localtime', clock.offset === 'localtime' ? 1 : 0],
    ['hpet', hpet && (hpet.present ? 1 : 0)],
    ['viridian', hyperv.length > 0 ? 1 : undefined],
    ['ms_vm_genid', generationId ? 'generate' : undefined],
  ];
}

/** The drive stands beside the disks: an AHCI guest finds it on AHCI, an IDE guest on IDE. */
function disks(rec: Recommendation, { disks: given, cdrom }: FormatRequest, full: boolean): string[] {
  const images = [...given, ...(cdrom === undefined ? [] : [{ path: cdrom, format: 'raw', readonly: true }])];
  if (full && images.length > 4)
    throw new InputError('format-disks', `${given.length} disks were given, but a Xen guest starts from 4`);
  return images.map(({ path, format, readonly }, index) => {
    const drive = cdrom !== undefined && index === given.length;
    const known = diskFormats[format];
    if (known === undefined)
      throw new InputError('format-image', `Xen reads raw, qcow2, qed and vhd images, not ${format}; convert ${path}`);
    // The path is the last word and reaches to the end, whatever is in it.
    return [
      `format=${known}`,
      `vdev=${targetName(full && (drive || rec.disk.bus !== 'xen') ? 'ide' : 'xen', index)}`,
      `access=${readonly ? 'ro' : 'rw'}`,
      ...(drive ? ['devtype=cdrom'] : rec.disk.discard ? ['discard'] : ['no-discard']),
      `target=${path}`,
    ].join(', ');
  });
}

const diskFormats: Readonly<Record<string, string>> = { raw: 'raw', qcow2: 'qcow2', qed: 'qed', vpc: 'vhd' };

function cards(rec: Recommendation, { nics = 1 }: FormatRequest, full: boolean): string[] {
  const { model } = rec.nic;
  const front = !full || model === 'netfront' ? 'type=vif' : `type=ioemu,model=${model}`;
  return Array.from({ length: nics }, () => `${front},bridge=xenbr0`);
}

const screens: Readonly<Record<string, string>> = { vga: 'stdvga', cirrus: 'cirrus', qxl: 'qxl', none: 'none' };
const sounds: Readonly<Record<string, string>> = { ich6: 'hda', ich9: 'hda', ac97: 'ac97', es1370: 'es1370' };

function fullDevices(rec: Recommendation): [string, Setting | undefined][] {
  const { graphics, video, usb, inputs, sound, serialConsole } = rec;
  const pointer = inputs.find(({ bus }) => bus === 'usb')?.type;
  return [
    ['vga', graphics.type === 'none' ? 'none' : (screens[video.model] ?? 'stdvga')],
    ['vnc', graphics.type === 'vnc' ? 1 : 0],
    ['spice', graphics.type === 'spice' ? 1 : undefined],
    ['spicehost', graphics.type === 'spice' ? '127.0.0.1' : undefined],
    ['spiceport', graphics.type === 'spice' ? 5930 : undefined],
    ['spicedisable_ticketing', graphics.type === 'spice' ? 1 : undefined],
    ['usb', usb ? 1 : 0],
    ['usbdevice', pointer && [pointer]],
    // `usb` brings USB 1.1; what is faster is asked for by its version.
    ['usbversion', usb && usbVersions[usb.model]],
    ['soundhw', sound && (sounds[sound.model] ?? 'hda')],
    ['serial', serialConsole ? 'pty' : undefined],
  ];
}

const usbVersions: Readonly<Record<string, number>> = { 'ich9-ehci1': 2, 'qemu-xhci': 3, 'nec-xhci': 3 };

function paravirtualDevices({ graphics, clock }: Recommendation): [string, Setting | undefined][] {
  return [
    ['vfb', graphics.type === 'none' ? undefined : ['type=vnc,vncunused=1']],
    ['localtime', clock.offset === 'localtime' ? 1 : 0],
  ];
}

const common: readonly NeutralField[] = [
  'arch',
  'machine.family',
  'cpu.count',
  'memoryBytes',
  'memory.maximumBytes',
  'disk.discard',
  'nic.model',
  'graphics.type',
  'balloon',
  'serialConsole',
  'clock.offset',
];

/** What remains to be said of a paravirtual guest, which has no emulated devices. */
const paravirtualWords: Said = {
  name: 'xl',
  says: [...common, 'disk.bus', 'video.model', 'inputs', 'cdrom.bus', 'boot'],
  partly: {},
};

export const xlFormat: Format = {
  name: 'xl',
  summary: "Xen's xl.cfg, for xl create",
  platform: 'xen',
  families: xenMachines,
  verified: 'real tool',
  verifiedBy: 'the parsers of xl in libxlutil 4.17',
  says: [
    ...common,
    'firmware.type',
    'disk.bus',
    'cdrom.bus',
    'video.model',
    'sound',
    'inputs',
    'usb',
    'generationId',
    'hyperv',
    'boot',
  ],
  partly: {
    'cpu.mode': 'a guest has the processor of the host, less what Xen masks',
    'cpu.baseline': 'nothing checks that the host has it',
    'firmware.secureBoot': "Xen's firmware keeps no variables, so that nothing is enforced",
    'clock.timers': 'only HPET can be said',
    storageBytes: 'it belongs to the image, which has to be there',
  },
  format: formatXl,
};
