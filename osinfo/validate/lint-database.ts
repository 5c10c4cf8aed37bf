// SPDX-License-Identifier: Apache-2.0
import { existsSync, realpathSync } from 'node:fs';
import { findFiles } from '../load/files.js';
import { HardwareIds } from '../load/ids.js';
import { Issues } from '../load/issues.js';
import { loadDatabase } from '../load/load.js';
import type { Finding } from './findings.js';
import { lint } from './lint/index.js';

/**
 * What the lint rules find in databases that are loaded over each other, as the loader does it.
 * @param paths folders (or single files), lowest first: the lower ones are there to be referred to. What is not there is
 *   passed over, and of a folder that is named twice the last counts.
 * @param isChecked whether findings in a file are wanted
 */
export function lintDatabase(paths: readonly string[], isChecked: (file: string) => boolean): readonly Finding[] {
  const issues = new Issues();
  const places = distinct(paths).map((path) => {
    const place = { kind: 'given', path, version: undefined, why: 'to be checked' } as const;
    return { place, files: findFiles(place, issues) };
  });
  const loaded = loadDatabase(places, new HardwareIds(), issues);
  return lint({ loaded, issues: issues.list }, isChecked);
}

function distinct(paths: readonly string[]): readonly string[] {
  const last = new Map<string, string>();
  for (const path of paths.filter((one) => existsSync(one))) {
    const real = realpathSync(path);
    last.delete(real);
    last.set(real, path);
  }
  return [...last.values()];
}
