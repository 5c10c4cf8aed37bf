// SPDX-License-Identifier: Apache-2.0
import { formatPlace } from '../../osinfo/errors.js';
import type { At, Issue } from './model.js';

/** So many are kept; a file with more is no kickstart, and one line says that there are more. */
const MOST_ISSUES = 1000;

/** Collects what is to be said, in the order found. */
export class Issues {
  readonly all: Issue[] = [];

  add(severity: Issue['severity'], code: string, at: At, message: string): void {
    if (this.all.length < MOST_ISSUES) this.all.push({ severity, code, at, message });
    else if (this.all.length === MOST_ISSUES)
      this.all.push({
        severity: 'error',
        code: 'too-many-issues',
        at,
        message: `more than ${MOST_ISSUES} issues: the rest is not shown`,
      });
  }

  error(code: string, at: At, message: string): void {
    this.add('error', code, at, message);
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
