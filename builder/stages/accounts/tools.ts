// SPDX-License-Identifier: Apache-2.0
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';
import { hasInTree } from '../files.js';
import { accountsByHand } from './by-hand.js';

/** What useradd(8) and groupadd(8) say by their exit codes. */
export const ACCOUNT_CODES = { done: 0, badName: 3, idTaken: 4, nameTaken: 9 } as const;

export interface NewUser {
  readonly name: string;
  readonly uid: number | undefined;
  /** Name or id of a group that is there; undefined: one of the user's own name is made. */
  readonly primary: string | undefined;
  readonly home: string | undefined;
  readonly shell: string;
  readonly gecos: string | undefined;
  /** Further groups, all of them there. */
  readonly groups: readonly string[];
}

/** How accounts are made. Numbers are exit codes, of `ACCOUNT_CODES`. */
export interface AccountTools {
  addGroup(name: string, gid: number | undefined): Promise<number>;
  addUser(user: NewUser): Promise<number>;
  /** Sets hashes as they stand in shadow(5), by name. */
  setHashes(hashes: readonly (readonly [name: string, hash: string])[]): Promise<void>;
  /** Nobody logs in by this password any more; it can be unlocked. */
  lock(name: string): Promise<void>;
}

/** The system's own tools; of an rpm system that has none, its files themselves. */
export function accountTools(context: StageContext): AccountTools {
  return context.plan.os.family === 'deb' || hasInTree(context.tree, 'usr/sbin/useradd')
    ? shadowTools(context)
    : accountsByHand(context);
}

/** By the shadow suite in the tree. A password never stands on a command line: hashes go in by standard input. */
function shadowTools(context: StageContext): AccountTools {
  const code = async (words: readonly string[], okCodes: readonly number[]): Promise<number> =>
    (await sandboxed(context, words, { okCodes })).exitCode;
  return {
    addGroup: (name, gid) =>
      code(['groupadd', ...(gid === undefined ? [] : ['--gid', String(gid)]), '--', name], [0, 3, 4]),
    addUser: ({ name, uid, primary, home, shell, gecos, groups }) => {
      const words = [
        'useradd',
        '--create-home',
        '--shell',
        shell,
        ...(uid === undefined ? [] : ['--uid', String(uid)]),
        ...(primary === undefined ? [] : ['--gid', primary]),
        ...(home === undefined ? [] : ['--home-dir', home]),
        ...(gecos === undefined ? [] : ['--comment', gecos]),
        ...(groups.length === 0 ? [] : ['--groups', groups.join(',')]),
        '--',
        name,
      ];
      return code(words, [0, 3, 4, 9]);
    },
    setHashes: async (hashes) => {
      const input = hashes.map(([name, hash]) => `${name}:${hash}\n`).join('');
      await sandboxed(context, ['chpasswd', '-e'], { input });
    },
    lock: async (name) => {
      await sandboxed(context, ['usermod', '--lock', name]);
    },
  };
}
