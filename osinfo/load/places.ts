// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { InputError } from '../errors.js';
import type { PlaceInForce } from '../model/types.js';
import { packageRoot } from '../package-root.js';
import { compareVersions } from '../version-order.js';
import { archivePlace, isArchive } from './archive-place.js';
import type { Issues } from './issues.js';

/** `bundled` or `system` choose what stands in the system place; anything else is paths (folders, files, archives), and only they are read. */
export type DbChoice = 'bundled' | 'system' | string | readonly string[];

type Env = Readonly<Record<string, string | undefined>>;

/** Where the places are when the environment does not say. */
export interface Folders {
  readonly bundled: string;
  readonly system: string;
  readonly local: string;
  /** Used where it is there and `local` is not. */
  readonly oldLocal: string;
}

export function defaultFolders(): Folders {
  return {
    // Looked for only when it is asked for.
    get bundled() {
      return join(packageRoot(), 'db');
    },
    system: '/usr/share/osinfo',
    local: '/etc/osinfo',
    oldLocal: '/etc/libosinfo/db',
  };
}

/**
 * The places in force, lowest first: later ones win. The bundled database stands in the system place, because the
 * older package of a distribution would replace richer entries, unless the caller or OSINFO_SYSTEM_DIR asks for the
 * system's, or the system's is a later one of ours (design decision 2). Local and user places come after, as with
 * libosinfo: OSINFO_LOCAL_DIR and OSINFO_USER_DIR, /etc/osinfo and the user's configuration folder.
 * @throws InputError when `choice` is an empty list, or a path where there is nothing
 */
export function placesInForce(
  choice: DbChoice | undefined,
  env: Env,
  issues: Issues,
  folders: Folders = defaultFolders(),
): readonly PlaceInForce[] {
  if (choice !== undefined && choice !== 'bundled' && choice !== 'system') {
    const paths = typeof choice === 'string' ? [choice] : choice;
    if (paths.length === 0 || paths.includes('')) {
      throw new InputError('no-database', 'no database was named; give bundled, system or a path');
    }
    const missing = paths.find((path) => !existsSync(path));
    if (missing !== undefined) {
      throw new InputError('no-database', `there is no database ${missing}; give bundled, system or a path`);
    }
    return paths.map((path) => {
      const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
      const why = 'named by the caller';
      return isFile && isArchive(path) ? archivePlace(resolve(path), why) : place('given', resolve(path), why);
    });
  }
  const local = localPath(env, folders);
  const user = userPath(env);
  return [
    basePlace(choice, env, issues, folders),
    place('local', local.path, local.why),
    place('user', user.path, user.why),
  ];
}

/** A place's folder, and who says so. */
export interface PlacePath {
  readonly path: string;
  readonly why: string;
  /** The environment says it. */
  readonly chosen: boolean;
}

/** `/usr/share/osinfo`, unless OSINFO_SYSTEM_DIR (or its older name OSINFO_DATA_DIR, which goes first) says another. */
export function systemPath(env: Env, folders: Folders = defaultFolders()): PlacePath {
  const old = env.OSINFO_DATA_DIR;
  if (old) return { path: old, why: 'OSINFO_DATA_DIR, the older name of OSINFO_SYSTEM_DIR', chosen: true };
  const path = env.OSINFO_SYSTEM_DIR;
  if (path) return { path, why: 'OSINFO_SYSTEM_DIR', chosen: true };
  return { path: folders.system, why: 'the system place', chosen: false };
}

/** `/etc/osinfo`, unless OSINFO_LOCAL_DIR says another. */
export function localPath(env: Env, folders: Folders = defaultFolders()): PlacePath {
  const path = env.OSINFO_LOCAL_DIR;
  if (path) return { path, why: 'OSINFO_LOCAL_DIR', chosen: true };
  return firstThere(folders.local, folders.oldLocal, 'the local place');
}

/** `osinfo` in the user's configuration folder, unless OSINFO_USER_DIR says another. */
export function userPath(env: Env): PlacePath {
  const path = env.OSINFO_USER_DIR;
  if (path) return { path, why: 'OSINFO_USER_DIR', chosen: true };
  const config = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return firstThere(join(config, 'osinfo'), join(config, 'libosinfo/db'), 'the user place');
}

/** The legacy folder is used only where it is there and the present one is not. */
function firstThere(path: string, legacy: string, what: string): PlacePath {
  if (existsSync(path) || !existsSync(legacy)) return { path, why: what, chosen: false };
  return { path: legacy, why: `${what}, in its old folder: move it to ${path}`, chosen: false };
}

function basePlace(choice: 'bundled' | 'system' | undefined, env: Env, issues: Issues, folders: Folders): PlaceInForce {
  if (choice === 'bundled') return place('bundled', folders.bundled, 'asked for by the caller');
  const system = systemPath(env, folders);
  if (env.OSINFO_DATA_DIR) {
    const message = 'OSINFO_DATA_DIR is deprecated; set OSINFO_SYSTEM_DIR';
    issues.add('warning', 'old-variable', { file: system.path }, message);
  }
  if (system.chosen) return place('system', system.path, system.why);
  if (choice === 'system') return place('system', system.path, 'asked for by the caller');
  const { bundled } = folders;
  const ours = versionOf(bundled);
  const theirs = versionOf(system.path);
  if (theirs !== undefined && (ours === undefined || compareVersions(theirs, ours) > 0) && isOurs(system.path)) {
    return place('system', system.path, `a guestwright database, later than the bundled one (${ours ?? 'no version'})`);
  }
  const why = existsSync(system.path)
    ? `stands in for ${system.path}, which would replace richer entries; --db system uses that`
    : 'comes with guestwright';
  return place('bundled', bundled, why);
}

function place(kind: PlaceInForce['kind'], path: string, why: string): PlaceInForce {
  return { kind, path: resolve(path), version: versionOf(path), why };
}

/** The first line of a place's VERSION file. */
function versionOf(path: string): string | undefined {
  const file = join(path, 'VERSION');
  if (!existsSync(file)) return undefined;
  try {
    return readFileSync(file, 'utf8').slice(0, 200).split('\n')[0]?.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** A database that was exported by guestwright has its grammar with it, which names our namespace. */
function isOurs(path: string): boolean {
  try {
    return readFileSync(join(path, 'schema/osinfo.rng'), 'utf8').includes('urn:guestwright:db:1');
  } catch {
    return false;
  }
}
