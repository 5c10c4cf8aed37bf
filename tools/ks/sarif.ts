// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ISSUE_CODES } from '../../builder/kickstart/codes.js';
import type { At, Issue } from '../../builder/kickstart/model.js';
import { packageRoot } from '../../osinfo/package-root.js';
import { shownPath } from '../db-tools/findings-text.js';
import type { Checked } from './check.js';

/** SARIF's words for how much something matters. */
const LEVELS = { error: 'error', warning: 'warning', notice: 'note' } as const;

/**
 * What is found in kickstarts as SARIF 2.1.0 (OASIS), by which services that run checks put it at the lines of a
 * change. Files below the working directory are named from there, as those services want it.
 */
export function checkSarif(checked: readonly Checked[]): object {
  const issues = checked.flatMap((one) => one.issues);
  const codes = [...new Set(issues.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'guestwright ks check',
            version: (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string })
              .version,
            rules: codes.map((code) => ({ id: code, shortDescription: { text: ISSUE_CODES[code] ?? code } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: issues.map((issue) => result(issue, codes)),
      },
    ],
  };
}

function result({ severity, code, at, message }: Issue, codes: readonly string[]): object {
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVELS[severity],
    message: { text: message },
    locations: [{ physicalLocation: location(at) }],
  };
}

function location({ file, line, column }: At): object {
  const shown = shownPath(file);
  const uri = isAbsolute(shown) ? pathToFileURL(shown).href : shown.split('/').map(encodeURIComponent).join('/');
  return { artifactLocation: { uri }, region: { startLine: line, startColumn: column } };
}
