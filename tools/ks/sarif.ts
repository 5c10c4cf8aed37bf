// SPDX-License-Identifier: Apache-2.0
import { ISSUE_CODES } from '../../builder/kickstart/codes.js';
import { sarifLog } from '../db-tools/sarif.js';
import type { Checked } from './check.js';

/** SARIF's words for how much something matters. */
const LEVELS = { error: 'error', warning: 'warning', notice: 'note' } as const;

/** What is found in kickstarts as SARIF. */
export function checkSarif(checked: readonly Checked[]): object {
  const issues = checked.flatMap((one) => one.issues);
  const codes = [...new Set(issues.map(({ code }) => code))].sort();
  const rules = codes.map((code) => ({ id: code, about: ISSUE_CODES[code] ?? code }));
  const findings = issues.map(({ severity, code, at, message }) => ({
    rule: code,
    level: LEVELS[severity],
    message,
    ...at,
  }));
  return sarifLog('guestwright ks check', rules, findings);
}
