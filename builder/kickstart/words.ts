// SPDX-License-Identifier: Apache-2.0
import { isLineEnd } from './lines.js';

/** One word of a command line, its quotes taken off. */
export interface Word {
  readonly text: string;
  /** Where it begins, from 1. */
  readonly column: number;
}

/** What keeps a line from being split. */
export interface WordsFault {
  readonly code: 'unclosed-quote' | 'lone-escape' | 'line-continuation';
  readonly column: number;
  readonly message: string;
}

/** A line split into words, up to a fault or a comment. */
export interface Words {
  readonly words: readonly Word[];
  readonly fault: WordsFault | undefined;
  /** Where a `#` in the middle of an unquoted word cut that word off; undefined where none did. */
  readonly cutAt: number | undefined;
  /** The comment that ends the line, from its `#` on, without white space behind it. */
  readonly comment: string | undefined;
}

/**
 * Split one line into words by the rules of a POSIX shell without expansion: `'…'` is literal, in `"…"` a backslash
 * escapes only `"` and itself, elsewhere it escapes any character; pieces without a blank between them are one word.
 * `#` begins a comment even inside an unquoted word, as the reference parser has it.
 *
 * @param line one line, with or without its line end. A backslash there is a fault: a kickstart has no line
 *   continuation, and the reference makes a word of the line end.
 */
export function splitWords(line: string): Words {
  const words: Word[] = [];
  let text = '';
  let start = 0;
  let inWord = false;
  const done = (fault?: WordsFault, cutAt?: number, comment?: string): Words => ({ words, fault, cutAt, comment });
  const finish = () => {
    if (inWord) words.push({ text, column: start + 1 });
    text = '';
    inWord = false;
  };
  let index = 0;
  while (index < line.length) {
    const character = line[index]!;
    if (character === ' ' || character === '\t' || isLineEnd(character)) {
      finish();
      index++;
      continue;
    }
    if (character === '#') {
      const cut = inWord ? index + 1 : undefined;
      finish();
      return done(undefined, cut, line.slice(index).trimEnd());
    }
    if (!inWord) {
      inWord = true;
      start = index;
    }
    if (character === '\\') {
      const escaped = line[index + 1];
      if (escaped === undefined || isLineEnd(escaped)) return done(continued(escaped, index));
      text += escaped;
      index += 2;
      continue;
    }
    if (character === "'") {
      const end = line.indexOf("'", index + 1);
      if (end < 0) return done(unclosed("'", index));
      text += line.slice(index + 1, end);
      index = end + 1;
      continue;
    }
    if (character === '"') {
      const end = readDoubleQuoted(line, index + 1);
      if (!end) return done(unclosed('"', index));
      text += end.text;
      index = end.next;
      continue;
    }
    const end = endOfPlain(line, index);
    text += line.slice(index, end);
    index = end;
  }
  finish();
  return done();
}

/** Where the run of characters ends that mean only themselves; at least the first is taken. */
function endOfPlain(line: string, from: number): number {
  let index = from + 1;
  for (let code = line.charCodeAt(index); isPlain(code); code = line.charCodeAt(index)) index++;
  return index;
}

/** Letters, digits and marks of ASCII but for quotes, `#` and the backslash. What else is plain is looked at one by one. */
function isPlain(code: number): boolean {
  return (code > 0x27 && code < 0x7f && code !== 0x5c) || (code > 0x23 && code < 0x27);
}

function readDoubleQuoted(line: string, from: number): { text: string; next: number } | undefined {
  let text = '';
  for (let index = from; index < line.length; index++) {
    const character = line[index]!;
    if (character === '"') return { text, next: index + 1 };
    if (character === '\\') {
      const escaped = line[index + 1];
      if (escaped === undefined) return undefined;
      text += escaped === '"' || escaped === '\\' ? escaped : `\\${escaped}`;
      index++;
    } else {
      text += character;
    }
  }
  return undefined;
}

function continued(escaped: string | undefined, index: number): WordsFault {
  const column = index + 1;
  if (escaped === undefined) {
    return { code: 'lone-escape', column, message: 'the backslash at the end of the file escapes nothing: remove it' };
  }
  const message = 'a backslash does not continue a line in a kickstart: put all of the command on one line';
  return { code: 'line-continuation', column, message };
}

function unclosed(quote: string, index: number): WordsFault {
  return {
    code: 'unclosed-quote',
    column: index + 1,
    message: `the ${quote} is never closed on this line: add the closing ${quote}`,
  };
}

/** Quote a word so that `splitWords` reads it back as the same one word; a word that needs no quotes stays bare. */
export function quoteWord(text: string): string {
  if (text !== '' && /^[^\s"'#\\]+$/.test(text)) return text;
  return quoteAlways(text);
}

/** Quote a word in double quotes whatever it holds. */
export function quoteAlways(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
