// SPDX-License-Identifier: Apache-2.0
import type { LoadedDatabase } from '../../load/load.js';
import type { At, EntityRecord, Kind } from '../../load/records.js';
import type { LoadIssue } from '../../model/types.js';
import type { Finding } from '../findings.js';

/** What the rules look at: a database as it was loaded, over the places that it refers to. */
export interface LintInput {
  readonly loaded: LoadedDatabase;
  /** What the loader had to say. */
  readonly issues: readonly LoadIssue[];
}

/** Something that no grammar can say. One rule a file; `index.ts` lists them. */
export interface LintRule {
  readonly name: string;
  /** What it finds, in one sentence: for lists of rules. */
  readonly about: string;
  readonly check: (input: LintInput) => Iterable<LintFinding>;
}

/** A finding at a place of the database; the rule's name is added by the caller. */
export interface LintFinding {
  readonly severity: Finding['severity'];
  readonly at: At | { readonly file: string; readonly line?: number; readonly column?: number };
  readonly message: string;
}

/** The entities of a kind that something is said about, not only referred to. */
export function definedOf(input: LintInput, kind: Kind): readonly EntityRecord[] {
  return [...input.loaded.entities[kind].values()].filter(({ origins }) => origins.length > 0);
}

/** Whether anything is said about an entity. */
export function isDefined(input: LintInput, kind: Kind, id: string): boolean {
  return (input.loaded.entities[kind].get(id)?.origins.length ?? 0) > 0;
}

/** What an entity is called among people: its short id, else its id. */
export function nameOf(record: EntityRecord): string {
  return record.params['short-id']?.[0] ?? record.id;
}
