// SPDX-License-Identifier: Apache-2.0
import type { Db, EntityInfo } from '../../osinfo/model/types.js';

export interface Column {
  readonly key: string;
  /** Cells are padded to this width, never cut. */
  readonly width: number;
  readonly title: string;
  /** Shown when no fields are chosen. */
  readonly shown: boolean;
}

export interface QueryType {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly entities: (db: Db) => readonly EntityInfo[];
}

const column = (key: string, width: number, title: string, shown: boolean): Column => ({ key, width, title, shown });

/** The types of osinfo-query and their columns, in the order and the widths that scripts know. */
export const queryTypes: readonly QueryType[] = [
  {
    name: 'os',
    columns: [
      column('short-id', 20, 'Short ID', true),
      column('name', 50, 'Name', true),
      column('version', 8, 'Version', true),
      column('family', 12, 'Family', false),
      column('distro', 12, 'Distro', false),
      column('vendor', 25, 'Vendor', false),
      column('release-date', 12, 'Release date', false),
      column('eol-date', 12, 'End of life', false),
      column('codename', 10, 'Code name', false),
      column('id', 40, 'ID', true),
      column('release-status', 15, 'Release status', false),
    ],
    entities: (db) => db.oses(),
  },
  {
    name: 'platform',
    columns: [
      column('short-id', 20, 'Short ID', true),
      column('name', 50, 'Name', true),
      column('version', 8, 'Version', true),
      column('vendor', 25, 'Vendor', true),
      column('release-date', 12, 'Release date', false),
      column('eol-date', 12, 'End of life', false),
      column('codename', 10, 'Code name', false),
      column('id', 40, 'ID', true),
    ],
    entities: (db) => db.platforms(),
  },
  {
    name: 'device',
    columns: [
      column('vendor', 20, 'Vendor', true),
      column('vendor-id', 12, 'Vendor ID', true),
      column('product', 20, 'Product', true),
      column('product-id', 12, 'Product ID', true),
      column('name', 14, 'Name', true),
      column('class', 15, 'Class', true),
      column('bus-type', 8, 'Bus', true),
      column('id', 40, 'ID', true),
    ],
    entities: (db) => db.devices(),
  },
  {
    name: 'deployment',
    columns: [column('id', 40, 'ID', true)],
    entities: (db) => db.deployments(),
  },
];
