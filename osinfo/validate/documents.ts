// SPDX-License-Identifier: Apache-2.0
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { whyNot } from '../archive/pack-files.js';
import { WorkError } from '../errors.js';
import type { Finding } from './findings.js';

/** What a walk over a database met: everything, as the original's `--verbose` tells it. */
export interface Visit {
  readonly path: string;
  /** `document`: to be validated; */
  readonly kind: 'directory' | 'document' | 'other';
  readonly finding?: Finding;
}

const maxDepth = 32;

/**
 * Everything below a file or folder, in the order of names, folders before what is in them. Links are followed, as the
 * loader does. Files that do not end in `.xml` are told and left alone, unless one is named itself.
 * @throws WorkError where `path` is not there
 */
export function* visitDocuments(path: string): Generator<Visit> {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    throw new WorkError('validate-missing', whyNot(path, error), { cause: error });
  }
  if (stats.isDirectory()) yield* walk(path, []);
  else yield visit(path, stats, true);
}

function* walk(folder: string, above: readonly string[]): Generator<Visit> {
  let entries: readonly Dirent[];
  let real: string;
  try {
    real = realpathSync.native(folder);
    entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    yield { path: folder, kind: 'other', finding: unreadable(folder, whyNot(folder, error)) };
    return;
  }
  if (above.includes(real) || above.length > maxDepth) {
    yield {
      path: folder,
      kind: 'other',
      finding: unreadable(folder, 'a link that leads back to a folder above it; remove it'),
    };
    return;
  }
  yield { path: folder, kind: 'directory' };
  for (const entry of entries) {
    const path = join(folder, entry.name);
    let stats: Stats | Dirent;
    try {
      // The folder says what its entries are; only where a link leads has to be asked.
      stats = entry.isSymbolicLink() ? statSync(path) : entry;
    } catch (error) {
      yield { path, kind: 'other', finding: unreadable(path, whyNot(path, error)) };
      continue;
    }
    if (stats.isDirectory()) yield* walk(path, [...above, real]);
    else yield visit(path, stats, path.endsWith('.xml'));
  }
}

function visit(path: string, stats: Stats | Dirent, isDocument: boolean): Visit {
  if (!stats.isFile())
    return { path, kind: 'other', finding: unreadable(path, 'it is neither a file nor a folder; remove it') };
  return { path, kind: isDocument ? 'document' : 'other' };
}

function unreadable(file: string, message: string): Finding {
  return { severity: 'error', rule: 'unreadable', file, message };
}
