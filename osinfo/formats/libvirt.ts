// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import { writeXml, type XmlNode } from '../xml/write.js';
import { bhyveDomain, bhyveMachines } from './libvirt-bhyve.js';
import { cloudHypervisorDomain, cloudHypervisorMachines } from './libvirt-cloud-hypervisor.js';
import { libvirtDevices } from './libvirt-devices.js';
import { checkPaths, identity, type LibvirtRequest, memory, node, text, topology, yesNo } from './libvirt-nodes.js';
import { xenDomain, xenMachines } from './libvirt-xen.js';
import {
  checkQemuRequest,
  hasMaximumCpu,
  machineName,
  needsMoreThanAnyHost,
  qemuMachines,
  qemuModel,
} from './request.js';
import type { Format, Formatted } from './types.js';
import { warnOfKind } from './words.js';

export type { LibvirtRequest } from './libvirt-nodes.js';

/** What libvirt's grammar takes as the format of an image that QEMU opens: QEMU's vhdx is not among them. */
/** What a domain's disk may be (libvirt's `driver type` for QEMU): there is no VHDX among it. */
export const LIBVIRT_DISKS: readonly string[] = [
  ...['qcow2', 'raw', 'vmdk', 'vdi', 'vpc', 'qcow', 'qed', 'bochs', 'cloop', 'dmg'],
];

/**
 * libvirt's domain XML, as `virsh define` takes it, for the hypervisor that the machine belongs to: KVM and QEMU, Xen,
 * bhyve, Cloud Hypervisor. Secure Boot and enrolled keys are always said, yes or no: libvirt otherwise picks the first
 * firmware that fits, which on Debian enforces Secure Boot for every OS. A machine without a pinned version is named by
 * its family, which libvirt turns into the newest version of its QEMU when the domain is defined.
 * @throws InputError for a name, a path or a number of disks that libvirt refuses
 * @see https://libvirt.org/formatdomain.html
 */
export function formatLibvirt(recommendation: Recommendation, request: LibvirtRequest): Formatted {
  const { domain, warnings } = libvirtDomain(recommendation, request);
  return { text: writeXml(domain, { declaration: false }), warnings };
}

/**
 * The same as a tree, for those who have more to say of the domain than a recommendation does.
 * @throws InputError as `formatLibvirt` does
 */
export function libvirtDomain(
  recommendation: Recommendation,
  request: LibvirtRequest,
): { readonly domain: XmlNode; readonly warnings: readonly string[] } {
  const { family } = recommendation.machine;
  checkPaths(request);
  const warnings: string[] = [...recommendation.warnings];
  const domain = xenMachines.has(family)
    ? xenDomain(recommendation, request, warnings)
    : bhyveMachines.has(family)
      ? bhyveDomain(recommendation, request, warnings)
      : cloudHypervisorMachines.has(family)
        ? cloudHypervisorDomain(recommendation, request, warnings)
        : qemuDomain(recommendation, request, warnings);
  return { domain, warnings };
}

function qemuDomain(recommendation: Recommendation, request: LibvirtRequest, warnings: string[]): XmlNode {
  checkQemuRequest(request, recommendation);
  const rec = adaptTo(request.virt ?? recommendation.virt, recommendation, warnings);
  if (rec.cpu.mode === 'host-passthrough' && needsMoreThanAnyHost(rec)) {
    warnings.push(`the OS needs ${rec.cpu.baseline}; libvirt does not check that the host has it`);
  }
  if (wordless.has(rec.arch) && rec.cpu.count > 1) {
    warnings.push(`libvirt 9.0 takes no word about processors of ${rec.arch}: their topology is left out`);
  }
  if (rec.nic.queues !== undefined && request.network === 'user') {
    warnings.push(`QEMU's own network has one queue, not ${rec.nic.queues}`);
  }
  warnOfKind(request.disks, LIBVIRT_DISKS, 'qcow2', warnings);
  return node('domain', { type: rec.virt }, [
    ...identity(rec, request),
    ...(rec.generationId ? [node('genid')] : []),
    ...memory(rec, warnings),
    ...hugepages(rec),
    text('vcpu', String(rec.cpu.count), { placement: 'static' }),
    ...(rec.disk.iothread ? [text('iothreads', '1')] : []),
    operatingSystem(rec),
    ...features(rec),
    ...cpu(rec),
    clock(rec),
    ...(isPc(rec) ? [powerManagement] : []),
    node('devices', {}, libvirtDevices(rec, request)),
  ]);
}

function hugepages({ memory: { hugepages: size } }: Recommendation): XmlNode[] {
  if (size === undefined) return [];
  const page = node('page', { size: size.slice(0, -1), unit: size.slice(-1) });
  return [node('memoryBacking', {}, [node('hugepages', {}, [page])])];
}

const isPc = ({ arch }: Recommendation): boolean => arch === 'x86_64' || arch === 'i686';

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

function operatingSystem(rec: Recommendation): XmlNode {
  const { arch, firmware } = rec;
  const type = text('type', 'hvm', { arch, machine: machineName(rec) });
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

/** libvirt 9.0 refuses any word about their processors. */
const wordless: ReadonlySet<string> = new Set(['s390x', 'riscv64', 'loongarch64']);

function cpu(rec: Recommendation): XmlNode[] {
  const { mode, model } = rec.cpu;
  const children = wordless.has(rec.arch) ? [] : [topology(rec)];
  if (mode === 'custom' && model !== undefined) {
    // What the host lacks of a named model is an error when the machine starts, and not left out in silence.
    const named = text('model', qemuModel(model), { fallback: 'forbid' });
    return [node('cpu', { mode, match: 'exact', check: 'partial' }, [named, ...children])];
  }
  if (mode === 'default' || mode === 'custom' || (mode === 'maximum' && !hasMaximumCpu(rec)))
    return children.length === 0 ? [] : [node('cpu', {}, children)];
  if (mode === 'host-model') return [node('cpu', { mode }, children)];
  // libvirt does not see that the emulator of 32-bit PCs can tell what keeps a guest from migrating.
  const migratable: Record<string, string> = rec.arch === 'i686' ? {} : { migratable: 'on' };
  return [node('cpu', { mode, check: 'none', ...migratable }, children)];
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
  families: new Set([...qemuMachines, ...xenMachines, ...bhyveMachines, ...cloudHypervisorMachines]),
  verified: 'real tool',
  verifiedBy: 'domain.rng of libvirt 9.0 and virsh domxml-to-native',
  says: [
    'os.id',
    'arch',
    'machine.family',
    'machine.version',
    'firmware.type',
    'firmware.secureBoot',
    'cpu.mode',
    'cpu.count',
    'cpu.topology',
    'memoryBytes',
    'memory.maximumBytes',
    'memory.hugepages',
    'disk.bus',
    'disk.discard',
    'disk.detectZeroes',
    'disk.cache',
    'disk.io',
    'disk.iothread',
    'disk.queues',
    'cdrom.bus',
    'nic.model',
    'nic.queues',
    'video.model',
    'graphics.type',
    'sound',
    'inputs',
    'usb',
    'rng',
    'balloon',
    'freePageReporting',
    'vsock',
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
    'cpu.baseline': 'nothing checks that the host has it',
    storageBytes: 'it belongs to the image, which has to be there',
  },
  format: formatLibvirt,
};
