// SPDX-License-Identifier: Apache-2.0

/** Something that may grow, in whole units: MiB of a disk, extents of a volume group. */
export interface Grower {
  /** Its size before it grows, which is its weight too. */
  readonly base: number;
  /** The size that it must not pass; absent: none. */
  readonly max?: number | undefined;
}

/**
 * Deals free space out among what grows, in proportion to the sizes they begin with, as the installer does. No one
 * passes its maximum; what it leaves goes to the others. All of it is dealt out unless everyone is at the maximum.
 * @returns what each one gets, in the order of `growers`
 */
export function shareOut(free: number, growers: readonly Grower[]): number[] {
  const gains = growers.map(() => 0);
  const room = growers.map(({ base, max }) => (max === undefined ? Number.POSITIVE_INFINITY : Math.max(0, max - base)));
  const weight = growers.map(({ base }) => Math.max(1, base));
  let left = Math.max(0, Math.floor(free));
  let active = growers.map((_, index) => index).filter((index) => room[index]! > 0);
  // Those whose share is more than they can take are filled first: it changes the shares of the others.
  for (;;) {
    const total = active.reduce((sum, index) => sum + weight[index]!, 0);
    const full = active.filter((index) => left * (weight[index]! / total) >= room[index]!);
    if (full.length === 0) break;
    for (const index of full) {
      gains[index] = room[index]!;
      left -= room[index]!;
    }
    active = active.filter((index) => !full.includes(index));
  }
  const total = active.reduce((sum, index) => sum + weight[index]!, 0);
  let remainder = left;
  for (const index of active) {
    const gain = Math.min(remainder, Math.floor(left * (weight[index]! / total)));
    gains[index] = gain;
    remainder -= gain;
  }
  // Rounding leaves less than one unit for each.
  while (remainder > 0) {
    const open = active.filter((index) => gains[index]! < room[index]!);
    if (open.length === 0) break;
    for (const index of open.slice(0, remainder)) {
      gains[index]! += 1;
      remainder -= 1;
    }
  }
  return gains;
}
