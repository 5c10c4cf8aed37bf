// SPDX-License-Identifier: Apache-2.0
import { relative, sep } from 'node:path';
import type { Finding } from '../../osinfo/validate/findings.js';
import type { Validation } from '../../osinfo/validate/validate.js';

/** A path as people know it: from where they stand, if the file is below. */
export function shownPath(file: string, from = process.cwd()): string {
  const path = relative(from, file);
  return path === '' || path === '..' || path.startsWith(`..${sep}`) ? file : path;
}

/** `FILE:LINE: sentence [rule]`, a line each, and the sums; nothing where there is nothing to say. */
export function formatFindings({ documents, findings }: Validation): string {
  if (findings.length === 0) return '';
  const lines = findings.map(line);
  const { errors, warnings } = countFindings(findings);
  const files = new Set(findings.map(({ file }) => file)).size;
  const sums = [plural(errors, 'error'), plural(warnings, 'warning')].filter((sum) => !sum.startsWith('0 '));
  lines.push(`${sums.join(' and ')} in ${files} of ${plural(documents, 'document')}`);
  return `${lines.join('\n')}\n`;
}

export function countFindings(findings: readonly Finding[]): { readonly errors: number; readonly warnings: number } {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: findings.length - errors };
}

function line({ severity, rule, file, line, column, message }: Finding): string {
  const place = [shownPath(file), line, line === undefined ? undefined : column]
    .filter((part) => part !== undefined)
    .join(':');
  return `${place}: ${severity === 'warning' ? 'warning: ' : ''}${message} [${rule}]`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
