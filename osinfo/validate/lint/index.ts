// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../findings.js';
import { dates } from './dates.js';
import { devices } from './devices.js';
import { loading } from './loading.js';
import { overlaps } from './overlaps.js';
import { patterns } from './patterns.js';
import { places } from './places.js';
import { references } from './references.js';
import { shortIds } from './short-ids.js';
import { templates } from './templates.js';
import type { LintInput, LintRule } from './types.js';

export type { LintInput, LintRule } from './types.js';

/** Every rule. To add one: a file here, and a line. */
export const lintRules: readonly LintRule[] = [
  loading,
  places,
  references,
  devices,
  shortIds,
  dates,
  patterns,
  overlaps,
  templates,
];

/** What the rules find, in files that `isChecked` says are meant. */
export function lint(input: LintInput, isChecked: (file: string) => boolean): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { name, check } of lintRules) {
    for (const { severity, at, message } of check(input)) {
      const place = 'file' in at ? at : { file: input.loaded.files[at[0]]!, line: at[1] };
      if (isChecked(place.file)) findings.push({ severity, rule: name, ...place, message });
    }
  }
  return findings;
}
