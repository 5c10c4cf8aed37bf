// SPDX-License-Identifier: Apache-2.0
import type { LoadedDatabase } from './load.js';
import type { EntityRecord, Kind, Params } from './records.js';

/** Where the model takes its records from: the files just read, or the compiled index. */
export interface RecordSource {
  /** Paths of the database's files, by the index that an `At` has. */
  files(): readonly string[];
  /** Sorted. */
  ids(kind: Kind): readonly string[];
  /** The properties that lists and look-ups by name need (`headKeys`), without reading the whole record. */
  head(kind: Kind, id: string): Params | undefined;
  record(kind: Kind, id: string): EntityRecord | undefined;
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

export function headOf(record: EntityRecord): Params {
  const head: Params = {};
  for (const key of headKeys[record.kind]) {
    const values = record.params[key];
    if (values !== undefined) head[key] = values;
  }
  return head;
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

  head(kind: Kind, id: string): Params | undefined {
    return this.loaded.entities[kind].get(id)?.params;
  }

  record(kind: Kind, id: string): EntityRecord | undefined {
    return this.loaded.entities[kind].get(id);
  }
}
