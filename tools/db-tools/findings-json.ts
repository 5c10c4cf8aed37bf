// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../osinfo/validate/findings.js';
import type { Validation } from '../../osinfo/validate/validate.js';
import { countFindings, shownPath } from './findings-text.js';

/** What `--format json` prints: schema/validate.schema.json. */
export interface FindingsJson {
  readonly format: 'guestwright/validate/1';
  readonly valid: boolean;
  readonly documents: number;
  readonly errors: number;
  readonly warnings: number;
  /** Paths are from the working directory where they are below it. */
  readonly findings: readonly Finding[];
}

export function findingsJson({ documents, findings }: Validation): FindingsJson {
  const { errors, warnings } = countFindings(findings);
  return {
    format: 'guestwright/validate/1',
    valid: errors === 0,
    documents,
    errors,
    warnings,
    findings: findings.map((finding) => ({ ...finding, file: shownPath(finding.file) })),
  };
}
