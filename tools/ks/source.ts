// SPDX-License-Identifier: Apache-2.0
import { formatIssue } from '../../builder/kickstart/issues.js';
import type { Issue, Kickstart } from '../../builder/kickstart/model.js';
import { type ReadOptions, readKickstart } from '../../builder/kickstart/read.js';
import { InputError } from '../../osinfo/errors.js';

/**
 * The issue that an error of reading a kickstart is: one file that cannot be read does not keep others from being
 * looked at.
 * @throws what is given where it is not about a file
 */
export function issueOfError(error: unknown): Issue {
  if (!(error instanceof InputError) || !error.at) throw error;
  const { file, line = 1, column = 1 } = error.at;
  const message = error.message.slice(error.message.indexOf(': ') + 2);
  return { severity: 'error', code: error.code, at: { file, line, column }, message };
}

/** All that is to be said of a kickstart and the files it includes. */
export function findIssues(path: string, options: ReadOptions): readonly Issue[] {
  try {
    return readKickstart(path, options).issues;
  } catch (error) {
    return [issueOfError(error)];
  }
}

/**
 * A kickstart that has to be right.
 * @throws InputError `kickstart`, a line for each error
 */
export function readRight(path: string, options: ReadOptions): Kickstart {
  const kickstart = readKickstart(path, options);
  requireRight(kickstart.issues);
  return kickstart;
}

/** @throws InputError `kickstart`, a line for each error among the issues */
export function requireRight(issues: readonly Issue[]): void {
  const errors = issues.filter((issue) => issue.severity === 'error');
  if (errors.length > 0) throw new InputError('kickstart', errors.map(formatIssue).join('\n'));
}
