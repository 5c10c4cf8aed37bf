// SPDX-License-Identifier: Apache-2.0

// The reference parser splits as Python's str.splitlines does, which knows these ends besides CR and LF: line
// numbers are the same only when all of them count.
const LINE_ENDS: ReadonlySet<number> = new Set([0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029]);

/** The lines of a text, each with its own line end kept; the last may have none. An empty text has no lines. */
export function splitLines(text: string): string[] {
  return RARE_ENDS.some((end) => text.includes(end)) ? splitAtAnyEnd(text) : splitAtNewline(text);
}

const RARE_ENDS = [...LINE_ENDS].filter((code) => code !== 0x0a).map((code) => String.fromCharCode(code));

/** The usual case, several times faster than looking at every character. */
function splitAtNewline(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    lines.push(text.slice(start, end + 1));
    start = end + 1;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}

function splitAtAnyEnd(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code > 0x1e && code < 0x85) || !LINE_ENDS.has(code)) continue;
    if (code === 0x0d && text.charCodeAt(index + 1) === 0x0a) index++;
    lines.push(text.slice(start, index + 1));
    start = index + 1;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}

/** Where the first character that is not white space stands, from 0; -1 in a blank line. */
export function firstIndex(line: string): number {
  const index = afterBlanks(line);
  const code = line.charCodeAt(index);
  // Other white space than blanks and tabs is rare, and left to the engine.
  return code > 0x20 && code < 0x7f ? index : line.search(/\S/);
}

/** Whether the first word begins with a percent sign: only then may a line of a section be more than text. */
export function beginsWithPercent(line: string): boolean {
  const code = line.charCodeAt(afterBlanks(line));
  return code === PERCENT || (!(code > 0x20 && code < 0x7f) && line[line.search(/\S/)] === '%');
}

const PERCENT = 0x25;

function afterBlanks(line: string): number {
  let index = 0;
  for (let code = line.charCodeAt(0); code === 0x20 || code === 0x09; code = line.charCodeAt(index)) index++;
  return index;
}

/** The first word as white space bounds it, quotes not looked at: how section words are recognised. */
export function firstWord(line: string): string {
  return /\S+/.exec(line)?.[0] ?? '';
}

/** White space only, or a comment. */
export function isBlankOrComment(line: string): boolean {
  const first = firstIndex(line);
  return first < 0 || line[first] === '#';
}

/** Whether a character ends a line, as `splitLines` has it. */
export function isLineEnd(character: string): boolean {
  return LINE_ENDS.has(character.charCodeAt(0));
}
