// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { cacheFolder } from './doors/cache.js';
import { InputError } from './errors.js';
import { withMembers } from './load/archive-place.js';
import { findFiles } from './load/files.js';
import { HardwareIds } from './load/ids.js';
import { indexPath, isSettled, openIndex, stampOf, writeIndex } from './load/index-file.js';
import { Issues } from './load/issues.js';
import { type LoadedDatabase, loadDatabase } from './load/load.js';
import { type DbChoice, placesInForce } from './load/places.js';
import { LoadedSource } from './load/source.js';
import { Database } from './model/database.js';
import type { Db, LoadIssue } from './model/types.js';

export interface OpenOptions {
  /**
   * `bundled` or `system` choose what stands in the system place, with the local and the user place above it. A path
   * or several are to be read alone, later ones win: folders, single `.xml` files, or archives (tar, plain or packed
   * with xz, as osinfo-db-export makes them; nothing of them is written). Default: bundled, see `placesInForce`.
   */
  readonly db?: DbChoice;
  /** Default `process.env`: OSINFO_*_DIR, XDG_CONFIG_HOME, XDG_CACHE_HOME, GUESTWRIGHT_CACHE_DIR. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Use and write the compiled index. Default true. */
  readonly index?: boolean;
  /** Make the first error of the database fatal. Default false: errors are collected in `issues`. */
  readonly strict?: boolean;
  /** Names of languages (`de_DE`, `de`) whose names and vendors are preferred. Default none: as untranslated. */
  readonly languages?: readonly string[];
}

/**
 * Opens the database that is in force. Nothing that stands in a database makes it throw; look at `issues`.
 * @throws InputError when `strict` is set and the database has an error, or `db` names nothing, or an archive that is
 *   damaged or refused (an ArchiveError, with the member)
 * @throws MissingError where an archive needs the program xz and there is none
 */
export function openDb(options: OpenOptions = {}): Db {
  const env = options.env ?? process.env;
  const languages = options.languages ?? [];
  const scannedAtMs = Date.now();
  const found = new Issues();
  const places = placesInForce(options.db, env, found).map((place) => ({ place, files: findFiles(place, found) }));
  const folder = options.index === false ? undefined : cacheFolder('db', env as NodeJS.ProcessEnv);
  const load = (): { readonly loaded: LoadedDatabase; readonly issues: readonly LoadIssue[] } => {
    const issues = new Issues();
    const { places: all, read = readFileSync } = withMembers(places, readFileSync);
    return { loaded: loadDatabase(all, new HardwareIds(), issues, { languages, read }), issues: issues.list };
  };
  const path = folder === undefined ? undefined : indexPath(folder, places, languages);
  const stamp = stampOf(places, languages, HardwareIds.stamp());
  const index = path === undefined ? undefined : openIndex(path, stamp, () => new LoadedSource(load().loaded));
  const fresh = index === undefined ? load() : undefined;
  if (fresh !== undefined && path !== undefined && isSettled(places, scannedAtMs)) {
    writeIndex(path, stamp, fresh.loaded, fresh.issues);
  }
  const db = new Database(
    index ?? new LoadedSource(fresh!.loaded),
    places.map(({ place }) => place),
    () => [...found.list, ...(index?.issues() ?? fresh?.issues ?? [])],
  );
  if (options.strict) refuseErrors(db.issues);
  return db;
}

function refuseErrors(issues: readonly LoadIssue[]): void {
  const errors = issues.filter((issue) => issue.severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more errors in the database)` : '';
  const { file, line, column } = first;
  const at = { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
  throw new InputError(first.code, `${first.message}${more}`, at);
}
