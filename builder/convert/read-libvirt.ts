// SPDX-License-Identifier: Apache-2.0
import { knownArch } from '../../osinfo/arch-names.js';
import { InputError } from '../../osinfo/errors.js';
import { readXml, type XmlElement } from '../../osinfo/xml/read.js';
import { lostChildren } from './libvirt-lost.js';
import { cpuCount, memoryBytes } from './numbers.js';
import { readLibvirtDevices } from './read-libvirt-devices.js';
import { attributeOf, childrenOf, field, Losses, quoted, textOf } from './said.js';
import type { MachineDescription } from './types.js';

/** Hypervisors of domains, which are machines; the others' are containers. */
const MACHINES: ReadonlySet<string> = new Set([
  'kvm',
  'qemu',
  'hvf',
  'xen',
  'bhyve',
  'vmware',
  'vbox',
  'hyperv',
  'parallels',
  'vz',
  'ch',
  'test',
]);

/**
 * Reads libvirt's domain XML, as `virsh dumpxml` gives it and `virsh define` takes it.
 * @throws InputError with file:line for what is no domain, a container, or has no memory that could be read
 * @see https://libvirt.org/formatdomain.html
 */
export function readLibvirt(xml: string | Uint8Array, file: string): MachineDescription {
  const root = readXml(xml, file, { maxBytes: 4 * 1024 * 1024, maxElements: 50_000 });
  const at = (element: XmlElement) => ({ file, line: element.line });
  if (root.name !== 'domain')
    throw new InputError(
      'convert-libvirt',
      `the root is <${root.name.slice(0, 60)}>, and not the <domain> of a machine; virsh dumpxml NAME writes one`,
      at(root),
    );
  const type = attributeOf(root, 'type') ?? '';
  if (!MACHINES.has(type))
    throw new InputError(
      'convert-libvirt',
      `a domain of type ${quoted(type)} is no machine that could be converted`,
      at(root),
    );
  const losses = new Losses();
  losses.addAll(lostChildren(root, 'domain'));
  const os = root.child('os');
  if (os) losses.addAll(lostChildren(os, 'os'));
  const osType = os?.child('type');
  const kind = textOf(osType);
  if (os && kind !== undefined && kind !== 'hvm')
    losses.add(osType!.line, `that it is ${quoted(kind)}: the machine is one of full virtualization`);
  const arch = attributeOf(osType, 'arch');
  const name = root.child('name');
  const firmware = firmwareOf(os, root, arch);
  const description: MachineDescription = {
    kind: 'libvirt',
    file,
    ...field('name', textOf(name), name?.line ?? root.line),
    ...osOf(root),
    ...field('arch', arch === undefined ? undefined : (knownArch(arch) ?? arch), osType?.line ?? root.line),
    ...field('machine', attributeOf(osType, 'machine'), osType?.line ?? root.line),
    ...firmware,
    ...memoryOf(root, file),
    ...processorsOf(root, losses, file),
    ...clockOf(root, losses),
    ...readLibvirtDevices(root, file, losses),
    lost: [],
  };
  featuresOf(root, losses);
  return { ...description, lost: losses.all };
}

/** libosinfo's word in the metadata, by which virt-manager and others know it too. */
function osOf(root: XmlElement): Pick<MachineDescription, 'os'> {
  const box = childrenOf(root.child('metadata'), 'libosinfo')[0];
  const os = childrenOf(box, 'os')[0];
  const id = attributeOf(os, 'id');
  return id === undefined ? {} : { os: { value: { id }, line: os!.line } };
}

function firmwareOf(
  os: XmlElement | undefined,
  root: XmlElement,
  arch: string | undefined,
): Pick<MachineDescription, 'firmware' | 'secureBoot'> {
  const line = os?.line ?? root.line;
  const loader = os?.child('loader');
  const path = textOf(loader) ?? '';
  // A flash chip holds UEFI, in practice; a plain ROM of another name does where its name says so.
  const flash = attributeOf(loader, 'type') === 'pflash' || /ovmf|aavmf|edk2|efi/i.test(path);
  const word = attributeOf(os, 'firmware');
  const needsUefi = arch === 'aarch64' || arch === 'armv7l' || arch === 'riscv64' || arch === 'loongarch64';
  const uefi = word === 'efi' || (word === undefined && (flash || needsUefi));
  const features = childrenOf(os?.child('firmware'), 'feature');
  const feature = features.find((one) => attributeOf(one, 'name') === 'secure-boot');
  const secure = attributeOf(feature, 'enabled') ?? (attributeOf(loader, 'secure') === 'yes' ? 'yes' : undefined);
  return {
    firmware: { value: uefi ? 'uefi' : 'bios', line: loader?.line ?? line },
    ...(uefi ? field('secureBoot', secure === undefined ? undefined : secure === 'yes', feature?.line ?? line) : {}),
  };
}

function memoryOf(root: XmlElement, file: string): Pick<MachineDescription, 'memoryBytes' | 'maximumMemoryBytes'> {
  const read = (element: XmlElement | undefined): number | undefined => {
    if (element === undefined) return undefined;
    const bytes = memoryBytes(textOf(element) ?? '', attributeOf(element, 'unit') ?? 'KiB');
    if (bytes !== undefined) return bytes;
    throw new InputError('convert-memory', `${quoted(element.text)} is no amount of memory`, {
      file,
      line: element.line,
    });
  };
  const [most, current] = [root.child('memory'), root.child('currentMemory')];
  const [mostBytes, currentBytes] = [read(most), read(current)];
  if (current === undefined || currentBytes === undefined || (mostBytes !== undefined && currentBytes >= mostBytes))
    return field('memoryBytes', mostBytes, most?.line ?? root.line);
  return {
    ...field('memoryBytes', currentBytes, current.line),
    ...field('maximumMemoryBytes', mostBytes, most?.line ?? root.line),
  };
}

const MODES = ['host-passthrough', 'host-model', 'maximum'] as const;

function processorsOf(
  root: XmlElement,
  losses: Losses,
  file: string,
): Pick<MachineDescription, 'cpus' | 'topology' | 'cpuMode' | 'cpuModel'> {
  const vcpu = root.child('vcpu');
  const said = textOf(vcpu);
  const count = said === undefined ? undefined : cpuCount(said);
  if (said !== undefined && count === undefined)
    throw new InputError('convert-cpus', `${quoted(said)} is no number of processors`, { file, line: vcpu!.line });
  const current = attributeOf(vcpu, 'current');
  if (vcpu && current !== undefined && current !== said)
    losses.add(vcpu.line, `that only ${quoted(current)} of its ${said} processors are plugged in: it has all of them`);
  if (vcpu && attributeOf(vcpu, 'cpuset') !== undefined)
    losses.add(vcpu.line, `the processors of the host that it runs on: ${quoted(attributeOf(vcpu, 'cpuset')!)}`);
  const cpu = root.child('cpu');
  const mode = attributeOf(cpu, 'mode');
  const model = textOf(cpu?.child('model'));
  for (const child of cpu?.children ?? []) {
    if (child.name === 'feature')
      losses.add(child.line, `the feature of its processor ${quoted(attributeOf(child, 'name') ?? '')}`);
    else if (child.name === 'numa') losses.add(child.line, 'NUMA cells');
    else if (child.name === 'cache' || child.name === 'maxphysaddr')
      losses.add(child.line, `<${child.name}> of its processor`);
  }
  const known = MODES.find((one) => one === mode);
  return {
    ...field('cpus', count, vcpu?.line ?? root.line),
    ...topologyOf(cpu?.child('topology'), losses),
    ...field('cpuMode', known, cpu?.line ?? root.line),
    ...(known === undefined ? field('cpuModel', model, cpu?.line ?? root.line) : {}),
  };
}

function topologyOf(element: XmlElement | undefined, losses: Losses): Pick<MachineDescription, 'topology'> {
  if (element === undefined) return {};
  const read = (name: string): number => cpuCount(attributeOf(element, name) ?? '1') ?? 1;
  for (const name of ['dies', 'clusters', 'modules'])
    if (read(name) > 1) losses.add(element.line, `${name} in the topology of its processors`);
  const [sockets, cores, threads] = [read('sockets'), read('cores'), read('threads')];
  return field('topology', { sockets, cores, threads }, element.line);
}

function clockOf(root: XmlElement, losses: Losses): Pick<MachineDescription, 'clock'> {
  const clock = root.child('clock');
  const offset = attributeOf(clock, 'offset');
  if (clock === undefined || offset === undefined) return {};
  if (offset !== 'utc' && offset !== 'localtime') {
    losses.add(clock.line, `its clock, which is ${quoted(offset)}`);
    return {};
  }
  return field('clock', offset, clock.line);
}

/** What every machine of the target has anyway, or what the recommender decides by the OS. */
const USUAL_FEATURES: ReadonlySet<string> = new Set([
  'acpi',
  'apic',
  'pae',
  'hyperv',
  'vmport',
  'smm',
  'gic',
  'vmcoreinfo',
  'privnet',
  'viridian',
]);

function featuresOf(root: XmlElement, losses: Losses): void {
  for (const feature of root.child('features')?.children ?? [])
    if (!USUAL_FEATURES.has(feature.name) && attributeOf(feature, 'state') !== 'off')
      losses.add(feature.line, `the feature <${feature.name.slice(0, 60)}>`);
}
