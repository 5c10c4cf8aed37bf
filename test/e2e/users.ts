// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program, shareProgram } from './machine.js';

/** An account made for a test, with a home in the test's folder. */
export interface MadeUser {
  readonly name: string;
  readonly home: string;
  readonly uid: number;
  remove(): void;
}

/**
 * Makes an ordinary user; only root can. `ranges`: with one range of subordinate ids, or with none, whatever this
 * machine's login.defs gives by itself.
 */
export function makeUser(folder: string, name: string, ranges: 'one' | 'none'): MadeUser {
  const home = join(folder, name);
  chmodSync(folder, 0o755);
  execFileSync('useradd', ['--no-create-home', '--home-dir', home, name]);
  mkdirSync(home);
  execFileSync('chown', [`${name}:`, home]);
  const lines = readFileSync('/etc/subuid', 'utf8').split('\n');
  if (ranges === 'none')
    for (const file of ['/etc/subuid', '/etc/subgid']) execFileSync('sed', ['-i', `/^${name}:/d`, file]);
  else if (!lines.some((line) => line.startsWith(`${name}:`)))
    execFileSync('usermod', ['--add-subuids', '700000-765535', '--add-subgids', '700000-765535', name]);
  return {
    name,
    home,
    uid: Number(execFileSync('id', ['-u', name], { encoding: 'utf8' })),
    remove: () => void execFileSync('userdel', [name]),
  };
}

/** Who builds in a test, and with what. */
export interface Builder {
  readonly tool: string;
  /** A folder that it may write to. */
  readonly home: string;
  readonly cache: string;
  readonly uid: number;
  /** What `startTool` is told; nothing where it is whoever runs the test. */
  readonly as: { readonly user?: string };
  remove(): void;
}

/**
 * An ordinary user who builds: where root runs the test one that is made for it, with a copy of the program that it can
 * read; else whoever runs it.
 * @param name of the one that is made
 * @param cache of whoever runs the test; the other one has its own
 */
export function ordinaryUser(folder: string, name: string, cache = join(folder, 'cache')): Builder {
  const self = process.getuid!();
  if (self !== 0)
    return { tool: program('guestwright'), home: folder, cache, uid: self, as: {}, remove: () => undefined };
  const tool = shareProgram(folder);
  const { home, uid, remove } = makeUser(folder, name, 'one');
  return { tool, home, cache: join(home, 'cache'), uid, as: { user: name }, remove };
}
