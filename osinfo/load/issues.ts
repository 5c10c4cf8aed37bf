// SPDX-License-Identifier: Apache-2.0
import { formatPlace, InputError } from '../errors.js';
import type { LoadIssue } from '../model/types.js';

/** Most issues that are kept of one load: a folder of rubbish must not fill the memory. */
const most = 10_000;

/** Collects what a loader finds wrong. */
export class Issues {
  readonly list: LoadIssue[] = [];

  add(
    severity: LoadIssue['severity'],
    code: string,
    at: { file: string; line?: number; column?: number },
    message: string,
  ): void {
    if (this.list.length < most) this.list.push({ severity, code, ...at, message });
  }

  /** Takes an error that was thrown about `file`: InputErrors keep their place, others are told in one line. */
  addError(error: unknown, file: string): void {
    if (error instanceof InputError && error.at !== undefined) {
      const prefix = `${formatPlace(error.at)}: `;
      const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
      this.add('error', error.code, error.at, message);
      return;
    }
    this.add('error', 'unreadable', { file }, reason(error));
  }
}

/** One line about a failed system call, without Node's repetition of the path. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'EACCES' || code === 'EPERM') return 'cannot be read: permission denied';
  if (code === 'ELOOP') return 'cannot be read: a link that leads to itself';
  if (code === 'ENOENT') return 'cannot be read: there is no such file or folder';
  const text = error instanceof Error ? error.message : String(error);
  return `cannot be read: ${text.split('\n')[0]}`;
}

/** One line for a person: `file:line: message`. */
export function formatIssue(issue: LoadIssue): string {
  return `${formatPlace(issue)}: ${issue.message}`;
}
