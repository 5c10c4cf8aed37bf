// SPDX-License-Identifier: Apache-2.0

/** A word for a POSIX shell, which sees in it nothing but itself. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A command for a shell, an option with its value a line. */
export function shellLines(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    if (lines.length === 0 || word.startsWith('-')) lines.push(shellWord(word));
    else lines[lines.length - 1] += ` ${shellWord(word)}`;
  }
  return `${lines.join(' \\\n  ')}\n`;
}
