// SPDX-License-Identifier: Apache-2.0
import { formatPlace, type InputError } from '../errors.js';

/** One thing that is wrong with a database, and where. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** `xml`, `grammar`, `unreadable`, or the name of a lint rule. Stable. */
  readonly rule: string;
  /** Absolute path. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** One sentence for a person. */
  readonly message: string;
}

/** An error about a file as a finding: its place is kept, and does not stand in the message too. */
export function findingOf(rule: string, file: string, error: InputError): Finding {
  const prefix = error.at === undefined ? '' : `${formatPlace(error.at)}: `;
  const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
  const { line, column } = error.at ?? {};
  return {
    severity: 'error',
    rule,
    file,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    message,
  };
}

/** By file, line and column; what has no line first. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0) ||
      (a.message < b.message ? -1 : a.message > b.message ? 1 : 0),
  );
}
