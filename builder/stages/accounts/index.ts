// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from 'node:crypto';
import { InputError } from '../../../osinfo/errors.js';
import { sha512Crypt } from '../../../osinfo/script/sha512-crypt.js';
import type { At } from '../../kickstart/model.js';
import type { UserPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';
import { hasInTree, readTreeFile, writeTreeFile } from '../files.js';
import { readAccountFile } from './account-files.js';
import { ACCOUNT_CODES, type AccountTools, accountTools } from './tools.js';

/**
 * Groups, users, passwords and keys, by the system's own tools where it has them.
 * @throws InputError with the line of an account that cannot be made as asked
 */
export async function setUpAccounts(context: StageContext): Promise<void> {
  const { system } = context.plan;
  const tools = accountTools(context);
  for (const { name, gid, at } of system.groups) await provideGroup(context, tools, name, gid, at);
  for (const user of system.users) await addUser(context, tools, user);
  const hashes: [name: string, hash: string][] = [];
  const locked: string[] = [];
  const root = system.rootPassword;
  // Without a rootpw line nobody logs in as root by password.
  if (root?.password === undefined) locked.push('root');
  else hashes.push(['root', hashOf(context, 'root', root.password, root.crypted)]);
  if (root?.lock) locked.push('root');
  for (const user of system.users) {
    if (user.password !== undefined) hashes.push([user.name, hashOf(context, user.name, user.password, user.crypted)]);
    if (user.lock || user.password === undefined) locked.push(user.name);
  }
  if (hashes.length > 0) await tools.setHashes(hashes);
  for (const name of new Set(locked)) await tools.lock(name);
  await writeKeys(context);
  if (root?.allowSsh) allowRootBySsh(context);
}

/** The group as it is, or made; another id than it has is an error, as groupadd would quietly take any. */
async function provideGroup(
  context: StageContext,
  tools: AccountTools,
  name: string,
  gid: number | undefined,
  at: At,
): Promise<void> {
  const present = readAccounts(context, 'etc/group').get(name);
  if (present) {
    if (gid === undefined || present[2] === String(gid)) return;
    throw new InputError('group-exists', `group ${name} is there already, with the id ${present[2]}`, at);
  }
  const code = await tools.addGroup(name, gid);
  if (code === ACCOUNT_CODES.idTaken)
    throw new InputError('gid-taken', `group ${name}: the id ${gid} is taken already`, at);
  if (code === ACCOUNT_CODES.badName)
    throw new InputError('account-name', `${name} is no name of a group on this system`, at);
}

async function addUser(context: StageContext, tools: AccountTools, user: UserPlan): Promise<void> {
  const { name, at } = user;
  for (const group of user.groups) await provideGroup(context, tools, group.name, group.gid, at);
  const before = readAccounts(context, 'etc/group');
  if (user.gid !== undefined && ![...before.values()].some((fields) => fields[2] === String(user.gid)))
    await provideGroup(context, tools, name, user.gid, at);
  // Of a group with the user's name useradd says only that it is in its way.
  const primary = user.gid === undefined ? (before.has(name) ? name : undefined) : String(user.gid);
  const code = await tools.addUser({
    name,
    uid: user.uid,
    primary,
    home: user.home,
    shell: user.shell ?? defaultShell(context),
    gecos: user.gecos,
    groups: user.groups.map((group) => group.name),
  });
  if (code === ACCOUNT_CODES.nameTaken)
    throw new InputError('user-exists', `user ${name} is there already, made by a package`, at);
  if (code === ACCOUNT_CODES.idTaken)
    throw new InputError('uid-taken', `user ${name}: --uid=${user.uid} is taken already`, at);
  if (code === ACCOUNT_CODES.badName)
    throw new InputError('user-refused', `user ${name}: its name, --gecos or a path is nothing that useradd takes`, at);
}

/** The fields of /etc/passwd or /etc/group, by name. */
function readAccounts(context: StageContext, file: 'etc/passwd' | 'etc/group'): Map<string, string[]> {
  return new Map((readAccountFile(context.tree, file) ?? []).map((fields) => [fields[0]!, fields]));
}

/** Very small rpm systems have no bash. */
function defaultShell({ plan, tree }: StageContext): string {
  return plan.os.family === 'deb' || hasInTree(tree, 'usr/bin/bash') ? '/bin/bash' : '/bin/sh';
}

function hashOf(context: StageContext, account: string, password: string, crypted: boolean): string {
  return crypted ? password : sha512Crypt(password, makeSalt(context, account, password));
}

/** Random, but where the same inputs are to give the same bytes: then it follows from them. */
function makeSalt(context: StageContext, account: string, password: string): string {
  const epoch = context.plan.outputs.sourceDateEpoch;
  const bytes =
    epoch === undefined
      ? randomBytes(12)
      : createHash('sha256').update(`${context.plan.name}\0${account}\0${password}\0${epoch}`).digest().subarray(0, 12);
  return bytes.toString('base64').replaceAll('+', '.');
}

async function writeKeys(context: StageContext): Promise<void> {
  const byUser = new Map<string, string[]>();
  const accounts = readAccounts(context, 'etc/passwd');
  for (const { username, key, at } of context.plan.system.sshKeys) {
    if (!accounts.has(username)) throw new InputError('sshkey-user', `sshkey: there is no user ${username}`, at);
    byUser.set(username, [...(byUser.get(username) ?? []), key]);
  }
  for (const [username, keys] of byUser) {
    const [, , uid, gid, , home] = accounts.get(username)!;
    const folder = `${home}/.ssh`;
    writeTreeFile(context.tree, `${folder}/authorized_keys`, `${keys.join('\n')}\n`, 0o600);
    await sandboxed(context, ['chmod', '700', folder]);
    await sandboxed(context, ['chown', '-R', `${uid}:${gid}`, folder]);
  }
}

const SSHD_CONFIG = 'etc/ssh/sshd_config';

/** `rootpw --allow-ssh`: of several values sshd takes the first, so ours comes before all others. */
function allowRootBySsh(context: StageContext): void {
  const { tree } = context;
  // SUSE keeps what packages say below /usr/etc, and it stays so while there is no file in /etc.
  const present = [SSHD_CONFIG, `usr/${SSHD_CONFIG}`].find((path) => hasInTree(tree, path));
  if (present === undefined) {
    context.emit({ type: 'notice', message: 'rootpw --allow-ssh: no SSH server is installed' });
    return;
  }
  const config = readTreeFile(tree, present).toString('utf8');
  if (/^\s*Include\s+\/etc\/ssh\/sshd_config\.d\/\*\.conf/im.test(config)) {
    writeTreeFile(tree, 'etc/ssh/sshd_config.d/01-permitrootlogin.conf', 'PermitRootLogin yes\n', 0o600);
    return;
  }
  writeTreeFile(tree, SSHD_CONFIG, `PermitRootLogin yes\n${config}`, 0o600);
}
