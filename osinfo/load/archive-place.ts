// SPDX-License-Identifier: Apache-2.0
import { readArchiveFiles } from '../archive/read-files.js';
import type { PlaceInForce } from '../model/types.js';
import type { PlaceFiles } from './load.js';

/** A file that was named as a database is an archive, unless its name says that it is XML. */
export function isArchive(path: string): boolean {
  return !path.endsWith('.xml');
}

const opened = new WeakMap<PlaceInForce, ReadonlyMap<string, Buffer>>();

/** An archive as a place. It is unpacked, in memory, when its version or its files are asked for. */
export function archivePlace(path: string, why: string): PlaceInForce {
  const place: PlaceInForce = {
    kind: 'given',
    path,
    get version() {
      try {
        return members(place).get('VERSION')?.toString('utf8', 0, 200).split('\n')[0]?.trim() || undefined;
      } catch {
        // Whoever asks for its files is told why.
        return undefined;
      }
    },
    why,
  };
  return place;
}

function members(place: PlaceInForce): ReadonlyMap<string, Buffer> {
  let files = opened.get(place);
  if (files === undefined) {
    files = readArchiveFiles(place.path);
    opened.set(place, files);
  }
  return files;
}

/** Places with their archives opened: files that are named `ARCHIVE!MEMBER`, and how to read any file of them all. */
export interface OpenedPlaces {
  readonly places: readonly PlaceFiles[];
  /** Absent where every file is on the disk. */
  readonly read?: (path: string) => Uint8Array;
}

/**
 * Puts the XML files of archives in the place of the archives, as they would be found in a folder.
 * @param readFile reads the files that are on the disk
 * @throws ArchiveError where an archive is damaged, or refused
 * @throws MissingError where the program xz is missing
 */
export function withMembers(places: readonly PlaceFiles[], readFile: (path: string) => Uint8Array): OpenedPlaces {
  const bytes = new Map<string, Uint8Array>();
  const all = places.map(({ place, files }): PlaceFiles => {
    const [file] = files;
    if (file === undefined || file.inside !== '' || !isArchive(file.path)) return { place, files };
    const found = [...members(place)].filter(([inside]) => isDatabaseFile(inside)).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      place,
      files: found.map(([inside, content]) => {
        const path = `${file.path}!${inside}`;
        bytes.set(path, content);
        return { path, inside, stamp: file.stamp, changedMs: file.changedMs };
      }),
    };
  });
  if (bytes.size === 0) return { places: all };
  return { places: all, read: (path) => bytes.get(path) ?? readFile(path) };
}

/** What the loader would take from a folder. */
function isDatabaseFile(inside: string): boolean {
  return inside.endsWith('.xml') && !inside.split('/').slice(0, -1).includes('schema');
}
