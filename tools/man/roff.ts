// SPDX-License-Identifier: Apache-2.0

/** Characters that roff gives a meaning or another shape (groff_char(7), man(7)). */
const shapes: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** A text as roff prints it, character by character as it is written; other than ASCII by its number. */
export function escapeRoff(text: string): string {
  let escaped = '';
  for (const character of text.replace(/\s+/g, ' ')) {
    const code = character.codePointAt(0)!;
    escaped +=
      shapes[character] ?? (code < 0x80 ? character : `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`);
  }
  // A line that begins with a dot is a request.
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}

export const bold = (text: string): string => `\\fB${escapeRoff(text)}\\fR`;
export const italic = (text: string): string => `\\fI${escapeRoff(text)}\\fR`;

/** Escaped text in lines of at most about 76 characters, which is what checkers of manual pages ask for. */
export function fillRoff(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length > 75) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  lines.push(line);
  return lines.map((one) => (one.startsWith('.') ? `\\&${one}` : one)).join('\n');
}
