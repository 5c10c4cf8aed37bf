// SPDX-License-Identifier: Apache-2.0

/** Code points, as sorted ranges that neither touch nor overlap. */
export type CharSet = readonly (readonly [low: number, high: number])[];

const last = 0x10ffff;

/** What `.` fits: all but GLib's line breaks. */
export const anyChar: CharSet = [
  [0, 9],
  [14, 0x84],
  [0x86, 0x2027],
  [0x202a, last],
];
export const digits: CharSet = [[0x30, 0x39]];
export const wordChars: CharSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
export const spaces: CharSet = [
  [9, 13],
  [0x20, 0x20],
];

export function single(code: number): CharSet {
  return [[code, code]];
}

export function union(sets: readonly CharSet[]): CharSet {
  const sorted = sets.flat().sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [low, high] of sorted) {
    const top = merged[merged.length - 1];
    if (top !== undefined && low <= top[1] + 1) top[1] = Math.max(top[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

export function complement(set: CharSet): CharSet {
  const gaps: [number, number][] = [];
  let from = 0;
  for (const [low, high] of set) {
    if (low > from) gaps.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= last) gaps.push([from, last]);
  return gaps;
}

export function overlaps(a: CharSet, b: CharSet): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i]![1] < b[j]![0]) i += 1;
    else if (b[j]![1] < a[i]![0]) j += 1;
    else return true;
  }
  return false;
}

/** The set with the other case of every ASCII letter in it. */
export function foldCase(set: CharSet): CharSet {
  const folded: [number, number][] = [];
  for (const [low, high] of set) {
    const upper = [Math.max(low, 0x41), Math.min(high, 0x5a)] as const;
    const lower = [Math.max(low, 0x61), Math.min(high, 0x7a)] as const;
    if (upper[0] <= upper[1]) folded.push([upper[0] + 32, upper[1] + 32]);
    if (lower[0] <= lower[1]) folded.push([lower[0] - 32, lower[1] - 32]);
  }
  return union([set, folded]);
}
