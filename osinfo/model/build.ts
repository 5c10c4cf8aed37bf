// SPDX-License-Identifier: Apache-2.0
import { HardwareIds } from '../load/ids.js';
import { Issues } from '../load/issues.js';
import { loadDatabase } from '../load/load.js';
import { LoadedSource } from '../load/source.js';
import { Database } from './database.js';
import type { Db } from './types.js';

/**
 * A database in memory: native files by their paths (`os/debian.org/debian-12.xml`), as one place would hold them.
 * The file system is not touched, but for pci.ids and usb.ids where a device of theirs is asked for.
 */
export function dbFromXml(files: Readonly<Record<string, string>>, languages: readonly string[] = []): Db {
  const issues = new Issues();
  const place = { kind: 'given', path: '', version: files.VERSION?.trim(), why: 'in memory' } as const;
  const found = Object.keys(files)
    .filter((path) => path.endsWith('.xml'))
    .sort()
    .map((path) => ({ path, inside: path, stamp: '', changedMs: 0 }));
  const read = (path: string): string => files[path]!;
  const loaded = loadDatabase([{ place, files: found }], new HardwareIds(), issues, { languages, read });
  return new Database(new LoadedSource(loaded), [place], () => issues.list);
}
