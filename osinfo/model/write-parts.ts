// SPDX-License-Identifier: Apache-2.0
import { type EntityRecord, type ExtraRecord, resourceKinds, type SubRecord } from '../load/records.js';
import type { XmlNode } from '../xml/write.js';

/** Takes XML that is to stand in the document as it was written, and gives what stands for it in the tree. */
export interface Foreign {
  place(xml: string): XmlNode;
  placeAll(extras: readonly ExtraRecord[] | undefined): XmlNode[];
}

export function text(name: string, value: string): XmlNode {
  return { name, children: [value] };
}

/** `<devices>`, in the order given. */
export function writeLinks(links: readonly SubRecord[] | undefined, foreign: Foreign): XmlNode[] {
  if (links === undefined || links.length === 0) return [];
  const children = links.map((link) => ({
    name: 'device',
    attrs: { id: link.id, ...attributes(link, [['supported', 'supported']]) },
    children: [...elements(link, ['driver']), ...others(link, foreign)],
  }));
  return [{ name: 'devices', children }];
}

/** The parts of an operating system, kind by kind, each list in its own order. */
export function writeOsParts(record: EntityRecord, foreign: Foreign): XmlNode[] {
  const write = (list: readonly SubRecord[] | undefined, make: (part: SubRecord, foreign: Foreign) => XmlNode) =>
    (list ?? []).map((part) => make(part, foreign));
  return [
    ...write(record.variants, variant),
    ...resources(record),
    ...write(record.firmware, firmware),
    ...write(record.media, media),
    ...write(record.trees, tree),
    ...write(record.images, image),
    ...write(record.drivers, driver),
    ...installer(record.scripts),
  ];
}

type Names = readonly (readonly [key: string, attribute: string])[];

/** Properties of a part that are attributes in the file. */
function attributes({ params }: SubRecord, names: Names): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(([key, name]) => {
      const value = params[key]?.[0];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const arch = ['architecture', 'arch'] as const;

function same(...names: string[]): Names {
  return names.map((name) => [name, name] as const);
}

/** Properties of a part that are elements in the file. */
function elements({ params }: SubRecord, keys: readonly string[]): XmlNode[] {
  return keys.flatMap((key) => (params[key] ?? []).map((value) => text(key, value)));
}

/** Custom properties and unknown elements. */
function others(part: SubRecord, foreign: Foreign): XmlNode[] {
  const custom = Object.keys(part.params).filter((key) => key.startsWith('x-'));
  return [...elements(part, custom), ...foreign.placeAll(part.extras)];
}

function variantRefs({ params }: SubRecord): XmlNode[] {
  return (params['variant'] ?? []).map((id) => ({ name: 'variant', attrs: { id } }));
}

function installer(scripts: readonly string[] | undefined): XmlNode[] {
  if (scripts === undefined || scripts.length === 0) return [];
  return [{ name: 'installer', children: scripts.map((id) => ({ name: 'script', attrs: { id } })) }];
}

function variant(part: SubRecord, foreign: Foreign): XmlNode {
  return { name: 'variant', attrs: { id: part.id }, children: [...elements(part, ['name']), ...others(part, foreign)] };
}

function firmware(part: SubRecord, foreign: Foreign): XmlNode {
  const attrs = attributes(part, [arch, ...same('type', 'supported', 'recommended')]);
  return { name: 'firmware', attrs, children: others(part, foreign) };
}

const labels = ['volume-id', 'system-id', 'publisher-id', 'application-id', 'volume-size'];

function media(part: SubRecord, foreign: Foreign): XmlNode {
  const { params } = part;
  const iso = [...elements(part, [...labels, 'l10n-language']), ...languagePattern(part)];
  const more = same('live', 'installer', 'installer-reboots', 'eject-after-install', 'installer-script');
  return {
    name: 'media',
    attrs: attributes(part, [arch, ...more]),
    children: [
      ...variantRefs(part),
      ...elements(part, ['url', 'kernel', 'initrd']),
      ...(iso.length === 0 ? [] : [{ name: 'iso', children: iso }]),
      ...installer(params['script']),
      ...others(part, foreign),
    ],
  };
}

function languagePattern({ params }: SubRecord): XmlNode[] {
  const pattern = params['l10n-language-regex']?.[0];
  const map = params['l10n-language-map']?.[0];
  if (pattern === undefined && map === undefined) return [];
  const attrs = { regex: 'true', ...(map === undefined ? {} : { 'l10n-language-map': map }) };
  return [{ name: 'l10n-language', attrs, children: [pattern ?? ''] }];
}

const treeinfoFields = ['family', 'variant', 'version', 'arch'];

function tree(part: SubRecord, foreign: Foreign): XmlNode {
  const { params } = part;
  const fields = treeinfoFields.flatMap((field) =>
    (params[`treeinfo-${field}`] ?? []).map((value) => text(field, value)),
  );
  // A treeinfo of which nothing is known is still one.
  const treeinfo = { name: 'treeinfo', children: fields.length > 0 ? fields : [{ name: 'family' }] };
  return {
    name: 'tree',
    attrs: attributes(part, [arch]),
    children: [
      ...variantRefs(part),
      ...elements(part, ['url', 'kernel', 'initrd', 'boot-iso']),
      ...(params['has-treeinfo']?.[0] === 'true' ? [treeinfo] : []),
      ...others(part, foreign),
    ],
  };
}

function image(part: SubRecord, foreign: Foreign): XmlNode {
  return {
    name: 'image',
    attrs: attributes(part, [arch, ...same('format', 'cloud-init')]),
    children: [...variantRefs(part), ...elements(part, ['url']), ...others(part, foreign)],
  };
}

function driver(part: SubRecord, foreign: Foreign): XmlNode {
  const devices = (part.params['device'] ?? []).map((id) => ({ name: 'device', attrs: { id } }));
  return {
    name: 'driver',
    attrs: attributes(part, same('arch', 'location', 'pre-installable', 'signed', 'priority')),
    children: [...elements(part, ['file']), ...devices, ...foreign.placeAll(part.extras)],
  };
}

const numbers = ['n-cpus', 'cpu', 'ram', 'storage'];

/**
 * One `<resources>` in the file is up to four entries of the same id, which are put together again. They come in the
 * order of their numbers in each file, which is at the end of the id.
 */
function resources(record: EntityRecord): XmlNode[] {
  const groups = new Map<string, { readonly first: SubRecord; readonly sections: XmlNode[] }>();
  for (const kind of resourceKinds) {
    for (const part of record[kind] ?? []) {
      const group = groups.get(part.id) ?? { first: part, sections: [] };
      groups.set(part.id, group);
      const amounts = elements(part, numbers);
      // An element that inherits makes the four entries by itself; elsewhere a section without numbers is one all the same.
      if (amounts.length > 0) group.sections.push({ name: kind, children: amounts });
      else if (part.params['inherit'] === undefined) group.sections.push({ name: kind, children: [{ name: 'cpu' }] });
    }
  }
  const number = (id: string): number => Number(/\d+$/.exec(id)?.[0] ?? 0);
  return [...groups.values()]
    .sort((a, b) => a.first.at[0] - b.first.at[0] || number(a.first.id) - number(b.first.id))
    .map(({ first, sections }) => ({
      name: 'resources',
      attrs: attributes(first, [arch, ...same('inherit')]),
      children: sections,
    }));
}
