// SPDX-License-Identifier: Apache-2.0
import { anyChar, type CharSet, complement, digits, spaces, wordChars } from './charset.js';

/** Classes by the letter after a backslash. */
export const classes: Readonly<Record<string, CharSet>> = {
  d: digits,
  D: complement(digits),
  w: wordChars,
  W: complement(wordChars),
  s: spaces,
  S: complement(spaces),
  h: [
    [9, 9],
    [32, 32],
  ],
  N: anyChar,
};
/** Characters by the letter after a backslash. */
export const controls: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 };
/** Classes by their names in `[:name:]`. */
export const posix: Readonly<Record<string, CharSet>> = {
  alpha: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  digit: digits,
  alnum: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  upper: [[0x41, 0x5a]],
  lower: [[0x61, 0x7a]],
  space: spaces,
  blank: classes['h']!,
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
  word: wordChars,
  print: [[0x20, 0x7e]],
  graph: [[0x21, 0x7e]],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
};
