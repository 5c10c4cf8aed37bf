// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

let found: string | undefined;

/** The folder of this package: where `db/`, `schema/` and `kickstarts/` lie, from the sources and from the bundle. */
export function packageRoot(): string {
  if (found) return found;
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'guestwright') {
      found = folder;
      return folder;
    }
    const parent = dirname(folder);
    if (parent === folder) throw new Error('guestwright: its own package.json is not above its modules');
    folder = parent;
  }
}

/** The version of this package. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}

/**
 * The folder of a database's grammar: `schema` in it. Of the bundled database, where that is a link, which npm leaves
 * out of packages, it is the package's own `schema`.
 */
export function grammarFolder(database: string): string {
  const own = join(database, 'schema');
  if (existsSync(own)) return own;
  const root = packageRoot();
  return resolve(database) === join(root, 'db') ? join(root, 'schema') : own;
}
