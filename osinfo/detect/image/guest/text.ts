// SPDX-License-Identifier: Apache-2.0

/** A stranger's text as it may be shown on a terminal: one line, no control characters, at most `most` letters. */
export function printable(text: string, most = 200): string {
  let result = '';
  for (const letter of text.slice(0, most * 2)) {
    const code = letter.codePointAt(0)!;
    const control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    // Marks that turn the direction of writing can make a line say something else than it does.
    const turning = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    if (!control && !turning) result += letter;
    if (result.length >= most) break;
  }
  return result.trim();
}

/** The lines of a text, without their ends; at most `most`. */
export function linesOf(text: string, most = 2000): string[] {
  return text.split('\n', most).map((line) => line.replace(/\r$/, ''));
}
