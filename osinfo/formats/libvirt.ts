// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import { writeXml, type XmlNode } from '../xml/write.js';
import { libvirtDevices } from './libvirt-devices.js';
import { checkQemuRequest, needsMoreThanAnyHost, qemuMachines } from './request.js';
import type { Format, FormatRequest, Formatted } from './types.js';

export interface LibvirtRequest extends FormatRequest {
  readonly uuid?: string;
  /** `user`: QEMU's own, without rights on the host. `none`: no card at all. Else the name of a libvirt network. Default `default`. */
  readonly network?: string;
  /** Describe the machine for the other accelerator than the recommendation's. */
  readonly virt?: 'kvm' | 'qemu';
}

/**
 * libvirt's domain XML, as `virsh define` takes it. Secure Boot and enrolled keys are always said, yes or no: libvirt
 * otherwise picks the first firmware that fits, which on Debian enforces Secure Boot for every OS. The machine is named
 * by its family, which libvirt turns into the newest version of its QEMU when the domain is defined.
 * @throws InputError for a name, a path or a number of disks that libvirt refuses
 * @see https://libvirt.org/formatdomain.html
 */
export function formatLibvirt(recommendation: Recommendation, request: LibvirtRequest): Formatted {
  checkQemuRequest(request, recommendation);
  checkPaths(request);
  const warnings: string[] = [...recommendation.warnings];
  const rec = adaptTo(request.virt ?? recommendation.virt, recommendation, warnings);
  if (rec.cpu.mode === 'host-passthrough' && needsMoreThanAnyHost(rec)) {
    warnings.push(`the OS needs ${rec.cpu.baseline}; libvirt does not check that the host has it`);
  }
  const domain: XmlNode = {
    name: 'domain',
    attrs: { type: rec.virt },
    children: [
      text('name', request.name),
      ...(request.uuid === undefined ? [] : [text('uuid', request.uuid)]),
      ...(rec.generationId ? [{ name: 'genid' }] : []),
      metadata(rec),
      text('memory', String(Math.ceil(rec.memoryBytes / 1024)), { unit: 'KiB' }),
      text('vcpu', String(rec.cpu.count), { placement: 'static' }),
      operatingSystem(rec),
      ...features(rec),
      ...cpu(rec),
      clock(rec),
      ...(isPc(rec) ? [powerManagement] : []),
      { name: 'devices', children: libvirtDevices(rec, request) },
    ],
  };
  return { text: writeXml(domain, { declaration: false }), warnings };
}

const text = (name: string, value: string, attrs: Readonly<Record<string, string>> = {}): XmlNode => ({
  name,
  attrs,
  children: [value],
});

const yesNo = (on: boolean): string => (on ? 'yes' : 'no');
const isPc = ({ arch }: Recommendation): boolean => arch === 'x86_64' || arch === 'i686';

function checkPaths({ disks, cdrom }: LibvirtRequest): void {
  for (const path of [...disks.map((disk) => disk.path), ...(cdrom === undefined ? [] : [cdrom])]) {
    if (!path.startsWith('/'))
      throw new InputError('format-path', `${path} is not absolute, and libvirt has no folder of yours; begin with /`);
  }
}

/** What only KVM can do is left out, and said, when the domain is to be emulated; and the processor follows. */
function adaptTo(virt: 'kvm' | 'qemu', given: Recommendation, warnings: string[]): Recommendation {
  if (virt === given.virt) return given;
  if (virt === 'kvm') {
    const mode = given.cpu.mode === 'maximum' ? 'host-passthrough' : given.cpu.mode;
    return { ...given, virt, cpu: { ...given.cpu, mode } };
  }
  if (given.hyperv.length > 0) warnings.push('without KVM there are no Hyper-V enlightenments: they are left out');
  const { panic, ...others } = given;
  return {
    ...others,
    ...(panic && panic.model !== 'hyperv' ? { panic } : {}),
    virt,
    cpu: { ...given.cpu, mode: 'maximum' },
    hyperv: [],
    clock: { ...given.clock, timers: given.clock.timers.filter(({ name }) => name !== 'hypervclock') },
  };
}

/** Tools that look at the domain later (virt-manager, Boxes) know the OS by this. */
function metadata(rec: Recommendation): XmlNode {
  const os: XmlNode = { name: 'libosinfo:os', attrs: { id: rec.os.id } };
  const attrs = { 'xmlns:libosinfo': 'http://libosinfo.org/xmlns/libvirt/domain/1.0' };
  return { name: 'metadata', children: [{ name: 'libosinfo:libosinfo', attrs, children: [os] }] };
}

function operatingSystem({ arch, machine, firmware }: Recommendation): XmlNode {
  const type = text('type', 'hvm', { arch, machine: machine.family });
  if (firmware.type !== 'uefi') return { name: 'os', children: [type] };
  const feature = (name: string, on: boolean): XmlNode => ({ name: 'feature', attrs: { enabled: yesNo(on), name } });
  const wanted = [feature('enrolled-keys', firmware.enrolledKeys), feature('secure-boot', firmware.secureBoot)];
  return { name: 'os', attrs: { firmware: 'efi' }, children: [type, { name: 'firmware', children: wanted }] };
}

function features(rec: Recommendation): XmlNode[] {
  if (rec.arch === 's390x' || rec.machine.family === 'pseries') return [];
  const state = (name: string, on: boolean): XmlNode => ({ name, attrs: { state: on ? 'on' : 'off' } });
  const children: XmlNode[] = [];
  if (isPc(rec) || rec.firmware.type === 'uefi') children.push({ name: 'acpi' });
  if (isPc(rec)) children.push({ name: 'apic' });
  if (rec.arch === 'i686') children.push({ name: 'pae' });
  if (rec.hyperv.length > 0)
    children.push({ name: 'hyperv', attrs: { mode: 'custom' }, children: rec.hyperv.map(enlightenment) });
  if (isPc(rec)) children.push(state('vmport', false));
  if (rec.firmware.smm) children.push(state('smm', true));
  return children.length === 0 ? [] : [{ name: 'features', children }];
}

function enlightenment(name: string): XmlNode {
  // 8191 tries before the guest gives its processor up: what Microsoft and everybody since uses.
  if (name === 'spinlocks') return { name, attrs: { state: 'on', retries: '8191' } };
  if (name === 'stimer')
    return { name, attrs: { state: 'on' }, children: [{ name: 'direct', attrs: { state: 'on' } }] };
  return { name, attrs: { state: 'on' } };
}

function cpu({ cpu: { mode, count }, arch }: Recommendation): XmlNode[] {
  // Cores of one socket: licences of client systems count sockets.
  const topology: XmlNode = { name: 'topology', attrs: { sockets: '1', cores: String(count), threads: '1' } };
  const children = arch === 's390x' ? [] : [topology];
  if (mode === 'default') return children.length === 0 ? [] : [{ name: 'cpu', children }];
  const attrs: Record<string, string> = { mode };
  if (mode !== 'host-model') Object.assign(attrs, { check: 'none', migratable: 'on' });
  return [{ name: 'cpu', attrs, children }];
}

function clock({ clock: { offset, timers } }: Recommendation): XmlNode {
  const children = timers.map(
    ({ name, present, tickPolicy }): XmlNode => ({
      name: 'timer',
      attrs: {
        name,
        ...(tickPolicy === undefined ? {} : { tickpolicy: tickPolicy }),
        ...(present === undefined ? {} : { present: yesNo(present) }),
      },
    }),
  );
  return { name: 'clock', attrs: { offset }, children };
}

/** Guests that suspend themselves are seldom meant to: nobody is there to wake them. */
const powerManagement: XmlNode = {
  name: 'pm',
  children: [
    { name: 'suspend-to-mem', attrs: { enabled: 'no' } },
    { name: 'suspend-to-disk', attrs: { enabled: 'no' } },
  ],
};

export const libvirtFormat: Format = {
  name: 'libvirt',
  summary: "libvirt's domain XML, for virsh define",
  platform: 'kvm',
  families: qemuMachines,
  verified: 'real tool',
  verifiedBy: 'domain.rng of libvirt 9.0 and virsh domxml-to-native',
  says: [
    'os.id',
    'arch',
    'machine.family',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.mode',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'disk.bus',
    'disk.discard',
    'disk.detectZeroes',
    'cdrom.bus',
    'nic.model',
    'video.model',
    'graphics.type',
    'sound',
    'inputs',
    'usb',
    'rng',
    'balloon',
    'tpm',
    'watchdog',
    'panic',
    'generationId',
    'serialConsole',
    'channels',
    'clock.offset',
    'clock.timers',
    'hyperv',
    'boot',
  ],
  partly: {
    'machine.version': 'the newest of the family is taken, whatever it is',
    'cpu.baseline': 'nothing checks that the host has it',
    storageBytes: 'it belongs to the image, which has to be there',
  },
  format: formatLibvirt,
};
