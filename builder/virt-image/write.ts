// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { writeXml, type XmlNode } from '../../osinfo/xml/write.js';
import {
  type Boot,
  type Digests,
  diskFormats,
  extensionNamespace,
  laterDiskFormats,
  type StorageDisk,
  type VirtImage,
} from './model.js';
import { extensionBlock } from './write-extension.js';

/** What the format's own grammar allows; other text goes into an attribute of our namespace. */
const nameText = /^[\w.+\-:/]+$/;
const versionText = /^[0-9.]+(-[0-9.]+)?$/;
const digestText = /^[0-9a-f]{32,128}$/;
const least = { memoryKiB: 4000, vcpus: 1 };

/**
 * Writes a virt-image descriptor. Its unprefixed part obeys the format's own grammar and stands alone; what the format
 * has no word for is in attributes and one last block of the namespace `urn:guestwright:virt-image:1`, which old readers
 * pass by. There is no XML declaration, as in the files of appliance-creator.
 * @throws InputError when the descriptor contradicts itself, or says what readers would take wrongly
 */
export function writeVirtImage(image: VirtImage): string {
  check(image);
  const root: XmlNode = {
    name: 'image',
    attrs: [['xmlns:gw', extensionNamespace]],
    children: [
      nameElement(image),
      ...textElement('label', image.label),
      ...textElement('description', image.description),
      { name: 'domain', children: [...image.boots.map(bootElement), devicesElement(image)] },
      { name: 'storage', children: image.disks.map(diskElement) },
      ...(image.modern ? [extensionBlock(image.modern)] : []),
    ],
  };
  return writeXml(root, { declaration: false });
}

function nameElement(image: VirtImage): XmlNode {
  const attrs: [string, string][] = [];
  for (const [key, value] of [
    ['version', image.version],
    ['release', image.release],
  ] as const) {
    if (value !== undefined) attrs.push([versionText.test(value) ? key : `gw:${key}`, value]);
  }
  if (nameText.test(image.name)) return { name: 'name', attrs, children: [image.name] };
  attrs.push(['gw:name', image.name]);
  return { name: 'name', attrs, children: [image.name.replace(/[^\w.+\-:/]/gu, '_')] };
}

function textElement(name: string, text: string | undefined): XmlNode[] {
  return text === undefined || text === '' ? [] : [{ name, children: [text] }];
}

function bootElement(boot: Boot): XmlNode {
  const features = boot.features ?? [];
  return {
    name: 'boot',
    attrs: { type: boot.type },
    children: [
      {
        name: 'guest',
        children: [
          { name: 'arch', children: [boot.arch] },
          ...(features.length === 0
            ? []
            : [{ name: 'features', children: features.map(({ name, state }) => ({ name, attrs: { state } })) }]),
        ],
      },
      { name: 'os', children: [{ name: 'loader', attrs: { dev: boot.loaderDev } }] },
      ...boot.drives.map((drive) => ({
        name: 'drive',
        attrs: {
          disk: drive.disk,
          target: drive.target,
          ...(drive.bus === undefined ? {} : { 'gw:bus': drive.bus }),
        },
      })),
    ],
  };
}

function devicesElement(image: VirtImage): XmlNode {
  const model: Record<string, string> = image.interfaceModel === undefined ? {} : { 'gw:model': image.interfaceModel };
  return {
    name: 'devices',
    children: [
      { name: 'vcpu', children: [String(image.vcpus)] },
      { name: 'memory', children: [String(image.memoryKiB)] },
      ...Array.from({ length: image.interfaces }, () => ({ name: 'interface', attrs: model })),
      ...(image.graphics ? [{ name: 'graphics' }] : []),
    ],
  };
}

function diskElement(disk: StorageDisk): XmlNode {
  const attrs: [string, string][] = [];
  if (disk.id !== undefined) attrs.push(['id', disk.id]);
  attrs.push(['file', disk.file], ['use', disk.use]);
  // Of a file that is there the size is ignored; a reader that looks at it would make the file again.
  if (disk.sizeMiB !== undefined && disk.use !== 'system') attrs.push(['size', String(disk.sizeMiB)]);
  attrs.push(['format', disk.format]);
  // Old readers refuse the word, as they should what they would take for a raw disk; ours finds it in its namespace.
  if (laterDiskFormats.some((one) => one === disk.format)) attrs.push(['gw:format', disk.format]);
  for (const key of ['capacity', 'length', 'allocation', 'commitment'] as const) {
    const bytes = disk[`${key}Bytes`];
    if (bytes !== undefined) attrs.push([`gw:${key}`, String(bytes)]);
  }
  const transport = disk.transport && {
    name: 'gw:transport',
    attrs: { file: disk.transport.file },
    children: checksumElements('gw:checksum', disk.transport.checksums),
  };
  // The grammar has room for one digest, and the old readers prefer sha256; the others are in our namespace.
  const plain = ['sha256', 'sha1'].find((type) => disk.checksums[type] !== undefined);
  const others = Object.fromEntries(Object.entries(disk.checksums).filter(([type]) => type !== plain));
  return {
    name: 'disk',
    attrs,
    children: [
      ...(plain === undefined ? [] : checksumElements('checksum', { [plain]: disk.checksums[plain]! })),
      ...checksumElements('gw:checksum', others),
      ...(transport ? [transport] : []),
    ],
  };
}

function checksumElements(name: string, digests: Digests): XmlNode[] {
  return Object.entries(digests).map(([type, digest]) => ({ name, attrs: { type }, children: [digest] }));
}

function check(image: VirtImage): void {
  if (image.name === '') refuse('it has no name');
  if (image.boots.length === 0) refuse('it has no way to boot');
  if (image.disks.length === 0) refuse('it has no disk');
  if (!Number.isSafeInteger(image.memoryKiB) || image.memoryKiB < least.memoryKiB) {
    refuse(`its memory is ${image.memoryKiB} KiB (${least.memoryKiB} is the least)`);
  }
  if (!Number.isInteger(image.vcpus) || image.vcpus < least.vcpus || image.vcpus > 65_535)
    refuse(`it has ${image.vcpus} CPUs`);
  for (const disk of image.disks) checkDisk(disk);
  const ids = image.disks.map((disk) => disk.id ?? disk.file);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) refuse(`the disk ${JSON.stringify(twice)} stands twice`);
  for (const boot of image.boots) checkBoot(boot, ids);
}

function checkDisk(disk: StorageDisk): void {
  checkDigests(disk.checksums);
  if (disk.transport) checkDigests(disk.transport.checksums);
  if (disk.file === '' || disk.file.startsWith('/') || disk.file.split('/').includes('..')) {
    refuse(`the disk file ${JSON.stringify(disk.file)} is not beside the descriptor`);
  }
  const known: readonly string[] = [...diskFormats, ...laterDiskFormats];
  if (!known.includes(disk.format))
    refuse(`the format ${disk.format} of ${disk.file} is not one of ${known.join(', ')}`);
  if (disk.id !== undefined && !/^[A-Za-z_][\w.-]*$/.test(disk.id))
    refuse(`the disk id ${JSON.stringify(disk.id)} is no XML ID`);
}

function checkDigests(digests: Digests): void {
  for (const [type, digest] of Object.entries(digests)) {
    if (digestText.test(digest)) continue;
    refuse(`the ${type} digest ${JSON.stringify(digest.slice(0, 140))} is not lower-case hex`);
  }
}

function checkBoot(boot: Boot, ids: readonly string[]): void {
  if (!/^\w+$/.test(boot.arch)) refuse(`the architecture ${JSON.stringify(boot.arch)} is none`);
  if (boot.drives.length === 0) refuse('a boot has no drive');
  const unknown = boot.drives.find((drive) => !ids.includes(drive.disk));
  if (unknown) refuse(`a drive names the disk ${JSON.stringify(unknown.disk)}, which is not in the storage`);
  const targets = boot.drives.map((drive) => drive.target);
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) refuse(`two drives have the target ${twice}`);
  // The old readers gave every feature the state of the last one.
  if (new Set((boot.features ?? []).map((feature) => feature.state)).size > 1) {
    refuse('the features of one boot are not all in the same state, and old readers would take them so');
  }
}

function refuse(why: string): never {
  throw new InputError('virt-image-write', `this appliance cannot be described as virt-image: ${why}`);
}
