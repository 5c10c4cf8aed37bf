// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { type EntityRecord, resourceKinds, type SubRecord } from '../load/records.js';

/** A part of an entity that can come, go or change by itself: a medium, a link to a device, a fact … */
export interface Item {
  /** What it is called among its kind: `media`, `device`, `fact cpu`. */
  readonly list: string;
  /** What tells it apart from others of the list, best first: two items with the same name are one that has changed. */
  readonly names: readonly string[];
  readonly values: Readonly<Record<string, string>>;
}

/** An entity taken apart: its own properties, and its parts. */
export interface Parts {
  readonly properties: Readonly<Record<string, string>>;
  readonly items: readonly Item[];
}

/** Takes an entity apart for comparison; where things stand in files is left out. */
export function partsOf(record: EntityRecord): Parts {
  const properties: Record<string, string> = {};
  for (const [key, values] of Object.entries(record.params)) properties[key] = values.join(', ');
  if (record.os !== undefined) properties['os'] = record.os;
  if (record.platform !== undefined) properties['platform'] = record.platform;
  if (record.template !== undefined) properties['template'] = templateName(record.template);
  for (const [key, values] of Object.entries(record.avatar?.params ?? {}))
    properties[`avatar ${key}`] = values.join(', ');
  return { properties, items: [...itemsOf(record)] };
}

function* itemsOf(record: EntityRecord): Generator<Item> {
  for (const { relation, id } of record.relations ?? []) yield { list: relation, names: [id], values: {} };
  for (const { id, params } of record.links ?? []) yield { list: 'device', names: [id], values: valuesOf(params) };
  for (const { id, params } of record.variants ?? []) yield { list: 'variant', names: [id], values: valuesOf(params) };
  for (const part of record.media ?? []) yield labelled('media', part, ['volume-id', 'url']);
  for (const part of record.trees ?? []) yield labelled('tree', part, ['url', 'treeinfo-version']);
  for (const part of record.images ?? []) yield labelled('image', part, ['format', 'url']);
  for (const part of record.drivers ?? []) yield labelled('driver', part, ['location']);
  for (const { params } of record.firmware ?? []) {
    yield { list: 'firmware', names: [`${params.architecture?.[0]} ${params.type?.[0]}`], values: valuesOf(params) };
  }
  for (const kind of resourceKinds) {
    for (const { params } of record[kind] ?? []) {
      yield { list: `resources ${kind}`, names: [params.architecture?.[0] ?? 'all'], values: valuesOf(params) };
    }
  }
  for (const id of record.scripts ?? []) yield { list: 'script', names: [id], values: {} };
  for (const { id, params } of record.config ?? []) yield { list: 'parameter', names: [id], values: valuesOf(params) };
  for (const [inval, outval] of record.entries ?? []) yield { list: 'entry', names: [inval], values: { outval } };
  for (const { name, attributes } of record.facts ?? []) {
    const arch = attributes['arch'];
    const second = attributes['type'] ?? attributes['name'] ?? attributes['family'];
    const names = [arch, second].filter((part) => part !== undefined).join(' ');
    yield { list: `fact ${name}`, names: [names, arch ?? ''], values: attributes };
  }
  for (const { name, xml } of record.extras ?? []) yield { list: `element ${name}`, names: [], values: { xml } };
}

/** A part that has no id of its own: it is known by its architecture and by what is said first of it. */
function labelled(list: string, { params }: SubRecord, keys: readonly string[]): Item {
  const arch = params.architecture?.[0] ?? params.arch?.[0];
  const names = keys.map((key) => params[key]?.[0]).filter((value) => value !== undefined);
  return {
    list,
    names: [...names, ''].map((name) => [arch, name].filter(Boolean).join(' ')),
    values: valuesOf(params),
  };
}

function valuesOf(params: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([key, values]) => [key, values.join(', ')]));
}

/** Stylesheets are too long to be shown: their size and digest tell whether they are the same. */
function templateName(template: NonNullable<EntityRecord['template']>): string {
  if ('uri' in template) return template.uri;
  const digest = createHash('sha256').update(template.text).digest('hex').slice(0, 12);
  return `${template.text.length} characters, sha256 ${digest}`;
}
