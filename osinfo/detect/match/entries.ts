// SPDX-License-Identifier: Apache-2.0

import { archNames } from '../../arch-names.js';
import type { DetectionRows, MediaRow, TreeRow } from '../../load/detection-rows.js';
import type { LiteralTable } from '../../load/literal-table.js';
import { toInteger } from '../../model/values.js';
import type { MediaFacts, MediaField, TreeFacts, TreeField } from '../types.js';

/** What a medium or tree of the database is told by. */
export interface Entry<Field extends string> {
  /** The number of the operating system among all. */
  readonly os: number;
  /** The number of the medium or tree in the operating system. */
  readonly part: number;
  /** Undefined where it fits every one. */
  readonly arch: string | undefined;
  /** Bytes; undefined where any will do. */
  readonly size: number | undefined;
  readonly patterns: readonly { readonly field: Field; readonly source: string }[];
}

/** What was read. */
export interface Facts<Field extends string> {
  readonly arch: string | undefined;
  readonly size: number | undefined;
  /** By field, each name that it goes by: more than one for an architecture only. */
  readonly texts: ReadonlyMap<Field, readonly string[]>;
}

const mediaFields = ['volume-id', 'system-id', 'publisher-id', 'application-id'] as const satisfies MediaField[];
const treeFields = ['family', 'variant', 'version', 'arch'] as const satisfies TreeField[];

/** The entries of one kind: made when they are looked at, which few are. */
export interface Entries<Field extends string> {
  readonly count: number;
  readonly literals: LiteralTable;
  /** The fields that entries have patterns for, in the order of the literals. */
  readonly fields: readonly Field[];
  at(number: number): Entry<Field>;
}

export function mediaEntries({ media, mediaLiterals }: DetectionRows): Entries<MediaField> {
  return entriesOf(mediaFields, media, mediaLiterals, (row) => toInteger(row[7] ?? undefined) || undefined);
}

export function treeEntries({ trees, treeLiterals }: DetectionRows): Entries<TreeField> {
  return entriesOf(treeFields, trees, treeLiterals, () => undefined);
}

function entriesOf<Field extends string, Row extends MediaRow | TreeRow>(
  fields: readonly Field[],
  rows: readonly Row[],
  literals: LiteralTable,
  sizeOf: (row: Row) => number | undefined,
): Entries<Field> {
  const made = new Map<number, Entry<Field>>();
  return {
    count: rows.length,
    literals,
    fields,
    at(number) {
      let entry = made.get(number);
      if (entry === undefined) {
        const row = rows[number]!;
        const arch = row[2] === null || row[2] === 'all' ? undefined : row[2];
        entry = { os: row[0], part: row[1], arch, size: sizeOf(row), patterns: patternsOf(fields, row) };
        made.set(number, entry);
      }
      return entry;
    },
  };
}

/** The four patterns of a row, which both kinds have after the architecture. */
function patternsOf<Field extends string>(fields: readonly Field[], row: MediaRow | TreeRow) {
  const patterns: { field: Field; source: string }[] = [];
  for (const [index, field] of fields.entries()) {
    const source = row[index + 3];
    if (typeof source === 'string') patterns.push({ field, source });
  }
  return patterns;
}

export function mediaTexts(facts: MediaFacts): Facts<MediaField> {
  const { arch, volumeSize: size, volumeId, systemId, publisherId, applicationId } = facts;
  const texts = textsOf(mediaFields, [volumeId, systemId, publisherId, applicationId]);
  return { arch: arch || undefined, size, texts };
}

export function treeTexts({ family, variant, version, arch }: TreeFacts): Facts<TreeField> {
  const texts = textsOf(treeFields, [family, variant, version, arch]);
  // Entries are written by several hands: what one calls i686 another calls i386.
  if (arch) texts.set('arch', archNames(arch));
  return { arch: arch || undefined, size: undefined, texts };
}

function textsOf<Field extends string>(fields: readonly Field[], values: readonly (string | undefined)[]) {
  const texts = new Map<Field, readonly string[]>();
  for (const [index, field] of fields.entries()) {
    const value = values[index];
    if (value) texts.set(field, [value]);
  }
  return texts;
}
