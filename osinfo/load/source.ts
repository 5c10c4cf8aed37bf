// SPDX-License-Identifier: Apache-2.0
import { type DetectionRows, detectionRows } from './detection-rows.js';
import type { LoadedDatabase } from './load.js';
import type { EntityRecord, Kind, Params } from './records.js';

/** The id and then the values of `headKeys`, in their order: one, several, or null for none. */
export type HeadRow = readonly [id: string, ...values: (string | readonly string[] | null)[]];

/** Where the model takes its records from: the files just read, or the compiled index. */
export interface RecordSource {
  /** Paths of the database's files, by the index that an `At` has. */
  files(): readonly string[];
  /** Sorted. */
  ids(kind: Kind): readonly string[];
  /** What lists and look-ups by name need, without the whole record. */
  head(kind: Kind, id: string): HeadRow | undefined;
  record(kind: Kind, id: string): EntityRecord | undefined;
  /** What media and trees are told by. */
  detection(): DetectionRows;
  /**
   * What pci.ids and usb.ids have to say of a device that the database speaks of: null where that is nothing or a native
   * master has the say, undefined where it was not kept.
   */
  hardware(id: string): Params | null | undefined;
}

/** Properties that a list shows, by kind: all that `head` answers. */
export const headKeys: Readonly<Record<Kind, readonly string[]>> = {
  os: [
    'short-id',
    'name',
    'version',
    'family',
    'distro',
    'vendor',
    'release-date',
    'eol-date',
    'codename',
    'release-status',
  ],
  platform: ['short-id', 'name', 'version', 'vendor', 'release-date', 'eol-date', 'codename'],
  device: ['vendor', 'vendor-id', 'product', 'product-id', 'name', 'class', 'bus-type'],
  deployment: [],
  'install-script': ['profile'],
  datamap: [],
};

export function headOf(record: EntityRecord): HeadRow {
  const values = headKeys[record.kind].map((key) => {
    const all = record.params[key];
    return all === undefined ? null : all.length === 1 ? all[0]! : all;
  });
  return [record.id, ...values];
}

/** The records as they were just loaded. */
export class LoadedSource implements RecordSource {
  constructor(private readonly loaded: LoadedDatabase) {}

  files(): readonly string[] {
    return this.loaded.files;
  }

  ids(kind: Kind): readonly string[] {
    return [...this.loaded.entities[kind].keys()];
  }

  head(kind: Kind, id: string): HeadRow | undefined {
    const record = this.loaded.entities[kind].get(id);
    return record && headOf(record);
  }

  record(kind: Kind, id: string): EntityRecord | undefined {
    return this.loaded.entities[kind].get(id);
  }

  detection(): DetectionRows {
    return detectionRows(this.loaded.entities.os.values());
  }

  hardware(): undefined {
    return undefined;
  }
}
