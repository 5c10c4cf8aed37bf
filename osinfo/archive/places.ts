// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where a database tool works: one of the three places, or a folder by its path. */
export type DbLocation = 'user' | 'local' | 'system' | { readonly folder: string };

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The absolute path of a place, as osinfo-db-tools finds it: the environment's (OSINFO_SYSTEM_DIR, OSINFO_LOCAL_DIR,
 * OSINFO_USER_DIR) or the default, with `root` put in front of whatever it is. It need not exist. The legacy folders
 * that the library still reads are never written to.
 */
export function locate(location: DbLocation, root: string, env: Env = process.env): string {
  const path = typeof location === 'object' ? location.folder : pathOf[location](env);
  return resolve(root === '' ? path : join(root, path));
}

const pathOf: Readonly<Record<'user' | 'local' | 'system', (env: Env) => string>> = {
  system: (env) => env['OSINFO_SYSTEM_DIR'] || '/usr/share/osinfo',
  local: (env) => env['OSINFO_LOCAL_DIR'] || '/etc/osinfo',
  user: (env) =>
    env['OSINFO_USER_DIR'] || join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'osinfo'),
};
