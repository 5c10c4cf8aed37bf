// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The reference's folder of kickstart cases, where this machine has it. */
export const REFERENCE = resolve(process.env.GUESTWRIGHT_REFERENCE ?? '../shared/reference', 'kickstart');

export const hasReference = existsSync(resolve(REFERENCE, 'expected.jsonl'));

/** For the name of a suite: why it is skipped, where it is. */
export const skipNote = hasReference ? '' : ` (skipped: no reference cases at ${REFERENCE})`;

/** The cases of a file, an object a line. */
export function readCases<Case>(name: string): Case[] {
  return readFileSync(resolve(REFERENCE, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case);
}

export interface BadCase {
  readonly file: string;
  readonly version: string;
  readonly text: string;
  readonly want_line: number;
  readonly accepted_by: readonly string[];
}

export interface GoodCase {
  readonly ver: string;
  readonly input: string;
  readonly canonical: string | null;
}

/** One command or entry of the reference's model: its own names, only what is set. */
export type Fields = Readonly<Record<string, unknown>>;

export interface ExpectedCase {
  readonly file: string;
  readonly ok: boolean;
  readonly version_used: string | null;
  readonly matrix: Readonly<Record<string, 'ok' | number>>;
  readonly [field: string]: unknown;
}

/** The versions that know each option of a command, `part --size`, by the reference's own table: `all`, or their names. */
export function readOptionVersions(): ReadonlyMap<string, ReadonlySet<string>> {
  const versions = new Map<string, Set<string>>();
  for (const row of readFileSync(resolve(REFERENCE, 'options.tsv'), 'utf8').split('\n').slice(1)) {
    const [command, spellings, , , , , known] = row.split('\t');
    for (const spelling of spellings?.split('|') ?? []) {
      const key = `${command} ${spelling}`;
      const set = versions.get(key) ?? new Set();
      for (const version of known?.split(' ') ?? []) set.add(version);
      versions.set(key, set);
    }
  }
  return versions;
}
