// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { InputError } from '../errors.js';
import type { PlaceInForce } from '../model/types.js';
import { packageRoot } from '../package-root.js';
import { compareVersions } from '../version-order.js';
import type { Issues } from './issues.js';

/** `bundled` or `system` choose what stands in the system place; anything else is paths, and only they are read. */
export type DbChoice = 'bundled' | 'system' | string | readonly string[];

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The places in force, lowest first: later ones win. The bundled database stands in the system place, because the
 * older package of a distribution would replace richer entries, unless the caller or OSINFO_SYSTEM_DIR asks for the
 * system's, or the system's is a later one of ours (design decision 2). Local and user places come after, as with
 * libosinfo: OSINFO_LOCAL_DIR and OSINFO_USER_DIR, /etc/osinfo and the user's configuration folder.
 * @throws InputError when `choice` is an empty list, or a path where there is nothing
 */
export function placesInForce(choice: DbChoice | undefined, env: Env, issues: Issues): readonly PlaceInForce[] {
  if (choice !== undefined && choice !== 'bundled' && choice !== 'system') {
    const paths = typeof choice === 'string' ? [choice] : choice;
    if (paths.length === 0 || paths.includes('')) {
      throw new InputError('no-database', 'no database was named; give bundled, system or a path');
    }
    const missing = paths.find((path) => !existsSync(path));
    if (missing !== undefined) {
      throw new InputError('no-database', `there is no database ${missing}; give bundled, system or a path`);
    }
    return paths.map((path) => place('given', resolve(path), 'named by the caller'));
  }
  return [basePlace(choice, env, issues), localPlace(env), userPlace(env)];
}

/** The system place and why: `/usr/share/osinfo` unless the environment says another. */
export function systemPath(env: Env): { readonly path: string; readonly why?: string } {
  const old = env.OSINFO_DATA_DIR;
  if (old) return { path: old, why: 'OSINFO_DATA_DIR, the older name of OSINFO_SYSTEM_DIR' };
  const path = env.OSINFO_SYSTEM_DIR;
  return path ? { path, why: 'OSINFO_SYSTEM_DIR' } : { path: '/usr/share/osinfo' };
}

export function localPath(env: Env): { readonly path: string; readonly why: string } {
  const path = env.OSINFO_LOCAL_DIR;
  if (path) return { path, why: 'OSINFO_LOCAL_DIR' };
  return firstThere('/etc/osinfo', '/etc/libosinfo/db', 'the local place');
}

export function userPath(env: Env): { readonly path: string; readonly why: string } {
  const path = env.OSINFO_USER_DIR;
  if (path) return { path, why: 'OSINFO_USER_DIR' };
  const config = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return firstThere(join(config, 'osinfo'), join(config, 'libosinfo/db'), 'the user place');
}

/** The legacy folder is used only where it is there and the present one is not. */
function firstThere(present: string, legacy: string, what: string): { path: string; why: string } {
  if (!existsSync(present) && existsSync(legacy))
    return { path: legacy, why: `${what}, in its old folder: move it to ${present}` };
  return { path: present, why: what };
}

function localPlace(env: Env): PlaceInForce {
  const { path, why } = localPath(env);
  return place('local', path, why);
}

function userPlace(env: Env): PlaceInForce {
  const { path, why } = userPath(env);
  return place('user', path, why);
}

function basePlace(choice: 'bundled' | 'system' | undefined, env: Env, issues: Issues): PlaceInForce {
  const system = systemPath(env);
  if (env.OSINFO_DATA_DIR && choice !== 'bundled') {
    issues.add(
      'warning',
      'old-variable',
      { file: system.path },
      'OSINFO_DATA_DIR is deprecated; set OSINFO_SYSTEM_DIR',
    );
  }
  const bundled = join(packageRoot(), 'db');
  if (choice === 'bundled') return place('bundled', bundled, 'asked for by the caller');
  if (choice === 'system') return place('system', system.path, system.why ?? 'asked for by the caller');
  if (system.why) return place('system', system.path, system.why);
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
  try {
    return readFileSync(join(path, 'VERSION'), 'utf8').slice(0, 200).split('\n')[0]?.trim() || undefined;
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
