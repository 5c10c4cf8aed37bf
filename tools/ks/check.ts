// SPDX-License-Identifier: Apache-2.0
import { formatIssue, hasErrors } from '../../builder/kickstart/issues.js';
import type { Issue } from '../../builder/kickstart/model.js';
import { parseVersion } from '../../builder/kickstart/versions.js';
import { findIssues } from './source.js';

/** How kickstarts are checked. */
export interface CheckOptions {
  readonly ksVersion?: string | undefined;
  readonly defineInclude?: Readonly<Record<string, string>> | undefined;
  readonly json?: boolean | undefined;
  readonly sarif?: boolean | undefined;
}

/** What is found in one file, by the name that it was given by. */
export interface Checked {
  readonly file: string;
  readonly issues: readonly Issue[];
}

/**
 * Check kickstarts one after the other and print what is found.
 * @returns the exit code: 2 where there is an error in one of them
 * @throws InputError for a version that does not exist
 */
export async function runCheck(files: readonly string[], options: CheckOptions): Promise<0 | 2> {
  if (options.ksVersion !== undefined) parseVersion(options.ksVersion);
  const checked: Checked[] = [];
  for (const file of files) {
    const issues = findIssues(file, { version: options.ksVersion, defineIncludes: options.defineInclude ?? {} });
    if (!options.sarif) process.stdout.write(options.json ? jsonLine({ file, issues }) : textLines(issues));
    checked.push({ file, issues });
  }
  if (options.sarif) {
    const { checkSarif } = await import('./sarif.js');
    process.stdout.write(`${JSON.stringify(checkSarif(checked), undefined, 2)}\n`);
  }
  return checked.some(({ issues }) => hasErrors(issues)) ? 2 : 0;
}

function textLines(issues: readonly Issue[]): string {
  return issues.map((issue) => `${formatIssue(issue)}\n`).join('');
}

function jsonLine({ file, issues }: Checked): string {
  const told = issues.map(({ severity, code, at: { file: where, line, column }, message }) => {
    return { file: where, line, column, severity, code, message };
  });
  return `${JSON.stringify({ file, ok: !hasErrors(issues), issues: told })}\n`;
}
