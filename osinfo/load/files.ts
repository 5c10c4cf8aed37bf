// SPDX-License-Identifier: Apache-2.0
import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { archiveLimits } from '../archive/limits.js';
import type { PlaceInForce } from '../model/types.js';
import { isArchive } from './archive-place.js';
import { type Issues, reason } from './issues.js';

/** A database file that was found. */
export interface FoundFile {
  readonly path: string;
  /** Path inside the place, with `/`; empty where the place is a single file, or an archive. */
  readonly inside: string;
  /** What changes whenever the file does: size, inode, and both times (to a quarter of a microsecond). */
  readonly stamp: string;
  /** Milliseconds since 1970 at which the content or the inode changed last; nobody can set it back. */
  readonly changedMs: number;
}

/** Deepest folder and most files of one place: no real database comes near, a loop of links would. */
const maxDepth = 12;
const maxFiles = 100_000;
/** Larger files are not opened; `readXml` has the same bound. */
const maxBytes = 4 * 1024 * 1024;
const maxArchiveBytes = archiveLimits.maxTotalBytes;

/**
 * The XML files of a place, in the order of their names, folder by folder. `schema` folders are not entered; LICENSE,
 * VERSION, `*~` and `*.bak` are passed over, other names without `.xml` become a warning, as libosinfo has it. A place
 * that is not there has no files; one that cannot be read is an error. An archive is one file here: `withMembers` opens it.
 */
export function findFiles(place: PlaceInForce, issues: Issues): FoundFile[] {
  const found: FoundFile[] = [];
  let stats: Stats | undefined;
  try {
    stats = statSync(place.path, { throwIfNoEntry: false });
  } catch (error) {
    issues.add('error', 'place', { file: place.path }, reason(error));
  }
  if (stats === undefined) return found;
  if (!stats.isDirectory()) {
    const most = isArchive(place.path) ? maxArchiveBytes : maxBytes;
    if (isReadable(place.path, stats, issues, most)) found.push(describe(place.path, '', stats));
    return found;
  }
  walk(place.path, '', 0, found, issues);
  return found;
}

function walk(folder: string, inside: string, depth: number, found: FoundFile[], issues: Issues): void {
  if (depth > maxDepth) {
    issues.add(
      'error',
      'too-deep',
      { file: folder },
      `folders are nested deeper than ${maxDepth}; this one is left out`,
    );
    return;
  }
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    issues.add('error', 'unreadable', { file: folder }, reason(error));
    return;
  }
  for (const entry of entries) {
    const { name } = entry;
    if (name === 'LICENSE' || name === 'VERSION' || name.endsWith('~') || name.endsWith('.bak')) continue;
    // Plain concatenation: this runs for every file at every start, and path.join costs more than the look at the file.
    const path = `${folder}/${name}`;
    const below = inside === '' ? name : `${inside}/${name}`;
    if (entry.isDirectory()) {
      if (name !== 'schema') walk(path, below, depth + 1, found, issues);
      continue;
    }
    let stats: Stats;
    try {
      stats = statSync(path);
    } catch (error) {
      issues.add('error', 'unreadable', { file: path }, reason(error));
      continue;
    }
    if (stats.isDirectory()) {
      if (name !== 'schema') walk(path, below, depth + 1, found, issues);
    } else if (!name.endsWith('.xml')) {
      issues.add('warning', 'ignored-file', { file: path }, "ignored: its name does not end in '.xml'");
    } else if (isReadable(path, stats, issues)) {
      if (found.length >= maxFiles) {
        issues.add(
          'error',
          'too-many',
          { file: path },
          `more than ${maxFiles} files; this and later ones are left out`,
        );
        return;
      }
      found.push(describe(path, below, stats));
    }
  }
}

/** Not a pipe or device, which would block, and not too large; what is wrong is said. */
function isReadable(path: string, stats: Stats, issues: Issues, most = maxBytes): boolean {
  if (!stats.isFile()) issues.add('error', 'unreadable', { file: path }, 'left out: it is not a regular file');
  else if (stats.size > most) {
    issues.add('error', 'too-large', { file: path }, `left out: it has ${stats.size} bytes, at most ${most} are read`);
  } else return true;
  return false;
}

function describe(path: string, inside: string, stats: Stats): FoundFile {
  const { size, ino, mtimeMs, ctimeMs } = stats;
  return { path, inside, stamp: `${size} ${ino} ${mtimeMs} ${ctimeMs}`, changedMs: ctimeMs };
}
