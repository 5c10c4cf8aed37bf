// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { InputError } from '../errors.js';
import { withMembers } from '../load/archive-place.js';
import { findFiles } from '../load/files.js';
import { HardwareIds } from '../load/ids.js';
import { Issues } from '../load/issues.js';
import { type LoadedDatabase, loadDatabase } from '../load/load.js';
import { placesInForce } from '../load/places.js';
import { LoadedSource } from '../load/source.js';
import { Database } from '../model/database.js';
import type { Db, PlaceInForce } from '../model/types.js';

/** A database that was read by itself. */
export interface ReadDatabase {
  readonly path: string;
  readonly version: string | undefined;
  readonly loaded: LoadedDatabase;
  readonly db: Db;
}

/**
 * Reads one database: a folder, a single file, an archive, or `bundled` or `system` by name. What is wrong in it is in
 * `db.issues`.
 * @throws InputError where there is nothing at the path
 * @throws ArchiveError where an archive is refused
 */
export function readDatabase(path: string): ReadDatabase {
  if (path === 'bundled' || path === 'system') {
    const [place] = placesInForce(path, process.env, new Issues());
    return readPlace(place!);
  }
  if (!existsSync(path)) throw new InputError('no-database', `${path}: there is no such file or folder`);
  return readPlace(placesInForce([path], process.env, new Issues())[0]!);
}

function readPlace(place: PlaceInForce): ReadDatabase {
  const issues = new Issues();
  const { places, read = readFileSync } = withMembers([{ place, files: findFiles(place, issues) }], readFileSync);
  const loaded = loadDatabase(places, new HardwareIds(), issues, { read });
  const db = new Database(new LoadedSource(loaded), [place], () => issues.list);
  return { path: place.path, version: place.version, loaded, db };
}
