// SPDX-License-Identifier: Apache-2.0
import { formatIssue, type Kickstart, type ParseOptions, parseKickstart } from '../../../builder/kickstart/index.js';

/** Read a text as the file `a.ks`, with other files by name. */
export function parse(
  text: string,
  files: Readonly<Record<string, string>> = {},
  options: ParseOptions = {},
): Kickstart {
  return parseKickstart(text, 'a.ks', { readInclude: (path) => files[path], ...options });
}

/** What is said about a text, a line each. */
export function issuesOf(
  text: string,
  files: Readonly<Record<string, string>> = {},
  options: ParseOptions = {},
): string[] {
  return parse(text, files, options).issues.map(formatIssue);
}

/** The errors only. */
export function errorsOf(
  text: string,
  files: Readonly<Record<string, string>> = {},
  options: ParseOptions = {},
): string[] {
  return parse(text, files, options)
    .issues.filter((issue) => issue.severity === 'error')
    .map(formatIssue);
}
