// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../plan/types.js';
import { firstDifference } from './first-difference.js';
import { locate } from './locate.js';

export interface OutputComparison {
  readonly file: string;
  readonly same: boolean;
  /** Byte of the first difference; absent where only one of the builds has the file. */
  readonly offset?: number;
  /** What lies there, for people, as far as it can be told. */
  readonly place?: string;
}

/** Two finished builds of a plan: the folders, and the names of all their files. */
export interface BuiltTwice {
  readonly first: { readonly folder: string; readonly files: readonly string[] };
  readonly second: { readonly folder: string; readonly files: readonly string[] };
  /** A folder for what is unpacked to be looked at; made and emptied here. */
  readonly scratch: string;
}

/** Compares every output of two builds byte by byte, in the order of their names. */
export async function compareOutputs(
  plan: Pick<Plan, 'name' | 'disks' | 'outputs'>,
  { first, second, scratch }: BuiltTwice,
): Promise<OutputComparison[]> {
  const found: OutputComparison[] = [];
  for (const file of [...new Set([...first.files, ...second.files])].sort()) {
    if (!first.files.includes(file) || !second.files.includes(file)) {
      found.push({ file, same: false, place: 'only one of the two builds has it' });
      continue;
    }
    const pair = { file, first: join(first.folder, file), second: join(second.folder, file), scratch };
    if (!statSync(pair.first).isFile()) continue;
    const offset = firstDifference(pair.first, pair.second);
    if (offset === undefined) {
      found.push({ file, same: true });
      continue;
    }
    mkdirSync(scratch, { recursive: true });
    const place = await locate(plan, pair, offset);
    rmSync(scratch, { recursive: true, force: true });
    found.push({ file, same: false, offset, ...(place === undefined ? {} : { place }) });
  }
  return found;
}
