// SPDX-License-Identifier: Apache-2.0
import { WorkError } from '../../osinfo/errors.js';

/** `--network bridge=br0,model=e1000`: a first word, which may have no name, and values by their names. */
export interface SubOptions {
  readonly first: string | undefined;
  readonly values: ReadonlyMap<string, string>;
}

/** What a value of an option is wrong for, in the original's form. Its exit code there is 1, not that of usage. */
export function wrongValue(option: string, text: string, why: string): WorkError {
  return new WorkError('option-value', `Error: ${option} ${text.slice(0, 200)}: ${why}`);
}

/**
 * Reads words with commas between them. A comma inside quotes belongs to the value.
 * @param known names that there are; the first word may be given by the first of them
 * @throws WorkError for a name that is unknown or stands twice
 */
export function parseSubOptions(option: string, text: string, known: readonly string[]): SubOptions {
  const values = new Map<string, string>();
  let first: string | undefined;
  for (const [index, word] of splitWords(text).entries()) {
    const at = word.indexOf('=');
    const name = at < 0 ? undefined : word.slice(0, at).trim();
    if (name === undefined && index === 0) {
      first = word;
      continue;
    }
    if (name === undefined || !known.includes(name))
      throw wrongValue(option, text, `unknown option ${JSON.stringify((name ?? word).slice(0, 60))}`);
    if (values.has(name)) throw wrongValue(option, text, `${name} stands twice`);
    values.set(name, word.slice(at + 1));
  }
  return { first, values };
}

function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let quoted = false;
  for (const letter of text.slice(0, 4096)) {
    if (letter === '"') quoted = !quoted;
    else if (letter === ',' && !quoted) {
      words.push(word);
      word = '';
    } else word += letter;
  }
  return [...words, word];
}

/** @throws WorkError for what is no whole number from `least` to `most` */
export function wholeNumber(option: string, text: string, value: string, least = 1, most = 2 ** 40): number {
  const number = /^\d{1,13}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw wrongValue(
    option,
    text,
    `${JSON.stringify(value.slice(0, 60))} is no whole number${least > 0 ? ` above ${least - 1}` : ''}`,
  );
}
