// SPDX-License-Identifier: Apache-2.0
import { type Checked, flag, type OptionSpec, text } from './commands/spec.js';
import { checkPackages, packagesOptions } from './packages.js';
import type { Span } from './versions.js';

/** One kind of section: a record as those of the commands. */
export interface SectionSpec extends Span {
  /** With the percent sign. */
  readonly name: string;
  readonly kind: 'packages' | 'script' | 'certificate' | 'verbatim';
  readonly options: readonly OptionSpec[];
  readonly check?: (line: Checked) => void;
}

const scriptOptions: readonly OptionSpec[] = [
  flag('erroronfail', { since: 'F4 RHEL4' }),
  text('interpreter'),
  text('log', { aliases: ['logfile'], since: 'F4 RHEL4' }),
];

const postOptions: readonly OptionSpec[] = [...scriptOptions, flag('nochroot')];

/** Every section of the language. */
export const sections: readonly SectionSpec[] = [
  {
    name: '%packages',
    kind: 'packages',
    options: packagesOptions,
    check(line) {
      const conflict = checkPackages(line.options);
      if (conflict) line.fail('option-conflict', conflict, 'default');
    },
  },
  { name: '%pre', kind: 'script', options: scriptOptions },
  { name: '%pre-install', kind: 'script', options: scriptOptions },
  { name: '%post', kind: 'script', options: postOptions },
  { name: '%onerror', kind: 'script', options: scriptOptions },
  { name: '%traceback', kind: 'script', options: scriptOptions, deprecated: 'F34' },
  {
    name: '%certificate',
    kind: 'certificate',
    options: [text('filename', { required: 'always' }), text('dir'), text('type')],
    check(line) {
      if (!line.has('dir') && !line.has('type')) line.fail('missing-option', '%certificate needs --dir or --type');
    },
  },
  { name: '%addon', kind: 'verbatim', options: [] },
  { name: '%anaconda', kind: 'verbatim', options: [] },
];

const byName = new Map(sections.map((section) => [section.name, section]));

/** The record of a section by its word, `%post`. */
export function findSection(word: string): SectionSpec | undefined {
  return byName.get(word);
}

/** The words of all sections, `%post` among them. */
export function sectionNames(): string[] {
  return [...byName.keys()];
}
