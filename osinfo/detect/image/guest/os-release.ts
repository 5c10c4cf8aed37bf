// SPDX-License-Identifier: Apache-2.0
import { linesOf, printable } from './text.js';

const maxFields = 200;

/**
 * The fields of an os-release file (os-release(5)): `NAME=value` a line, values bare, in single or in double quotes as a
 * shell reads them, nothing expanded. Of a field that stands twice the last counts; lines that are none are left out.
 */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const raw of linesOf(text)) {
    const line = raw.trim();
    const equals = line.indexOf('=');
    if (line.startsWith('#') || equals < 1) continue;
    const name = line.slice(0, equals);
    if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(name)) continue;
    const value = unquote(line.slice(equals + 1));
    if (value !== undefined) fields.set(name, printable(value, 512));
    if (fields.size >= maxFields) break;
  }
  return fields;
}

/** A shell word; undefined where a quote is not closed. */
function unquote(text: string): string | undefined {
  let result = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (quote === '' && (letter === ' ' || letter === '\t')) break;
    if (quote === "'" ? letter === "'" : letter === quote && quote !== '') quote = '';
    else if (quote === '' && (letter === '"' || letter === "'")) quote = letter;
    else if (letter === '\\' && quote !== "'") {
      const next = text[at + 1] ?? '';
      // In double quotes a backslash escapes these only, and stands for itself before others.
      if (quote === '"' && !'"$`\\'.includes(next)) result += letter;
      else {
        result += next;
        at++;
      }
    } else result += letter;
  }
  return quote === '' ? result : undefined;
}
