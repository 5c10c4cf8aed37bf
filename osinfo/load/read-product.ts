// SPDX-License-Identifier: Apache-2.0
import type { XmlElement } from '../xml/read.js';
import {
  append,
  at,
  factsNamespace,
  isNative,
  keepUnknown,
  needed,
  type Parts,
  type ReadContext,
  readExtra,
  readFacts,
  readProperties,
  report,
  set,
} from './context.js';
import type { EntityRecord, RelationRecord, SubRecord } from './records.js';

const productKeys = ['name', 'version', 'vendor', 'codename', 'logo', 'release-date', 'eol-date'];

export const osKeys: ReadonlySet<string> = new Set([
  ...productKeys,
  'family',
  'distro',
  'release-status',
  'kernel-url-argument',
  'cloud-image-username',
]);
export const platformKeys: ReadonlySet<string> = new Set(productKeys);
export const deviceKeys: ReadonlySet<string> = new Set([
  'name',
  'vendor',
  'vendor-id',
  'product',
  'product-id',
  'class',
  'bus-type',
  'subsystem',
]);

const relations: Readonly<Record<string, RelationRecord['relation']>> = {
  'derives-from': 'derives-from',
  clones: 'clones',
  upgrades: 'upgrades',
};

/** What an entity makes of its own children, by name. Names that are not in it, and are no property, are kept as extras. */
export type ChildReaders = Readonly<
  Record<string, (context: ReadContext, element: XmlElement, record: EntityRecord, parts: Parts) => void>
>;

/** Reads properties, facts and parts of one entity element into its record: a master, or a fragment on top of one. */
export function readEntity(
  context: ReadContext,
  element: XmlElement,
  record: EntityRecord,
  keys: ReadonlySet<string>,
  readers: ChildReaders,
  parts: Parts,
): void {
  record.origins.push(at(context, element));
  readProperties(context, element, keys, record.params);
  for (const child of element.nodes) {
    if (typeof child === 'string') continue;
    if (child.namespace === factsNamespace && child.name === 'facts') {
      record.facts ??= [];
      record.facts.push(...readFacts(context, child));
    } else if (!isNative(child)) {
      record.extras ??= [];
      record.extras.push(readExtra(context, child, element));
    } else if (Object.hasOwn(readers, child.name)) {
      readers[child.name]!(context, child, record, parts);
    } else if (!keys.has(child.name) && !child.name.startsWith('x-')) {
      record.extras ??= [];
      record.extras.push(readExtra(context, child, element));
    }
  }
}

/** `short-id`, the relations and the device links: what every product has. */
export const productReaders: ChildReaders = {
  'short-id': (context, element, record) => {
    const text = element.text;
    if (text === '')
      report(context, element, 'error', 'empty-element', '<short-id> is empty; give it a value or remove it');
    append(record.params, 'short-id', text);
  },
  'derives-from': readRelation,
  clones: readRelation,
  upgrades: readRelation,
  devices: readDevices,
};

function readRelation(context: ReadContext, element: XmlElement, record: EntityRecord): void {
  const id = needed(context, element, 'id');
  if (id === undefined) return;
  const entry = { relation: relations[element.name]!, id, at: at(context, element) };
  record.relations ??= [];
  record.relations.push(entry);
  context.references.push({ kind: record.kind, id, at: entry.at });
}

/** The links of `<devices>`: of an OS, a platform or a deployment. */
export function readDevices(context: ReadContext, element: XmlElement, record: EntityRecord): void {
  record.links ??= [];
  for (const child of element.children) {
    if (child.name !== 'device' || !isNative(child)) continue;
    const id = needed(context, child, 'id');
    if (id === undefined) continue;
    const link: SubRecord = { id, at: at(context, child), params: {} };
    const supported = child.attrs.get('supported');
    // Only this exact word switches a device off.
    if (supported !== undefined) link.params.supported = [supported === 'false' ? 'false' : 'true'];
    readProperties(context, child, linkKeys, link.params);
    keepUnknown(context, child, linkKeys, link);
    record.links.push(link);
    context.references.push({ kind: 'device', id, at: link.at });
  }
}

const linkKeys: ReadonlySet<string> = new Set(['driver']);

/** `<os id>` and `<platform id>` of a deployment. */
export const deploymentReaders: ChildReaders = {
  os: (context, element, record) => {
    const id = needed(context, element, 'id');
    if (id === undefined) return;
    record.os = id;
    context.references.push({ kind: 'os', id, at: at(context, element) });
  },
  platform: (context, element, record) => {
    const id = needed(context, element, 'id');
    if (id === undefined) return;
    record.platform = id;
    context.references.push({ kind: 'platform', id, at: at(context, element) });
  },
  devices: readDevices,
};

export const datamapReaders: ChildReaders = {
  entry: (context, element, record) => {
    const inval = element.attrs.get('inval');
    const outval = element.attrs.get('outval');
    if (inval === undefined || outval === undefined) {
      report(context, element, 'error', 'missing-attribute', '<entry> needs inval and outval; it is left out');
      return;
    }
    record.entries ??= [];
    record.entries.push([inval, outval]);
  },
};

/** Attributes that become properties of a part under the same or another name. */
export function setAttributes(
  part: SubRecord,
  element: XmlElement,
  names: readonly (readonly [attribute: string, key: string])[],
): void {
  for (const [attribute, key] of names) set(part.params, key, element.attrs.get(attribute));
}
