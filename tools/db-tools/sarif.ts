// SPDX-License-Identifier: Apache-2.0
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageVersion } from '../../osinfo/package-root.js';
import { shownPath } from './findings-text.js';

/** A kind of finding. */
export interface SarifRule {
  readonly id: string;
  readonly about: string;
}

/** Something found at a place; lines and columns count from 1. */
export interface SarifFinding {
  readonly rule: string;
  readonly level: string;
  readonly message: string;
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/**
 * What a program found in SARIF 2.1.0 (OASIS), by which services that run checks put it at the lines of a change. Files
 * below the working directory are named from there, as those services want it.
 * @param rules those of the findings, in the order in which they are numbered
 */
export function sarifLog(program: string, rules: readonly SarifRule[], findings: readonly SarifFinding[]): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: program,
            version: packageVersion(),
            rules: rules.map(({ id, about }) => ({ id, shortDescription: { text: about } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: rules.findIndex(({ id }) => id === finding.rule),
          level: finding.level,
          message: { text: finding.message },
          locations: [{ physicalLocation: location(finding) }],
        })),
      },
    ],
  };
}

function location({ file, line, column }: SarifFinding): object {
  const shown = shownPath(file);
  const uri = isAbsolute(shown) ? pathToFileURL(shown).href : shown.split('/').map(encodeURIComponent).join('/');
  const region = { startLine: line, ...(column === undefined ? {} : { startColumn: column }) };
  return { artifactLocation: { uri }, ...(line === undefined ? {} : { region }) };
}
