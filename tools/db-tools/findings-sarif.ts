// SPDX-License-Identifier: Apache-2.0
import { lintRules } from '../../osinfo/validate/lint/index.js';
import type { Validation } from '../../osinfo/validate/validate.js';
import { sarifLog } from './sarif.js';

/** Rules that are not lint's own. */
const otherRules: readonly { readonly name: string; readonly about: string }[] = [
  { name: 'xml', about: 'a document is no XML that the loader reads' },
  { name: 'grammar', about: 'a document is not as the grammar of the database wants it' },
  { name: 'unreadable', about: 'a file cannot be read' },
];

/** What validation found as SARIF. */
export function findingsSarif({ findings }: Validation): object {
  const used = new Set(findings.map(({ rule }) => rule));
  const rules = [...otherRules, ...lintRules].filter(({ name }) => used.has(name));
  return sarifLog(
    'osinfo-db-validate',
    rules.map(({ name, about }) => ({ id: name, about })),
    findings.map(({ severity, ...finding }) => ({ ...finding, level: severity })),
  );
}
