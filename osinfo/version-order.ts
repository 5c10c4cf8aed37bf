// SPDX-License-Identifier: Apache-2.0

/**
 * Orders versions and short ids as people count: runs of digits by their value, everything else by code unit, and what
 * ends first comes first (`9` < `9.1` < `10`, `rhel9.2` < `rhel10`).
 */
export function compareVersions(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (isDigit(a, i) && isDigit(b, j)) {
      const one = digits(a, i);
      const other = digits(b, j);
      const x = stripZeros(a.slice(i, one));
      const y = stripZeros(b.slice(j, other));
      if (x.length !== y.length) return x.length - y.length;
      if (x !== y) return x < y ? -1 : 1;
      i = one;
      j = other;
    } else {
      const difference = a.charCodeAt(i) - b.charCodeAt(j);
      if (difference !== 0) return difference;
      i += 1;
      j += 1;
    }
  }
  const rest = a.length - i - (b.length - j);
  if (rest !== 0) return rest;
  // Equal but for zeros in front (`07`, `7`): still one order.
  return a < b ? -1 : a > b ? 1 : 0;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}

function digits(text: string, from: number): number {
  let end = from;
  while (end < text.length && isDigit(text, end)) end += 1;
  return end;
}

function stripZeros(text: string): string {
  let start = 0;
  while (start < text.length - 1 && text.charCodeAt(start) === 48) start += 1;
  return text.slice(start);
}
