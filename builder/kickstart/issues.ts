// SPDX-License-Identifier: Apache-2.0
import { formatPlace } from '../../osinfo/errors.js';
import type { At, Issue } from './model.js';

/** So many errors, and so many other issues, are kept. */
const MOST_ISSUES = 1000;

/** Collects what is to be said, in the order found. */
export class Issues {
  readonly all: Issue[] = [];
  private errors = 0;

  add(severity: Issue['severity'], code: string, at: At, message: string): void {
    if (severity === 'error') {
      this.error(code, at, message);
    } else if (this.all.length - this.errors < MOST_ISSUES) {
      this.all.push({ severity, code, at, message });
    }
  }

  error(code: string, at: At, message: string): void {
    if (this.isFull) return;
    this.errors++;
    this.all.push({ severity: 'error', code, at, message });
    if (this.isFull)
      this.all.push({
        severity: 'error',
        code: 'too-many-issues',
        at,
        message: `there are ${MOST_ISSUES} errors and more: reading stops here`,
      });
  }

  /** Whether there are so many errors that reading on would help nobody. */
  get isFull(): boolean {
    return this.errors >= MOST_ISSUES;
  }
}

/** `file:line:column: message`, the severity before the message unless it is an error. */
export function formatIssue(issue: Issue): string {
  const severity = issue.severity === 'error' ? '' : `${issue.severity}: `;
  return `${formatPlace(issue.at)}: ${severity}${issue.message}`;
}

/** Whether something makes the kickstart unusable. */
export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === 'error');
}
