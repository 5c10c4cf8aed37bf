// SPDX-License-Identifier: Apache-2.0
import type { XmlElement } from '../xml/read.js';
import {
  append,
  at,
  isNative,
  keepUnknown,
  nativeChildren,
  needed,
  type Parts,
  type ReadContext,
  readProperties,
  report,
  set,
} from './context.js';
import { type ChildReaders, productReaders, setAttributes } from './read-product.js';
import { type EntityRecord, resourceKinds, type SubRecord } from './records.js';

const noKeys: ReadonlySet<string> = new Set();
const mediaKeys: ReadonlySet<string> = new Set(['url', 'kernel', 'initrd']);
const treeKeys: ReadonlySet<string> = new Set(['url', 'kernel', 'initrd', 'boot-iso']);
const imageKeys: ReadonlySet<string> = new Set(['url']);
const mediaChildren: ReadonlySet<string> = new Set([...mediaKeys, 'variant', 'installer', 'iso']);
const treeChildren: ReadonlySet<string> = new Set([...treeKeys, 'variant', 'treeinfo']);
const imageChildren: ReadonlySet<string> = new Set([...imageKeys, 'variant']);
const driverChildren: ReadonlySet<string> = new Set(['file', 'device']);
const variantKeys: ReadonlySet<string> = new Set(['name']);
const isoKeys: ReadonlySet<string> = new Set([
  'volume-id',
  'system-id',
  'publisher-id',
  'application-id',
  'volume-size',
]);
const treeinfoKeys: ReadonlySet<string> = new Set(['family', 'variant', 'version', 'arch']);
const numberKeys: ReadonlySet<string> = new Set(['cpu', 'n-cpus', 'ram', 'storage']);

/** Attributes of the parts, and the properties that they become. */
const archAttribute = [['arch', 'architecture']] as const;
const mediaAttributes = [
  ...archAttribute,
  ['live', 'live'],
  ['installer', 'installer'],
  ['installer-reboots', 'installer-reboots'],
  ['eject-after-install', 'eject-after-install'],
  ['installer-script', 'installer-script'],
] as const;
const imageAttributes = [...archAttribute, ['format', 'format'], ['cloud-init', 'cloud-init']] as const;
const firmwareAttributes = [
  ...archAttribute,
  ['type', 'type'],
  ['supported', 'supported'],
  ['recommended', 'recommended'],
] as const;
const driverAttributes = [
  ['arch', 'arch'],
  ['location', 'location'],
  ['pre-installable', 'pre-installable'],
  ['signed', 'signed'],
  ['priority', 'priority'],
] as const;

/** The parts of an `<os>`. */
export const osReaders: ChildReaders = {
  ...productReaders,
  media: readMedia,
  tree: readTree,
  image: readImage,
  variant: readVariant,
  resources: readResources,
  firmware: readFirmware,
  installer: readInstaller,
  driver: readDriver,
};

function readMedia(context: ReadContext, element: XmlElement, record: EntityRecord, parts: Parts): void {
  const media = parts.make(element);
  setAttributes(media, element, mediaAttributes);
  if (media.params.architecture === undefined) {
    report(context, element, 'warning', 'missing-attribute', '<media> has no arch; say which, or all');
  }
  readProperties(context, element, mediaKeys, media.params);
  for (const child of nativeChildren(element)) {
    if (child.name === 'variant') append(media.params, 'variant', child.attrs.get('id'));
    else if (child.name === 'installer') readScripts(context, child, (id) => append(media.params, 'script', id));
    else if (child.name === 'iso') {
      for (const label of nativeChildren(child)) {
        if (isoKeys.has(label.name)) set(media.params, label.name, label.text);
        else if (label.name === 'l10n-language') readLanguage(label, media.params);
      }
    }
  }
  keepUnknown(context, element, mediaChildren, media);
  record.media ??= [];
  record.media.push(media);
}

function readLanguage(element: XmlElement, params: Record<string, string[]>): void {
  if (element.attrs.get('regex') !== 'true') {
    append(params, 'l10n-language', element.text);
    return;
  }
  set(params, 'l10n-language-regex', element.text);
  set(params, 'l10n-language-map', element.attrs.get('l10n-language-map'));
}

function readTree(context: ReadContext, element: XmlElement, record: EntityRecord, parts: Parts): void {
  const tree = parts.make(element);
  setAttributes(tree, element, archAttribute);
  readProperties(context, element, treeKeys, tree.params);
  let hasTreeinfo = false;
  for (const child of nativeChildren(element)) {
    if (child.name === 'variant') append(tree.params, 'variant', child.attrs.get('id'));
    else if (child.name === 'treeinfo') {
      for (const field of child.children) {
        hasTreeinfo = true;
        if (isNative(field) && treeinfoKeys.has(field.name)) set(tree.params, `treeinfo-${field.name}`, field.text);
      }
    }
  }
  tree.params['has-treeinfo'] = [String(hasTreeinfo)];
  keepUnknown(context, element, treeChildren, tree);
  record.trees ??= [];
  record.trees.push(tree);
}

function readImage(context: ReadContext, element: XmlElement, record: EntityRecord, parts: Parts): void {
  const image = parts.make(element);
  setAttributes(image, element, imageAttributes);
  readProperties(context, element, imageKeys, image.params);
  for (const child of nativeChildren(element)) {
    if (child.name === 'variant') append(image.params, 'variant', child.attrs.get('id'));
  }
  keepUnknown(context, element, imageChildren, image);
  record.images ??= [];
  record.images.push(image);
}

function readVariant(context: ReadContext, element: XmlElement, record: EntityRecord): void {
  const id = needed(context, element, 'id');
  if (id === undefined) return;
  const variant: SubRecord = { id, at: at(context, element), params: {} };
  readProperties(context, element, variantKeys, variant.params);
  keepUnknown(context, element, variantKeys, variant);
  record.variants ??= [];
  record.variants.push(variant);
}

/**
 * One element makes up to four entries. A section without an element in it makes none, unless the element inherits:
 * then each of the four is there to be filled.
 */
function readResources(context: ReadContext, element: XmlElement, record: EntityRecord, parts: Parts): void {
  const part = parts.make(element);
  setAttributes(part, element, archAttribute);
  const inherits = element.attrs.get('inherit') === 'true';
  for (const kind of resourceKinds) {
    const sections = nativeChildren(element).filter((child) => child.name === kind && child.children.length > 0);
    const section = sections.at(-1);
    if (section === undefined && !inherits) continue;
    const entry = {
      id: part.id,
      at: section === undefined ? part.at : at(context, section),
      params: { ...part.params, ...(inherits ? { inherit: ['true'] } : {}) },
    };
    for (const child of section === undefined ? [] : nativeChildren(section)) {
      if (!numberKeys.has(child.name)) continue;
      const text = child.text;
      if (text !== '' && !/^\s*\d+\s*$/.test(text)) {
        report(context, child, 'warning', 'not-a-number', `<${child.name}> is not a whole number: ${shown(text)}`);
      }
      set(entry.params, child.name, text);
    }
    const list = record[kind] ?? [];
    list.push(entry);
    record[kind] = list;
  }
}

function readFirmware(context: ReadContext, element: XmlElement, record: EntityRecord, parts: Parts): void {
  const firmware = parts.make(element);
  setAttributes(firmware, element, firmwareAttributes);
  readProperties(context, element, noKeys, firmware.params);
  keepUnknown(context, element, noKeys, firmware);
  record.firmware ??= [];
  record.firmware.push(firmware);
}

function readInstaller(context: ReadContext, element: XmlElement, record: EntityRecord): void {
  record.scripts ??= [];
  readScripts(context, element, (id) => record.scripts!.push(id));
}

function readScripts(context: ReadContext, element: XmlElement, add: (id: string) => void): void {
  for (const child of nativeChildren(element)) {
    if (child.name !== 'script') continue;
    const id = needed(context, child, 'id');
    if (id === undefined) continue;
    add(id);
    context.references.push({ kind: 'install-script', id, at: at(context, child) });
  }
}

function readDriver(context: ReadContext, element: XmlElement, record: EntityRecord, parts: Parts): void {
  const driver = parts.make(element);
  setAttributes(driver, element, driverAttributes);
  for (const child of nativeChildren(element)) {
    if (child.name === 'file') append(driver.params, 'file', child.text);
    else if (child.name === 'device') {
      const id = needed(context, child, 'id');
      if (id === undefined) continue;
      append(driver.params, 'device', id);
      context.references.push({ kind: 'device', id, at: at(context, child) });
    }
  }
  keepUnknown(context, element, driverChildren, driver, false);
  record.drivers ??= [];
  record.drivers.push(driver);
}

function shown(text: string): string {
  const short = text.trim().slice(0, 40);
  return JSON.stringify(short);
}
