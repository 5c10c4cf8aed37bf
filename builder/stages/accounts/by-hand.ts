// SPDX-License-Identifier: Apache-2.0
import { chownSync, cpSync, lchownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { outputEpoch } from '../../../osinfo/doors/clock.js';
import type { StageContext } from '../../run/context.js';
import { insideTree } from '../files.js';
import { readAccountFile, writeAccountFile } from './account-files.js';
import { ACCOUNT_CODES, type AccountTools, type NewUser } from './tools.js';

/** Ids of people begin here on systems of both families (login.defs(5), UID_MIN and UID_MAX). */
const FIRST_ID = 1000;
const LAST_ID = 60_000;

const DAY_SECONDS = 86_400;

/**
 * Accounts by the files themselves, for a system that has no tools for them: what groupadd(8), useradd(8), chpasswd(8)
 * and usermod(8) do, with their exit codes. In a system without a shadow file the hash stands in passwd(5), where every
 * reader still looks for it.
 */
export function accountsByHand({ tree, plan }: StageContext): AccountTools {
  const today = String(Math.floor((plan.outputs.sourceDateEpoch ?? outputEpoch({})) / DAY_SECONDS));
  return {
    addGroup: async (name, gid) => addGroup(tree, name, gid),
    addUser: async (user) => addUser(tree, user, today),
    setHashes: async (hashes) => {
      for (const [name, hash] of hashes) editHash(tree, name, () => hash, today);
    },
    lock: async (name) => editHash(tree, name, (hash) => (hash.startsWith('!') ? hash : `!${hash}`), today),
  };
}

function isTaken(tree: string, file: 'etc/passwd' | 'etc/group', id: string): boolean {
  return (readAccountFile(tree, file) ?? []).some((fields) => fields[2] === id);
}

/** The first id of people that neither a user nor a group has: a user's own group gets the same number. */
function freeId(tree: string): string | undefined {
  for (let id = FIRST_ID; id <= LAST_ID; id++) {
    if (!isTaken(tree, 'etc/passwd', String(id)) && !isTaken(tree, 'etc/group', String(id))) return String(id);
  }
  return undefined;
}

function addGroup(tree: string, name: string, gid: number | undefined): number {
  const id = gid === undefined ? freeId(tree) : String(gid);
  if (id === undefined || isTaken(tree, 'etc/group', id)) return ACCOUNT_CODES.idTaken;
  writeAccountFile(tree, 'etc/group', [...(readAccountFile(tree, 'etc/group') ?? []), [name, 'x', id, '']]);
  const guarded = readAccountFile(tree, 'etc/gshadow');
  if (guarded) writeAccountFile(tree, 'etc/gshadow', [...guarded, [name, '!', '', '']]);
  return ACCOUNT_CODES.done;
}

function addUser(tree: string, user: NewUser, today: string): number {
  const { name, primary, home = `/home/${user.name}`, shell, gecos = '', groups } = user;
  const users = readAccountFile(tree, 'etc/passwd') ?? [];
  if (users.some((fields) => fields[0] === name)) return ACCOUNT_CODES.nameTaken;
  const id = user.uid === undefined ? freeId(tree) : String(user.uid);
  if (id === undefined || isTaken(tree, 'etc/passwd', id)) return ACCOUNT_CODES.idTaken;
  if (primary === undefined) addGroup(tree, name, isTaken(tree, 'etc/group', id) ? undefined : Number(id));
  const groupFields = readAccountFile(tree, 'etc/group')!.find(
    (fields) => fields[0] === (primary ?? name) || fields[2] === primary,
  )!;
  const gid = groupFields[2]!;
  const shadow = readAccountFile(tree, 'etc/shadow');
  writeAccountFile(tree, 'etc/passwd', [...users, [name, shadow ? 'x' : '!', id, gid, gecos, home, shell]]);
  if (shadow) editHash(tree, name, () => '!', today);
  for (const group of groups) joinGroup(tree, group, name);
  makeHome(tree, home, Number(id), Number(gid));
  return ACCOUNT_CODES.done;
}

function joinGroup(tree: string, group: string, user: string): void {
  for (const file of ['etc/group', 'etc/gshadow'] as const) {
    const lines = readAccountFile(tree, file);
    if (!lines) continue;
    const joined = lines.map((fields) => {
      const members = (fields[3] ?? '').split(',').filter((one) => one !== '');
      if (fields[0] !== group || members.includes(user)) return fields;
      return [...fields.slice(0, 3), [...members, user].join(',')];
    });
    writeAccountFile(tree, file, joined);
  }
}

/** Changes the second field of the account, in shadow(5) with the day of the change; a line that is missing is added. */
function editHash(tree: string, name: string, edit: (hash: string) => string, today: string): void {
  const shadow = readAccountFile(tree, 'etc/shadow');
  if (!shadow) {
    const users = (readAccountFile(tree, 'etc/passwd') ?? []).map((fields) =>
      fields[0] === name ? [name, edit(fields[1] ?? ''), ...fields.slice(2)] : fields,
    );
    writeAccountFile(tree, 'etc/passwd', users);
    return;
  }
  const known = shadow.some((fields) => fields[0] === name);
  const lines = known ? shadow : [...shadow, [name, '!', today, '0', '99999', '7', '', '', '']];
  const changed = lines.map((fields) =>
    fields[0] === name ? [name, edit(fields[1] ?? ''), today, ...fields.slice(3)] : fields,
  );
  writeAccountFile(tree, 'etc/shadow', changed);
}

/** A home with what /etc/skel has, the user's own and closed to others; one that is there stays as it is. */
function makeHome(tree: string, home: string, uid: number, gid: number): void {
  const folder = insideTree(tree, home);
  if (lstatSync(folder, { throwIfNoEntry: false })) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const skeleton = insideTree(tree, 'etc/skel');
  if (lstatSync(skeleton, { throwIfNoEntry: false })?.isDirectory())
    cpSync(skeleton, folder, { recursive: true, verbatimSymlinks: true });
  chownSync(folder, uid, gid);
  for (const name of readdirSync(folder, { recursive: true }) as string[]) lchownSync(join(folder, name), uid, gid);
}
