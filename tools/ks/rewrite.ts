// SPDX-License-Identifier: Apache-2.0
import { formatIssue } from '../../builder/kickstart/issues.js';
import { readKickstartText, shownName } from '../../builder/kickstart/read.js';
import { formatText } from '../../builder/kickstart/rewrite/format.js';
import { upgradeText } from '../../builder/kickstart/rewrite/upgrade.js';
import { parseVersion } from '../../builder/kickstart/versions.js';
import { InputError } from '../../osinfo/errors.js';
import { replaceFile } from './replace-file.js';
import { requireRight } from './source.js';

/** Where what is rewritten goes: into the files themselves, or to standard output. */
export interface RewriteOptions {
  readonly write?: boolean | undefined;
}

/**
 * Format kickstarts, each for itself: what a file includes is another file.
 * @throws InputError where one of them is no kickstart; with `write` those before it are written
 */
export function runFormat(
  files: readonly string[],
  options: RewriteOptions & { readonly ksVersion?: string | undefined },
): void {
  requireWhere(files, options);
  for (const file of files) {
    const text = readKickstartText(file);
    const formatted = formatText(text, shownName(file), { version: options.ksVersion });
    if ('issues' in formatted) requireRight(formatted.issues);
    else put(file, text, formatted.text, options);
  }
}

/**
 * Rewrite kickstarts for a version and say on standard error what was changed, and what is left to do by hand.
 * @returns the exit code: 1 where something is left
 * @throws InputError where one of them is no kickstart of any version, or `to` is no version
 */
export function runUpgrade(files: readonly string[], options: RewriteOptions & { readonly to: string }): 0 | 1 {
  parseVersion(options.to);
  requireWhere(files, options);
  let left = 0;
  for (const file of files) {
    const text = readKickstartText(file);
    const upgraded = upgradeText(text, shownName(file), options.to);
    if ('issues' in upgraded) {
      requireRight(upgraded.issues);
      continue;
    }
    for (const issue of [...upgraded.changed, ...upgraded.left]) process.stderr.write(`${formatIssue(issue)}\n`);
    left += upgraded.left.length;
    put(file, text, upgraded.text, options);
  }
  return left > 0 ? 1 : 0;
}

function requireWhere(files: readonly string[], { write }: RewriteOptions): void {
  if (!write && files.length > 1)
    throw new InputError('usage', 'several files cannot be printed as one: give --write, or one file');
  if (write && files.includes('-'))
    throw new InputError('usage', 'standard input cannot be written: leave --write out');
}

function put(file: string, before: string, after: string, { write }: RewriteOptions): void {
  if (!write) process.stdout.write(after);
  else if (after !== before) replaceFile(file, after);
}
