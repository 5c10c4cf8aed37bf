// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../errors.js';
import { grammarFolder } from '../package-root.js';

/** A folder or file of a database that goes into an archive. */
export interface PackFile {
  /** Inside the database, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  readonly file: string;
  readonly mtimeMs: number;
}

/** What a database consists of, besides VERSION and LICENSE, which an export makes anew. */
const endings = ['.xml', '.rng', '.ids'];
const maxDepth = 12;

/**
 * The folders and files of a database in the order of their names, each folder before what is in it. Links are
 * followed, as the original does and the loader too; a link that leads back to a folder above it is an error.
 * @throws WorkError where something cannot be read
 */
export function packFiles(folder: string): readonly PackFile[] {
  const found: PackFile[] = [];
  walk(folder, '', [], found);
  const grammar = grammarFolder(folder);
  if (grammar !== join(folder, 'schema') && existsSync(grammar)) {
    found.push({ path: 'schema', kind: 'directory', file: grammar, mtimeMs: statSync(grammar).mtimeMs });
    walk(grammar, 'schema', [], found);
  }
  return found;
}

function walk(folder: string, inside: string, above: readonly string[], found: PackFile[]): void {
  const real = reading(folder, () => realpathSync(folder));
  if (above.includes(real))
    throw new WorkError('export-loop', `${folder}: a link that leads back to ${real}; remove it`);
  if (above.length > maxDepth)
    throw new WorkError('export-depth', `${folder}: folders are nested deeper than ${maxDepth}`);
  const names = reading(folder, () => readdirSync(folder)).sort();
  for (const name of names) {
    const file = join(folder, name);
    const path = inside === '' ? name : `${inside}/${name}`;
    const stats: Stats = reading(file, () => statSync(file));
    if (stats.isDirectory()) {
      const before = found.length;
      found.push({ path, kind: 'directory', file, mtimeMs: stats.mtimeMs });
      walk(file, path, [...above, real], found);
      // Version control keeps no empty folders: an archive of a checkout is the same as one of the original.
      if (found.length === before + 1) found.pop();
    } else if (stats.isFile() && endings.some((ending) => name.endsWith(ending))) {
      found.push({ path, kind: 'file', file, mtimeMs: stats.mtimeMs });
    }
  }
}

/** The original's words for what cannot be read. */
function reading<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new WorkError('export-read', `cannot get file info ${path}: ${whyNot(path, error)}`, { cause: error });
  }
}

/** GLib's sentence about a file that cannot be looked at. */
export function whyNot(path: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'No such file or directory',
    ENOTDIR: 'Not a directory',
    EACCES: 'Permission denied',
    EISDIR: 'Is a directory',
    ELOOP: 'Too many levels of symbolic links',
  };
  return `Error when getting information for file “${path}”: ${words[code ?? ''] ?? (error as Error).message}`;
}
