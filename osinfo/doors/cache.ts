// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { makeFolders } from './folders.js';

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
    makeFolders(folder, 0o700);
    return folder;
  } catch {
    return undefined;
  }
}
