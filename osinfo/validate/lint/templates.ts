// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { InputError } from '../../errors.js';
import { checkScripts } from '../../script/template.js';
import { findingOf } from '../findings.js';
import { definedOf, type LintFinding, type LintRule } from './types.js';

/** Templates that could read or write files, or run what is not XSLT 1.0. */
export const templates: LintRule = {
  name: 'template',
  about: "an install script's template could read or write files",
  *check(input): Generator<LintFinding> {
    const files = new Set(definedOf(input, 'install-script').flatMap(({ origins }) => origins.map(([file]) => file)));
    for (const index of files) {
      const file = input.loaded.files[index]!;
      try {
        checkScripts(readFileSync(file), file);
      } catch (error) {
        if (!(error instanceof InputError) || error.code !== 'template' || error.at === undefined) throw error;
        yield { severity: 'error', at: error.at, message: findingOf('template', file, error).message };
      }
    }
  },
};
