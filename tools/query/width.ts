// SPDX-License-Identifier: Apache-2.0

/** Code points that take two cells of a terminal (East Asian wide and full width, emoji). */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

/** Cells that a text takes. The original counts bytes, which puts the columns after a foreign name out of line. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}|\p{Format}/u.test(character)) continue;
    const code = character.codePointAt(0)!;
    width += wide.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
  }
  return width;
}

/** The text with spaces behind it up to a width; never cut. */
export function pad(text: string, width: number): string {
  return text.padEnd(width - widthOf(text) + text.length);
}
