// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../osinfo/package-root.js';
import { type FactsLine, parseFactsLine } from '../tools/detect/facts-line.js';

/** Facts and cases to check against that are not part of the project. */
export const referenceFolder = process.env['GUESTWRIGHT_REFERENCE'] ?? join(packageRoot(), '../shared/reference');

/** What was read of a real medium or tree, and the short id that is right; null: no entry should fit. */
export interface DetectionCase {
  readonly question: FactsLine;
  readonly expected: string | null;
}

const file = (kind: 'detect' | 'tree'): string => join(referenceFolder, `osinfo-db/${kind}-cases.jsonl`);

export const hasDetectionCases = existsSync(file('detect'));

export const mediaCases = (): readonly DetectionCase[] => readCases(file('detect'));
export const treeCases = (): readonly DetectionCase[] => readCases(file('tree'));

function readCases(path: string): readonly DetectionCase[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line, index) => ({
    question: parseFactsLine(line, { file: path, line: index + 1 }),
    expected: (JSON.parse(line) as { readonly expected_shortid?: string | null }).expected_shortid ?? null,
  }));
}
