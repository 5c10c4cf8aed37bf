// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../recommend/types.js';
import { kinOf } from './kin.js';
import { versionRank } from './version-rank.js';

/** What tables are asked about: an OS in the database's words. */
export type GuestOs = Recommendation['os'];

/** A hypervisor's names of one system, by architecture of the machine. */
export interface GuestNames {
  readonly x86_64?: string;
  readonly i686?: string;
  readonly aarch64?: string;
  readonly s390x?: string;
}

/** A row of a table from the database's words to a hypervisor's. What is said must all fit. */
export interface GuestRow {
  /** Short ids, any of them. */
  readonly ids?: readonly string[];
  /** Distributions, any of them. */
  readonly distros?: readonly string[];
  readonly family?: string;
  /** Least version: `13`, `10.14`. A version that says no number (`rolling`, `testing`) is above all. */
  readonly since?: string;
  /** Least year of release. What has no date is newer than all. */
  readonly year?: number;
  /** Whether the name says that it is a server. */
  readonly server?: boolean;
  readonly names: GuestNames;
}

/**
 * The hypervisor's name for an OS: of the first row that fits, that has a name for the architecture, and whose name is
 * usable. Rows stand newest first, so that a release newer than all rows gets the newest. A distribution that the table
 * does not know is looked up as the one that it is made from, and then by its family.
 */
export function findGuest(
  os: GuestOs,
  arch: string,
  rows: readonly GuestRow[],
  usable: (name: string) => boolean = () => true,
): string | undefined {
  const kin = kinOf(os);
  const own = rows.filter(({ family }) => family === undefined);
  const families = rows.filter(({ family }) => family !== undefined);
  return (
    nameFrom(own, os, arch, usable) ?? (kin && nameFrom(own, kin, arch, usable)) ?? nameFrom(families, os, arch, usable)
  );
}

function nameFrom(
  rows: readonly GuestRow[],
  os: GuestOs,
  arch: string,
  usable: (name: string) => boolean,
): string | undefined {
  for (const row of rows) {
    if (!fits(row, os)) continue;
    // A 64-bit PC starts what a 32-bit PC starts, and some systems have no other name.
    const name = row.names[arch as keyof GuestNames] ?? (arch === 'x86_64' ? row.names.i686 : undefined);
    if (name !== undefined && usable(name)) return name;
  }
  return undefined;
}

function fits(row: GuestRow, os: GuestOs): boolean {
  if (row.ids && !row.ids.includes(os.shortId ?? '')) return false;
  if (row.distros && !row.distros.includes(os.distro ?? '')) return false;
  if (row.family !== undefined && row.family !== os.family) return false;
  if (row.since !== undefined && versionRank(os.version) < versionRank(row.since)) return false;
  if (row.year !== undefined && yearOf(os) < row.year) return false;
  return row.server === undefined || row.server === /\bserver\b/i.test(os.name ?? '');
}

function yearOf({ releaseDate }: GuestOs): number {
  const year = Number.parseInt(releaseDate ?? '', 10);
  return Number.isNaN(year) ? Number.POSITIVE_INFINITY : year;
}

/** Rows of a distribution for one version after the other: `[['13', names], ['12', names]]`, newest first. */
export const versions = (
  distros: readonly string[],
  list: readonly (readonly [since: string, names: GuestNames])[],
): GuestRow[] => list.map(([since, names]) => ({ distros, since, names }));
