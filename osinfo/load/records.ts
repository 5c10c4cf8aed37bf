// SPDX-License-Identifier: Apache-2.0

/**
 * What the loader makes of a database: plain data that has a JSON form, so that the compiled index is these records and
 * nothing else. Keys and values are those of libosinfo's entities; the model reads types out of them.
 */

/** Index into the database's list of files, and line. */
export type At = readonly [file: number, line: number];

/** libosinfo's properties: key to ordered values. */
export type Params = Record<string, string[]>;

export const kinds = ['os', 'platform', 'device', 'deployment', 'install-script', 'datamap'] as const;
export type Kind = (typeof kinds)[number];

/** A thing inside an entity that has an id of its own: a medium, a tree, a resource entry… */
export interface SubRecord {
  readonly id: string;
  readonly at: At;
  readonly params: Params;
  /** Child elements that the native format does not know. */
  extras?: ExtraRecord[];
}

export interface FactRecord {
  readonly name: string;
  readonly at: At;
  readonly attributes: Record<string, string>;
}

/** An element that the native format does not know: kept as it was written, with the namespaces that it needs. */
export interface ExtraRecord {
  readonly name: string;
  readonly namespace: string;
  readonly at: At;
  readonly xml: string;
}

/** In document order, masters first; libosinfo's own order is made by the model. */
export interface RelationRecord {
  readonly relation: 'derives-from' | 'clones' | 'upgrades';
  readonly id: string;
  readonly at: At;
}

export interface EntityRecord {
  readonly kind: Kind;
  readonly id: string;
  /** Empty where the entity is only referred to. */
  readonly origins: At[];
  readonly params: Params;
  /** Parts that are there only where they have something in them. */
  relations?: RelationRecord[];
  links?: SubRecord[];
  variants?: SubRecord[];
  media?: SubRecord[];
  trees?: SubRecord[];
  images?: SubRecord[];
  drivers?: SubRecord[];
  firmware?: SubRecord[];
  minimum?: SubRecord[];
  recommended?: SubRecord[];
  maximum?: SubRecord[];
  'network-install'?: SubRecord[];
  /** Ids of install scripts. */
  scripts?: string[];
  facts?: FactRecord[];
  extras?: ExtraRecord[];
  /** Of a deployment. */
  os?: string;
  platform?: string;
  /** Of an install script. */
  config?: SubRecord[];
  avatar?: SubRecord;
  template?: { readonly text: string } | { readonly uri: string };
  /** Of a datamap. */
  entries?: [inval: string, outval: string][];
  /** Of a device: a native master exists, so that pci.ids and usb.ids have no say. */
  master?: true;
}

export const resourceKinds = ['minimum', 'recommended', 'maximum', 'network-install'] as const;
export type ResourceKind = (typeof resourceKinds)[number];

/** What libosinfo's lists come to: of equal ids the one added last stays, at its later place. */
export function lastOfEach<T extends { readonly id: string }>(list: readonly T[]): T[] {
  const kept = new Map<string, T>();
  for (const item of list) {
    kept.delete(item.id);
    kept.set(item.id, item);
  }
  return kept.size === list.length ? [...list] : [...kept.values()];
}

/** The same for lists that libosinfo grows at the front: newest first, and of equal ids the one said first stays. */
export function newestFirst<T extends { readonly id: string }>(list: readonly T[]): T[] {
  const first = new Map<string, T>();
  for (const item of list) if (!first.has(item.id)) first.set(item.id, item);
  return [...first.values()].reverse();
}
