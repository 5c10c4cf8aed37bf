// SPDX-License-Identifier: Apache-2.0
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readArchiveFiles } from '../archive/read.js';
import { InputError } from '../errors.js';
import { findFiles } from '../load/files.js';
import { HardwareIds } from '../load/ids.js';
import { Issues } from '../load/issues.js';
import { type LoadedDatabase, loadDatabase, type PlaceFiles } from '../load/load.js';
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
export async function readDatabase(path: string): Promise<ReadDatabase> {
  if (path === 'bundled' || path === 'system') {
    const [place] = placesInForce(path, process.env, new Issues());
    return readPlace(place!);
  }
  const full = resolve(path);
  const stats = statSync(full, { throwIfNoEntry: false });
  if (stats === undefined) throw new InputError('no-database', `${path}: there is no such file or folder`);
  if (stats.isDirectory() || full.endsWith('.xml'))
    return readPlace(placesInForce(full, process.env, new Issues())[0]!);
  return await readArchived(full);
}

function readPlace(place: PlaceInForce): ReadDatabase {
  const issues = new Issues();
  return finish(place, { place, files: findFiles(place, issues) }, issues);
}

/** An archive is read in memory: nothing of it is written. */
async function readArchived(path: string): Promise<ReadDatabase> {
  const files = await readArchiveFiles(path);
  const version = files.get('VERSION')?.toString('utf8', 0, 200).split('\n')[0]?.trim() || undefined;
  const place: PlaceInForce = { kind: 'given', path, version, why: 'an archive' };
  const found = [...files.keys()]
    .filter((inside) => inside.endsWith('.xml') && !inside.split('/').slice(0, -1).includes('schema'))
    .sort()
    .map((inside) => ({ path: inside, inside, stamp: '', changedMs: 0 }));
  return finish(place, { place, files: found }, new Issues(), (inside) => files.get(inside)!);
}

function finish(
  place: PlaceInForce,
  files: PlaceFiles,
  issues: Issues,
  read?: (path: string) => Uint8Array,
): ReadDatabase {
  const loaded = loadDatabase([files], new HardwareIds(), issues, read === undefined ? {} : { read });
  const db = new Database(new LoadedSource(loaded), [place], () => issues.list);
  return { path: place.path, version: place.version, loaded, db };
}
