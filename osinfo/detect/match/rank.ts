// SPDX-License-Identifier: Apache-2.0

import { archRank } from '../../arch-names.js';
import { compareVersions } from '../../version-order.js';
import type { Entry } from './entries.js';

/** How sure it is that an operating system is a certain release. */
export type Standing = 'released' | 'unknown' | 'prerelease' | 'rolling';
const standings: readonly Standing[] = ['released', 'unknown', 'prerelease', 'rolling'];

/** An entry that fits, with all that the ranking looks at. */
export interface Ranked<Field extends string> {
  readonly entry: Entry<Field>;
  /** Bits that its patterns ask for. */
  readonly narrowness: number;
  /** The architecture that was read, if any. */
  readonly readArch: string | undefined;
  readonly standing: Standing;
  readonly releaseDate: string | undefined;
  readonly version: string | undefined;
  readonly osId: string;
  readonly name: string;
}

/** A reason to put one entry before another, and what it says of the better one. */
export interface Rule {
  readonly name: string;
  /** Below 0: the first is better. */
  compare(a: Ranked<string>, b: Ranked<string>): number;
  /** Why `better` stands before `worse`. */
  says(better: Ranked<string>, worse: Ranked<string>): string;
}

/** The rules of the ranking, the strongest first. Two entries that all of them hold equal are one. */
export const rules: readonly Rule[] = [
  {
    name: 'exact size',
    compare: (a, b) => Number(b.entry.size !== undefined) - Number(a.entry.size !== undefined),
    says: ({ name }) => `${name} asks for exactly this size`,
  },
  {
    name: 'more fields',
    compare: (a, b) => b.entry.patterns.length - a.entry.patterns.length,
    says: ({ name, entry }, worse) =>
      `${name} asks for ${entry.patterns.length} fields, not ${worse.entry.patterns.length}`,
  },
  {
    name: 'narrower pattern',
    compare: (a, b) => rounded(b.narrowness) - rounded(a.narrowness),
    says: ({ name }) => `${name} says more of the text literally`,
  },
  {
    name: 'exact architecture',
    compare: (a, b) => archDistance(a) - archDistance(b),
    says: ({ name, entry }) => `${name} has an entry for ${entry.arch ?? 'every architecture'}`,
  },
  {
    name: 'certain release',
    compare: (a, b) => standings.indexOf(a.standing) - standings.indexOf(b.standing),
    says: ({ name, standing }, worse) => `${name} is ${inWords[standing]}, not ${inWords[worse.standing]}`,
  },
  {
    name: 'newer release',
    compare: (a, b) => compareDates(b.releaseDate, a.releaseDate),
    says: ({ name, releaseDate }) => `${name} is newer (${releaseDate})`,
  },
  {
    name: 'higher version',
    compare: (a, b) => compareVersions(b.version ?? '', a.version ?? ''),
    says: ({ name, version }) => `${name} has the higher version (${version})`,
  },
  {
    name: 'commoner architecture',
    compare: (a, b) => archRank(a.entry.arch) - archRank(b.entry.arch),
    says: ({ name, entry }) => `${entry.arch ?? 'every architecture'} is asked for more often (${name})`,
  },
  {
    name: 'id',
    compare: (a, b) => (a.osId === b.osId ? a.entry.part - b.entry.part : a.osId < b.osId ? -1 : 1),
    says: ({ name }) => `nothing tells them apart; ${name} comes first by its id`,
  },
];

const inWords: Readonly<Record<Standing, string>> = {
  released: 'a release',
  unknown: 'a release yet unknown',
  prerelease: 'not released yet',
  rolling: 'a rolling release',
};

/** To a millionth of a bit, so that sums of the same parts in another order are equal; one alternative more is not. */
function rounded(bits: number): number {
  return Math.round(bits * 2 ** 20);
}

/** 0 for the very name that was read, 1 for another name of it, 2 for every architecture; all equal where none was read. */
function archDistance({ entry, readArch }: Ranked<string>): number {
  if (entry.arch === undefined) return 2;
  return readArch === undefined || entry.arch === readArch ? 0 : 1;
}

/** What has no date comes last. */
function compareDates(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  return a < b ? -1 : 1;
}

/** The first rule that tells two entries apart. */
export function decidingRule(a: Ranked<string>, b: Ranked<string>): Rule | undefined {
  return rules.find((rule) => rule.compare(a, b) !== 0);
}

/** Below 0: the first is better. */
export function compareRanked(a: Ranked<string>, b: Ranked<string>): number {
  return decidingRule(a, b)?.compare(a, b) ?? 0;
}
