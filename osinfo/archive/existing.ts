// SPDX-License-Identifier: Apache-2.0
import { type BigIntStats, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../errors.js';

/** A file of the database that an import replaces. */
export interface ExistingFile {
  readonly path: string;
  readonly kind: 'file' | 'link';
  readonly mtimeNs: bigint;
  readonly size: number;
}

/** The database that stands where an import goes. */
export interface Existing {
  /** Sorted by path. */
  readonly files: readonly ExistingFile[];
  /** Links, wherever they lead: an import must not go through one. */
  readonly links: ReadonlySet<string>;
  readonly version: string | undefined;
  /** When the database was put there: the time of its VERSION, or of its folder where that was set by us. */
  readonly since: bigint | undefined;
}

const second = 1_000_000_000n;
const hour = 3600n * second;
/** More than this is not looked at, and more than this is not carried over: it is somebody's home, no database. */
const maxFiles = 200_000;
const maxKeptFiles = 10_000;
const maxKeptBytes = 64 * 1024 * 1024;

/**
 * What is in the target of an import. Links are not followed.
 * @throws WorkError where something is neither file, folder nor link, or cannot be looked at
 */
export function readExisting(target: string): Existing | undefined {
  const top = lstatSync(target, { bigint: true, throwIfNoEntry: false });
  if (top === undefined) return undefined;
  if (!top.isDirectory())
    throw new WorkError('import-target', `${target} is no folder; remove it, or name another place`);
  const files: ExistingFile[] = [];
  const links = new Set<string>();
  walk(target, '', files, links);
  const version = files.find(({ path }) => path === 'VERSION');
  const since = version?.mtimeNs ?? (isStamped(top.mtimeNs) ? top.mtimeNs : undefined);
  return { files, links, version: version === undefined ? undefined : readVersion(target), since };
}

/** What VERSION says; undefined where there is none. */
export function readVersion(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, 'VERSION'), 'utf8').slice(0, 200).split('\n')[0]!.trim() || undefined;
  } catch {
    return undefined;
  }
}

function walk(folder: string, inside: string, files: ExistingFile[], links: Set<string>): void {
  for (const name of readdirSync(folder).sort()) {
    const file = join(folder, name);
    const path = inside === '' ? name : `${inside}/${name}`;
    const stats: BigIntStats = lstatSync(file, { bigint: true });
    if (stats.isDirectory()) walk(file, path, files, links);
    else if (stats.isSymbolicLink()) {
      links.add(path);
      files.push({ path, kind: 'link', mtimeNs: stats.mtimeNs, size: 0 });
    } else if (stats.isFile()) files.push({ path, kind: 'file', mtimeNs: stats.mtimeNs, size: Number(stats.size) });
    else
      throw new WorkError('import-target', `${file} is neither a file nor a folder; move it out of the database first`);
    if (files.length > maxFiles)
      throw new WorkError('import-target', `${folder} has more than ${maxFiles} files; it is no database`);
  }
}

/**
 * Whether a file that the new database does not have came with the old one, and goes with it. What somebody else put
 * there is kept: files that are older or younger than the database by more than an hour, all files of a folder that no
 * import has filled, and fragments (`X.d/`), which are for other packages and for people, unless they carry the very
 * time of a database that an import of ours or a package has put there.
 */
export function cameWithDatabase({ path, mtimeNs }: ExistingFile, { since }: Existing): boolean {
  if (since === undefined) return false;
  if (path === 'VERSION' || path === 'LICENSE') return true;
  const apart = mtimeNs < since ? since - mtimeNs : mtimeNs - since;
  const isFragment = /\.d\/[^/]*$/.test(path);
  return isFragment && isStamped(since) ? apart === 0n : apart <= hour;
}

/**
 * Refuses to carry a folder over that is something else than a database.
 * @throws WorkError where there is too much of it
 */
export function checkKept(target: string, kept: readonly ExistingFile[]): void {
  const bytes = kept.reduce((sum, { size }) => sum + size, 0);
  if (kept.length <= maxKeptFiles && bytes <= maxKeptBytes) return;
  const what = `${kept.length} files of ${bytes} bytes that came with no database`;
  throw new WorkError('import-target', `${target} holds ${what}; import into a folder of its own`);
}

/** Whole seconds are set, by an import of ours or a package; the clock gives fractions. */
function isStamped(timeNs: bigint): boolean {
  return timeNs % second === 0n;
}
