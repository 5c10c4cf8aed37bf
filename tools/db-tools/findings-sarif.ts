// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../osinfo/package-root.js';
import type { Finding } from '../../osinfo/validate/findings.js';
import { lintRules } from '../../osinfo/validate/lint/index.js';
import type { Validation } from '../../osinfo/validate/validate.js';
import { shownPath } from './findings-text.js';

/** Rules that are not lint's own. */
const otherRules: readonly { readonly name: string; readonly about: string }[] = [
  { name: 'xml', about: 'a document is no XML that the loader reads' },
  { name: 'grammar', about: 'a document is not as the grammar of the database wants it' },
  { name: 'unreadable', about: 'a file cannot be read' },
];

/**
 * Findings in SARIF 2.1.0 (OASIS), by which services that run checks put them at the lines of a change. Files below the
 * working directory are named from there, as those services want it.
 */
export function findingsSarif({ findings }: Validation): object {
  const used = new Set(findings.map(({ rule }) => rule));
  const rules = [...otherRules, ...lintRules].filter(({ name }) => used.has(name));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'osinfo-db-validate',
            version: (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string })
              .version,
            rules: rules.map(({ name, about }) => ({ id: name, shortDescription: { text: about } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: rules.findIndex(({ name }) => name === finding.rule),
          level: finding.severity,
          message: { text: finding.message },
          locations: [{ physicalLocation: location(finding) }],
        })),
      },
    ],
  };
}

function location({ file, line, column }: Finding): object {
  const shown = shownPath(file);
  const uri = isAbsolute(shown) ? pathToFileURL(shown).href : shown.split('/').map(encodeURIComponent).join('/');
  const region = { startLine: line, ...(column === undefined ? {} : { startColumn: column }) };
  return { artifactLocation: { uri }, ...(line === undefined ? {} : { region }) };
}
