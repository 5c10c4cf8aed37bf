// SPDX-License-Identifier: Apache-2.0
import { knownArch } from '../../osinfo/arch-names.js';
import { InputError } from '../../osinfo/errors.js';
import { readXml, type XmlElement } from '../../osinfo/xml/read.js';
import { findWarnings } from './check.js';
import {
  type DiskFormat,
  diskFormats,
  extensionNamespace,
  type Feature,
  laterDiskFormats,
  type ReadBoot,
  type ReadDisk,
  type ReadDrive,
  type ReadVirtImage,
} from './model.js';
import { ExtensionScope, readModern } from './read-extension.js';

/**
 * Reads a virt-image descriptor as its first readers did (python-virtinst, virt-manager): children in any order, unknown
 * elements and attributes passed by, empty text the same as none, the first of repeated elements. Two of their faults
 * are not repeated: each feature has its own state, and messages name the value that is wrong. A document type is
 * refused. The messages are theirs, after file:line.
 * @throws InputError (XmlError) with file:line
 */
export function readVirtImage(xmlText: string | Uint8Array, file: string): ReadVirtImage {
  const root = readXml(xmlText, file, { maxBytes: 1024 * 1024, maxElements: 20_000 });
  const at = (element: XmlElement, message: string): InputError =>
    // What is quoted from the document may have line ends in it, and a message is one line.
    new InputError('virt-image', message.replace(/\s/g, ' ').slice(0, 300), { file, line: element.at.line });
  if (root.name !== 'image') throw at(root, "Root element is not 'image'");
  const domains = childrenOf(root, 'domain');
  const domain = domains[0];
  if (!domain || domains.length > 1) throw at(domains[1] ?? root, "Expected exactly one 'domain' element");
  const scope = new ExtensionScope(root);
  const boots = childrenOf(domain, 'boot').map((element) => ({ element, boot: readBoot(element, at) }));
  const devices = childOf(domain, 'devices');
  const memoryKiB = devices && readMemory(devices, at);
  const storage = childOf(root, 'storage');
  const disks = storage ? readDisks(storage, scope, at) : [];
  const name = childOf(root, 'name');
  const interfaces = devices ? childrenOf(devices, 'interface') : [];
  const own = (key: string) => (name ? scope.attribute(name, key) : undefined);
  const image = {
    file,
    name: own('name') ?? (name && textOf(name)),
    version: own('version') ?? (name && attributeOf(name, 'version')),
    release: own('release') ?? (name && attributeOf(name, 'release')),
    label: childText(root, 'label'),
    description: childText(root, 'description'),
    boots: boots.map(({ element, boot }) => ({ ...boot, drives: readDrives(element, disks, scope, at) })),
    vcpus: (devices && childText(devices, 'vcpu')) ?? '1',
    memoryKiB,
    interfaces: interfaces.length,
    interfaceModel: interfaces[0] && scope.attribute(interfaces[0], 'model'),
    graphics: devices !== undefined && childOf(devices, 'graphics') !== undefined,
    disks,
    modern: readModern(root, file),
  };
  return { ...image, warnings: findWarnings(image, root, memoryLine(devices)) };
}

type Complain = (element: XmlElement, message: string) => InputError;

function readBoot(element: XmlElement, at: Complain): Omit<ReadBoot, 'drives'> {
  const type = attributeOf(element, 'type');
  if (type === undefined) throw at(element, 'The boot type must be provided');
  if (type !== 'hvm' && type !== 'xen') throw at(element, `Boot type must be 'xen' or 'hvm', but is ${type}`);
  const guest = childOf(element, 'guest');
  const arch = guest && childText(guest, 'arch');
  if (!guest || arch === undefined) throw at(guest ?? element, 'Missing guest arch');
  const os = childOf(element, 'os');
  const loader = os && childOf(os, 'loader');
  const architecture = normalArch(arch);
  return {
    type,
    arch: architecture,
    loader: loader && readLoader(loader, at),
    loaderDev: loader && readLoaderDev(loader, at),
    features: readFeatures(guest, `${type} boot descriptor for ${architecture}`, at),
    kernel: os && childText(os, 'kernel'),
    initrd: os && childText(os, 'initrd'),
    cmdline: os && childText(os, 'cmdline'),
    line: element.at.line,
  };
}

function readLoader(element: XmlElement, at: Complain): 'pygrub' | undefined {
  const text = textOf(element);
  if (text !== undefined && text !== 'pygrub') throw at(element, `Invalid loader ${text}`);
  return text;
}

function readLoaderDev(element: XmlElement, at: Complain): 'hd' | 'cdrom' | undefined {
  const dev = attributeOf(element, 'dev');
  if (dev !== undefined && dev !== 'hd' && dev !== 'cdrom') throw at(element, `Invalid bootdev ${dev}`);
  return dev;
}

/** Other names of the two architectures that the format was made for; white space around any other name stays. */
function normalArch(arch: string): string {
  const bare = arch.trim();
  const known = /^i[3-9]86$/i.test(bare) ? 'i686' : knownArch(bare);
  return (known === 'i686' || known === 'x86_64') && known !== bare ? known : arch;
}

/** Every child counts, whatever its namespace: an unknown one is a wish that no host fulfils. */
function readFeatures(guest: XmlElement, where: string, at: Complain): Feature[] {
  const lists = childrenOf(guest, 'features');
  if (lists.length > 1) throw at(lists[1]!, `Expected at most one <features> element in ${where}`);
  return (lists[0]?.children ?? []).map((element) => {
    const state = attributeOf(element, 'state') ?? 'on';
    if (state !== 'on' && state !== 'off') {
      throw at(element, `The state for feature ${element.name} must be either 'on' or 'off', but is '${state}'`);
    }
    return { name: element.name, state };
  });
}

function readMemory(devices: XmlElement, at: Complain): number | undefined {
  const element = childOf(devices, 'memory');
  const text = element && textOf(element)?.trim();
  if (!element || text === undefined) return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw at(element, `Memory must be an integer, but is '${text.slice(0, 80)}'`);
  return Number(text);
}

function memoryLine(devices: XmlElement | undefined): number {
  return (devices && (childOf(devices, 'memory') ?? devices))?.at.line ?? 1;
}

function readDisks(storage: XmlElement, scope: ExtensionScope, at: Complain): ReadDisk[] {
  const disks: ReadDisk[] = [];
  for (const element of childrenOf(storage, 'disk')) {
    const given = attributeOf(element, 'file');
    const file = given ?? `disk${disks.length + 1}.img`;
    // Without a file name the first readers forgot a given id as well; drives of such documents count on it.
    const id = given === undefined ? `disk${disks.length}.img` : (attributeOf(element, 'id') ?? given);
    const format = readFormat(element, file, scope, at);
    if (disks.some((disk) => disk.id === id)) throw at(element, `Disk file '${file}' defined twice`);
    disks.push({
      id,
      file,
      use: attributeOf(element, 'use') ?? 'system',
      size: attributeOf(element, 'size'),
      format,
      checksums: { ...readChecksums(element, ''), ...readChecksums(element, extensionNamespace) },
      ...scope.diskFacts(element, at),
      line: element.at.line,
    });
  }
  return disks;
}

/** A later word counts where our namespace has it; where it stands outside alone, it is refused as it always was. */
function readFormat(element: XmlElement, file: string, scope: ExtensionScope, at: Complain): DiskFormat {
  const own = scope.attribute(element, 'format');
  const later = laterDiskFormats.find((one) => one === own);
  if (later !== undefined) return later;
  const format = attributeOf(element, 'format') ?? 'raw';
  const known = diskFormats.find((one) => one === format);
  if (known === undefined) throw at(element, `The format for disk ${file} must be one of ${diskFormats.join(',')}`);
  return known;
}

/** The last of a type wins; text is kept as it stands. */
function readChecksums(element: XmlElement, namespace: string): Record<string, string> {
  const digests: Record<string, string> = Object.create(null);
  for (const child of childrenOf(element, 'checksum', namespace))
    digests[attributeOf(child, 'type') ?? ''] = child.text;
  return { ...digests };
}

function readDrives(boot: XmlElement, disks: readonly ReadDisk[], scope: ExtensionScope, at: Complain): ReadDrive[] {
  return childrenOf(boot, 'drive').map((element) => {
    const wanted = attributeOf(element, 'disk');
    const disk = disks.find((one) => one.id === wanted);
    if (!disk) throw at(element, `Disk entry for '${wanted ?? 'None'}' not found`);
    return {
      disk,
      target: attributeOf(element, 'target'),
      bus: scope.attribute(element, 'bus'),
      line: element.at.line,
    };
  });
}

function childrenOf(parent: XmlElement, name: string, namespace = ''): XmlElement[] {
  return parent.children.filter((child) => child.name === name && child.namespace === namespace);
}

function childOf(parent: XmlElement, name: string): XmlElement | undefined {
  return childrenOf(parent, name)[0];
}

/** The text of an element and everything in it; empty is none. */
function textOf(element: XmlElement): string | undefined {
  return element.text === '' ? undefined : element.text;
}

function childText(parent: XmlElement, name: string): string | undefined {
  const child = childOf(parent, name);
  return child && textOf(child);
}

function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attrs.get(name) || undefined;
}
