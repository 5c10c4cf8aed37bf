// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

/**
 * The folder for what can be made again: `$GUESTWRIGHT_CACHE_DIR`, else `$XDG_CACHE_HOME/guestwright`, else
 * `~/.cache/guestwright` (XDG base directory specification: a relative value is to be ignored).
 */
export function cachePath(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['GUESTWRIGHT_CACHE_DIR'];
  if (own && isAbsolute(own)) return own;
  const xdg = env['XDG_CACHE_HOME'];
  const base = xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache');
  return join(base, 'guestwright');
}

/** A folder `name` in the cache, made when it is missing; undefined where it cannot be written (no home, read-only). */
export function cacheFolder(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folder = join(cachePath(env), name);
  try {
    makeFolder(folder);
    return folder;
  } catch {
    return undefined;
  }
}

/**
 * `mkdir -p`. Node's own `recursive` never ends where a folder is there and a name in it cannot be: mkdir says ENOENT
 * under /proc, and under a home that an automounter should give and does not.
 */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (again) {
      // Another process made it in the meantime.
      if ((again as NodeJS.ErrnoException).code !== 'EEXIST') throw again;
    }
  }
}
