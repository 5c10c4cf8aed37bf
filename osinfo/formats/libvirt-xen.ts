// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import type { XmlNode } from '../xml/write.js';
import { identity, type LibvirtRequest, memory, node, serialConsole, text } from './libvirt-nodes.js';
import { type NeutralField, type Said, unsaid } from './neutral-fields.js';
import { checkRequest, targetName } from './request.js';

/** Fully virtualised; paravirtual; paravirtual in the processor's own virtualisation. */
export const xenMachines: ReadonlySet<string> = new Set(['xenfv', 'xenpv', 'xenpvh']);

/**
 * A domain for libvirt's Xen driver. It is stricter than the schema: it refuses timers other than HPET and TSC, and any
 * balloon but Xen's own, and takes the boot order for the whole machine only.
 * @throws InputError for a name, a path or a number of disks that it refuses
 * @see https://libvirt.org/drvxen.html
 */
export function xenDomain(rec: Recommendation, request: LibvirtRequest, warnings: string[]): XmlNode {
  checkRequest(request, rec, { names: xenMachines, of: "Xen's", platform: 'xen' });
  const full = rec.machine.family === 'xenfv';
  warnings.push(...unsaid(full ? fullWords : paravirtualWords, rec));
  if (full && request.disks.length + (request.cdrom === undefined ? 0 : 1) > 4) {
    throw new InputError('format-disks', `${request.disks.length} disks were given, but a Xen guest starts from 4`);
  }
  return node('domain', { type: 'xen' }, [
    ...identity(rec, request),
    // Every Xen guest has a balloon, whether it uses it or not.
    ...memory({ ...rec, balloon: true }, warnings),
    text('vcpu', String(rec.cpu.count), { placement: 'static' }),
    ...(full ? [fullSystem(rec, request)] : paravirtualSystem(rec)),
    ...(full
      ? [
          node(
            'features',
            {},
            ['acpi', 'apic', 'pae'].map((name) => node(name)),
          ),
        ]
      : []),
    ...(full && rec.cpu.mode === 'host-passthrough' ? [node('cpu', { mode: 'host-passthrough' })] : []),
    clock(rec, full),
    node('devices', {}, devices(rec, request, full)),
  ]);
}

const bootDevices = { disk: 'hd', cdrom: 'cdrom', network: 'network' } as const;

function fullSystem(rec: Recommendation, request: LibvirtRequest): XmlNode {
  const there = { disk: request.disks.length > 0, cdrom: request.cdrom !== undefined, network: true };
  return node('os', rec.firmware.type === 'uefi' ? { firmware: 'efi' } : {}, [
    text('type', 'hvm', { arch: rec.arch, machine: 'xenfv' }),
    ...rec.boot.filter((one) => there[one]).map((one) => node('boot', { dev: bootDevices[one] })),
  ]);
}

/** The kernel is taken out of the guest's disk by a boot loader that runs on the host. */
function paravirtualSystem({ machine: { family }, arch }: Recommendation): XmlNode[] {
  const attrs = { arch, machine: family };
  const isX86 = arch === 'x86_64' || arch === 'i686';
  return [
    text('bootloader', 'pygrub'),
    // On ARM there is one kind, by its older name, and the schema has no word for the architecture.
    node('os', {}, [isX86 ? text('type', family === 'xenpvh' ? 'xenpvh' : 'linux', attrs) : text('type', 'linux')]),
  ];
}

function clock({ clock: { offset, timers } }: Recommendation, full: boolean): XmlNode {
  const hpet = full ? timers.find(({ name, present }) => name === 'hpet' && present !== undefined) : undefined;
  const children = hpet ? [node('timer', { name: 'hpet', present: hpet.present ? 'yes' : 'no' })] : [];
  return node('clock', { offset, ...(offset === 'utc' ? { adjustment: 'reset' } : {}) }, children);
}

function devices(rec: Recommendation, request: LibvirtRequest, full: boolean): XmlNode[] {
  const screen = rec.graphics.type !== 'none';
  const tablet = full && rec.inputs.some(({ type, bus }) => type === 'tablet' && bus === 'usb');
  return [
    ...disks(rec, request, full),
    ...interfaces(rec, request, full),
    ...consoles(rec, full),
    ...(tablet ? [node('input', { type: 'tablet', bus: 'usb' })] : []),
    ...(screen ? [node('graphics', { type: 'vnc', port: '-1', autoport: 'yes' })] : []),
    ...(full && rec.sound ? [node('sound', { model: rec.sound.model })] : []),
    ...(screen ? [node('video', {}, [node('model', { type: full ? fullVideo(rec) : 'xen' })])] : []),
    node('memballoon', { model: 'xen' }),
  ];
}

const fullVideo = ({ video: { model } }: Recommendation): string =>
  model === 'cirrus' || model === 'qxl' ? model : 'vga';

/**
 * A fully virtualised guest starts from emulated IDE, also where the disk is called paravirtual (`xvda`), and its
 * paravirtual drivers then take the same disks over. A drive is emulated only.
 */
function disks(rec: Recommendation, { disks: given, cdrom }: LibvirtRequest, full: boolean): XmlNode[] {
  const bus = full && rec.disk.bus !== 'xen' ? 'ide' : 'xen';
  const drives = full ? 'ide' : 'xen';
  const all = given.map(({ path, format, readonly }, index) =>
    node('disk', { type: 'file', device: 'disk' }, [
      node('driver', { name: 'qemu', type: format, ...(rec.disk.discard ? { discard: 'unmap' } : {}) }),
      node('source', { file: path }),
      node('target', { dev: targetName(bus, index), bus }),
      ...(readonly ? [node('readonly')] : []),
    ]),
  );
  if (cdrom === undefined) return all;
  const drive = node('disk', { type: 'file', device: 'cdrom' }, [
    node('driver', { name: 'qemu', type: 'raw' }),
    node('source', { file: cdrom }),
    node('target', { dev: targetName(drives, given.length), bus: drives }),
    node('readonly'),
  ]);
  return [...all, drive];
}

function interfaces(rec: Recommendation, { network = 'default', nics = 1 }: LibvirtRequest, full: boolean): XmlNode[] {
  if (network === 'none') return [];
  const model = full && rec.nic.model !== 'netfront' ? rec.nic.model : 'netfront';
  const source = network === 'user' ? 'default' : network;
  return Array.from({ length: nics }, () =>
    node('interface', { type: 'network' }, [node('source', { network: source }), node('model', { type: model })]),
  );
}

function consoles(rec: Recommendation, full: boolean): readonly XmlNode[] {
  if (!full) return [node('console', { type: 'pty' }, [node('target', { type: 'xen', port: '0' })])];
  return rec.serialConsole ? serialConsole : [];
}

const common: readonly NeutralField[] = [
  'os.id',
  'arch',
  'machine.family',
  'cpu.count',
  'memoryBytes',
  'memory.maximumBytes',
  'disk.discard',
  'graphics.type',
  'balloon',
  'clock.offset',
];

const fullWords: Said = {
  name: 'libvirt for Xen',
  says: [...common, 'firmware.type', 'cpu.mode', 'nic.model', 'video.model', 'sound', 'serialConsole', 'boot'],
  partly: {
    'disk.bus': 'libvirt has IDE and the paravirtual disk; a guest starts from IDE, and its drivers take the disk over',
    'cdrom.bus': 'it stands on IDE',
    'clock.timers': 'only HPET can be said',
    inputs: 'a tablet on USB is said, the rest is there anyway',
    usb: 'Xen adds a controller of its own choice for the tablet',
    storageBytes: 'it belongs to the image, which has to be there',
  },
};

const paravirtualWords: Said = {
  name: 'libvirt for Xen',
  says: [...common, 'disk.bus', 'nic.model', 'video.model', 'inputs', 'serialConsole'],
  partly: { storageBytes: 'it belongs to the image, which has to be there' },
};
