// SPDX-License-Identifier: Apache-2.0
import { type LiteralTable, literalTable } from './literal-table.js';
import type { EntityRecord } from './records.js';

/** A value as it is written in the database, null where there is none. */
type Cell = string | null;

/** A medium that can be told by its labels: the number of its OS among all, of the medium in the OS, and the patterns. */
export type MediaRow = readonly [
  os: number,
  media: number,
  arch: Cell,
  volumeId: Cell,
  systemId: Cell,
  publisherId: Cell,
  applicationId: Cell,
  volumeSize: Cell,
];

/** A tree that can be told by its treeinfo, in the same way. */
export type TreeRow = readonly [
  os: number,
  tree: number,
  arch: Cell,
  family: Cell,
  variant: Cell,
  version: Cell,
  treeinfoArch: Cell,
];

/** All that recognising needs to find candidates, so that nobody reads a thousand records for one label. */
export interface DetectionRows {
  readonly media: readonly MediaRow[];
  readonly trees: readonly TreeRow[];
  /** By which the rows are found that may fit. */
  readonly mediaLiterals: LiteralTable;
  readonly treeLiterals: LiteralTable;
}

/** The rows of operating systems, in the order of their ids; media and trees in the order of the entry. */
export function detectionRows(oses: Iterable<EntityRecord>): DetectionRows {
  const media: MediaRow[] = [];
  const trees: TreeRow[] = [];
  let os = 0;
  for (const record of oses) {
    for (const [index, { params }] of (record.media ?? []).entries()) {
      const cell = (key: string): Cell => params[key]?.[0] ?? null;
      const labels = [
        cell('volume-id'),
        cell('system-id'),
        cell('publisher-id'),
        cell('application-id'),
        cell('volume-size'),
      ] as const;
      if (labels.some((label) => label !== null)) media.push([os, index, cell('architecture'), ...labels]);
    }
    for (const [index, { params }] of (record.trees ?? []).entries()) {
      const cell = (key: string): Cell => params[key]?.[0] ?? null;
      if (cell('has-treeinfo') !== 'true') continue;
      const fields = [
        cell('treeinfo-family'),
        cell('treeinfo-variant'),
        cell('treeinfo-version'),
        cell('treeinfo-arch'),
      ] as const;
      trees.push([os, index, cell('architecture'), ...fields]);
    }
    os += 1;
  }
  const mediaLiterals = literalTable(media.map((row) => row.slice(3, 7) as Cell[]));
  const treeLiterals = literalTable(trees.map((row) => row.slice(3) as Cell[]));
  return { media, trees, mediaLiterals, treeLiterals };
}
