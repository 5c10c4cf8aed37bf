// SPDX-License-Identifier: Apache-2.0

/** The largest file: its size is a number of 32 bits. */
const MOST_BYTES = 2 ** 32 - 1;

/** Most of a long name, in UTF-16. */
const MOST_UNITS = 255;

/** Of the printable characters, those that no name on FAT has (Microsoft's specification of long names). */
const FORBIDDEN = '"*:<>?\\|';

/** Why FAT cannot hold a name as it is; undefined where it can. mcopy would write another name without a word. */
export function whyNotOnFat(name: Uint8Array): string | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(name);
  } catch {
    return 'has a name that is no UTF-8';
  }
  const wrong = [...text].find((character) => FORBIDDEN.includes(character) || character < ' ' || character === '\x7f');
  if (wrong !== undefined) return `has ${wrong < ' ' || wrong === '\x7f' ? 'a control character' : wrong} in its name`;
  if (/[. ]$/.test(text)) return 'has a name that ends with a dot or a space';
  return text.length > MOST_UNITS ? 'has too long a name' : undefined;
}

/** What names are compared by: FAT makes no difference between capital and small letters. */
export function fatKey(name: string): string {
  return name.toLowerCase();
}

/** Whether a file of so many bytes is too large. */
export function isTooLargeForFat(bytes: number): boolean {
  return bytes > MOST_BYTES;
}
