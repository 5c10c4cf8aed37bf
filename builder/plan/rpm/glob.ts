// SPDX-License-Identifier: Apache-2.0

/** Whether a name is meant by a pattern in which `*` stands for any characters and `?` for one: in linear space, without recursion. */
export function matchesGlob(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  /** The last star, and how much of the name it has taken. */
  let star = -1;
  let taken = 0;
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p;
      taken = n;
      p += 1;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p += 1;
      n += 1;
    } else if (star >= 0) {
      p = star + 1;
      taken += 1;
      n = taken;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
