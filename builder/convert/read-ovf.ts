// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { readXml, type XmlElement } from '../../osinfo/xml/read.js';
import { cimFactor, diskBytes } from './numbers.js';
import { readOvfHardware } from './read-ovf-hardware.js';
import { attributeOf, childrenOf, field, Losses, maybe, quoted, refuseTooMany, textOf } from './said.js';
import type { MachineDescription } from './types.js';

/** A disk of the DiskSection, by its id. */
export interface OvfDisk {
  /** As in the references, decoded; absent: a disk that is to be blank. */
  readonly file?: string;
  readonly format?: string;
  readonly capacityBytes?: number;
  readonly line: number;
}

const SECTIONS: Readonly<Record<string, string>> = {
  Info: '',
  Name: '',
  OperatingSystemSection: '',
  VirtualHardwareSection: '',
  References: '',
  DiskSection: '',
  NetworkSection: '',
  VirtualSystem: '',
  Strings: '',
  ProductSection: 'product and properties (what the guest asks about at its first start)',
  EulaSection: 'the text of the licence',
  AnnotationSection: 'the notes',
  ResourceAllocationSection: 'shares and limits of resources',
  DeploymentOptionSection: 'other sizes that it could be deployed in: it has the usual one',
  StartupSection: 'order and delays of the start',
  InstallSection: 'that it restarts when it was installed',
  EnvironmentFilesSection: 'files for its environment',
  BootDeviceSection: 'its boot order',
  SharedDiskSection: 'disks that are shared with others',
  ScaleOutSection: 'how many there are to be',
  PlacementGroupSection: 'where it is to be placed',
  PlacementSection: 'where it is to be placed',
  EncryptionSection: 'its encryption',
};

/**
 * Reads an OVF envelope (DMTF DSP0243, versions 1 and 2) with one machine in it.
 * @throws InputError with file:line for what is none, several machines, disks that are packed, cut in pieces or elsewhere
 */
export function readOvf(xml: string | Uint8Array, file: string): MachineDescription {
  const root = readXml(xml, file, { maxBytes: 4 * 1024 * 1024, maxElements: 50_000 });
  const fail = (element: XmlElement, message: string): InputError =>
    new InputError('convert-ovf', message, { file, line: element.line });
  if (root.name !== 'Envelope')
    throw fail(root, `the root is <${root.name.slice(0, 60)}>, and not the <Envelope> of an OVF package`);
  const losses = new Losses();
  const collections = childrenOf(root, 'VirtualSystemCollection');
  const systems = [...childrenOf(root, 'VirtualSystem'), ...childrenOf(root, 'Content')];
  if (collections[0] || systems.length > 1)
    throw fail(collections[0] ?? systems[1]!, 'it describes several machines; make a package of each first');
  const system = systems[0];
  if (system === undefined) throw fail(root, 'it describes no machine: there is no <VirtualSystem>');
  for (const section of [...root.children, ...system.children]) {
    const words = Object.hasOwn(SECTIONS, section.name) ? SECTIONS[section.name]! : undefined;
    if (words === undefined && section.name === 'Machine')
      losses.add(section.line, "VirtualBox's own description beside it (snapshots, shared folders, ports)");
    else if (words === undefined && section !== system)
      losses.add(section.line, `<${section.name.slice(0, 60)}>, which is not known here`);
    else if (words !== undefined && words !== '') losses.add(section.line, words);
  }
  const disks = disksOf(root, fail);
  const [hardware, ...others] = childrenOf(system, 'VirtualHardwareSection');
  if (hardware === undefined)
    throw fail(system, 'it says nothing of the hardware: there is no <VirtualHardwareSection>');
  for (const other of others) losses.add(other.line, 'a second choice of hardware: it has the first');
  const devices = readOvfHardware(hardware, { files: filesOf(root, fail), disks }, losses, fail);
  refuseTooMany(devices.disks, 'disks', file);
  refuseTooMany(devices.nics, 'network cards', file);
  const name = system.child('Name');
  const os = system.child('OperatingSystemSection');
  return {
    kind: 'ovf',
    file,
    ...field('name', textOf(name) ?? attributeOf(system, 'id'), name?.line ?? system.line),
    ...osOf(os),
    ...firmwareOf(system, hardware),
    ...devices,
    lost: losses.all,
  };
}

function filesOf(root: XmlElement, fail: Fail): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const element of childrenOf(root.child('References'), 'File')) {
    const href = attributeOf(element, 'href');
    const id = attributeOf(element, 'id');
    if (href === undefined || id === undefined) continue;
    if (/^[a-z][a-z0-9+.-]*:/i.test(href))
      throw fail(element, `${quoted(href)} is elsewhere: fetch it, put it beside, and name it here`);
    if (attributeOf(element, 'chunkSize') !== undefined)
      throw fail(element, `${quoted(href)} is cut into pieces: put them together first (ovftool does)`);
    const compression = attributeOf(element, 'compression');
    if (compression !== undefined && compression !== '' && compression !== 'identity')
      throw fail(element, `${quoted(href)} is packed (${quoted(compression)}): unpack it first`);
    if (files.has(id)) throw fail(element, `the id ${quoted(id)} stands for two files`);
    files.set(id, decoded(href) ?? href);
  }
  return files;
}

type Fail = (element: XmlElement, message: string) => InputError;

function decoded(href: string): string | undefined {
  try {
    return decodeURIComponent(href);
  } catch {
    return undefined;
  }
}

function disksOf(root: XmlElement, fail: Fail): ReadonlyMap<string, OvfDisk> {
  const files = filesOf(root, fail);
  const disks = new Map<string, OvfDisk>();
  for (const element of childrenOf(root.child('DiskSection'), 'Disk')) {
    const id = attributeOf(element, 'diskId');
    if (id === undefined) throw fail(element, 'the disk has no ovf:diskId');
    if (disks.has(id)) throw fail(element, `the id ${quoted(id)} stands for two disks`);
    if (attributeOf(element, 'parentRef') !== undefined)
      throw fail(element, `the disk ${quoted(id)} stands on another (ovf:parentRef): export it whole`);
    const ref = attributeOf(element, 'fileRef');
    const file = ref === undefined ? undefined : files.get(ref);
    if (ref !== undefined && file === undefined)
      throw fail(element, `the disk ${quoted(id)} names the file ${quoted(ref)}, which is not in the references`);
    const capacity = attributeOf(element, 'capacity');
    const factor = cimFactor(attributeOf(element, 'capacityAllocationUnits') ?? '');
    const bytes = capacity === undefined || factor === undefined ? undefined : diskBytes(capacity, factor);
    if (bytes === undefined && file === undefined)
      throw fail(element, `the blank disk ${quoted(id)} has no size that could be made: ${quoted(capacity ?? '')}`);
    disks.set(id, {
      ...maybe('file', file),
      ...maybe('format', formatOf(attributeOf(element, 'format') ?? '')),
      ...maybe('capacityBytes', bytes),
      line: element.line,
    });
  }
  return disks;
}

/** Formats are told by the address of their description. */
function formatOf(uri: string): string | undefined {
  if (/vmdk/i.test(uri)) return 'vmdk';
  if (/qcow/i.test(uri)) return 'qcow2';
  if (/vhdx/i.test(uri)) return 'vhdx';
  return /vhd|virtual-?server|vpc/i.test(uri) ? 'vpc' : undefined;
}

/** VMware's word, else VirtualBox's, else what is written for people. */
function osOf(section: XmlElement | undefined): Pick<MachineDescription, 'os' | 'arch'> {
  if (section === undefined) return {};
  const guest = attributeOf(section, 'osType') ?? textOf(section.child('OSType'));
  const description = textOf(section.child('Description'));
  const number = attributeOf(section, 'id');
  const is64 = guest === undefined ? undefined : /64/.test(guest);
  const arm = guest !== undefined && /^arm/i.test(guest);
  const arch = is64 === undefined ? undefined : arm ? 'aarch64' : is64 ? 'x86_64' : 'i686';
  const words = [guest, description].filter((one) => one !== undefined);
  if (words.length === 0 && number === undefined) return {};
  return {
    os: { value: maybe('word', words.join('\n') || undefined), line: section.line },
    ...field('arch', arch, section.line),
  };
}

function firmwareOf(system: XmlElement, hardware: XmlElement): Pick<MachineDescription, 'firmware' | 'secureBoot'> {
  const configs = childrenOf(hardware, 'Config');
  const config = (key: string): XmlElement | undefined =>
    configs.find((one) => attributeOf(one, 'key')?.toLowerCase() === key.toLowerCase());
  const firmware = config('firmware');
  // VirtualBox says it in its own part only.
  const own = system.child('Machine')?.child('Hardware')?.child('Firmware');
  const uefi = attributeOf(firmware, 'value') === 'efi' || /^EFI/i.test(attributeOf(own, 'type') ?? '');
  const secure = config('bootOptions.efiSecureBootEnabled');
  return {
    firmware: { value: uefi ? 'uefi' : 'bios', line: (firmware ?? own ?? hardware).line },
    ...(uefi
      ? field(
          'secureBoot',
          secure === undefined ? undefined : attributeOf(secure, 'value') === 'true',
          secure?.line ?? 1,
        )
      : {}),
  };
}
