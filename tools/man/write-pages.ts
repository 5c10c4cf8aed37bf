// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputEpoch } from '../../osinfo/doors/clock.js';
import { packageVersion } from '../../osinfo/package-root.js';
import { completionScripts } from '../completion/scripts.js';
import { loadPages } from '../help/page.js';
import { formatManPage } from './man-page.js';

/**
 * Writes what is made of the trees of options when the package is built: `man/PAGE.1` and `completion/…`.
 * @param folder an existing folder
 * @returns the names of the files, from the folder
 */
export async function writePages(folder: string): Promise<readonly string[]> {
  const date = new Date(outputEpoch() * 1000).toISOString().slice(0, 10);
  const files = new Map<string, string>();
  for (const page of await loadPages()) {
    files.set(`man/${page.name}.1`, formatManPage(page, { version: packageVersion(), date }));
  }
  for (const { file, text } of completionScripts()) files.set(`completion/${file}`, text);
  for (const name of ['man', 'completion']) mkdirSync(join(folder, name));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return [...files.keys()];
}
