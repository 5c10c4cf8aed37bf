// SPDX-License-Identifier: Apache-2.0
import { MIB } from './context.js';
import type { RaidPlan } from './types.js';

export type RaidLevel = RaidPlan['level'];

/** Fewest members that the installer takes, and how much of them holds data. */
export const RAID_LEVELS: Readonly<
  Record<RaidLevel, { readonly fewest: number; readonly striped: boolean; readonly data: (members: number) => number }>
> = {
  0: { fewest: 2, striped: true, data: (members) => members },
  1: { fewest: 2, striped: false, data: () => 1 },
  4: { fewest: 3, striped: true, data: (members) => members - 1 },
  5: { fewest: 3, striped: true, data: (members) => members - 1 },
  6: { fewest: 4, striped: true, data: (members) => members - 2 },
  10: { fewest: 4, striped: true, data: (members) => members / 2 },
};

/** mdadm's own, where `--chunksize` says nothing. */
export const DEFAULT_CHUNK = 512 * 1024;

/** What a member gives to superblock and alignment, at its beginning (1.2) or its end (1.0). */
export const RAID_RESERVED = MIB;

/** How much of each member is used, and the size of the array: whole chunks, as much on each as on the smallest. */
export function raidSizes(
  level: RaidLevel,
  chunkBytes: number,
  memberBytes: readonly number[],
  spares: number,
): { readonly dataBytes: number; readonly sizeBytes: number } {
  const usable = Math.max(0, Math.min(...memberBytes) - RAID_RESERVED);
  const unit = RAID_LEVELS[level].striped ? chunkBytes : 4096;
  const dataBytes = Math.floor(usable / unit) * unit;
  const active = memberBytes.length - spares;
  const chunks = Math.floor((dataBytes / unit) * RAID_LEVELS[level].data(active));
  return { dataBytes, sizeBytes: chunks * unit };
}

/** The level as a number: `RAID10` → 10. */
export function raidLevel(level: string | undefined): RaidLevel | undefined {
  const number = Number(level?.replace(/^RAID/i, ''));
  return number in RAID_LEVELS ? (number as RaidLevel) : undefined;
}
