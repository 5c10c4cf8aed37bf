// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formats } from '../../../osinfo/formats/index.js';
import { neutralFields } from '../../../osinfo/formats/neutral-fields.js';
import { writeTables } from '../../../scripts/docs-formats.mjs';

it('docs/formats.md has the tables that the formats make (npm run docs:formats writes them)', () => {
  const page = readFileSync(new URL('../../../docs/formats.md', import.meta.url), 'utf8');
  expect(page).toBe(writeTables(page, formats, neutralFields));
});
