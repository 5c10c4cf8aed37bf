// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from 'node:crypto';
import { InputError } from '../../osinfo/errors.js';
import { sha512Crypt } from '../../osinfo/script/sha512-crypt.js';
import type { At } from '../kickstart/model.js';
import type { UserPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { hasInTree, readTreeFile, writeTreeFile } from './files.js';

/**
 * Groups, users, passwords and keys, by the system's own tools. A password never stands on a command line: hashes go to
 * `chpasswd -e` by its standard input.
 * @throws InputError with the line of an account that cannot be made as asked
 */
export async function setUpAccounts(context: StageContext): Promise<void> {
  const { system } = context.plan;
  for (const { name, gid, at } of system.groups) await provideGroup(context, name, gid, at);
  for (const user of system.users) await addUser(context, user);
  const hashes: string[] = [];
  const locked: string[] = [];
  const root = system.rootPassword;
  // Without a rootpw line nobody logs in as root by password.
  if (root?.password === undefined) locked.push('root');
  else hashes.push(`root:${hashOf(context, 'root', root.password, root.crypted)}`);
  if (root?.lock) locked.push('root');
  for (const user of system.users) {
    if (user.password !== undefined)
      hashes.push(`${user.name}:${hashOf(context, user.name, user.password, user.crypted)}`);
    if (user.lock || user.password === undefined) locked.push(user.name);
  }
  if (hashes.length > 0) await sandboxed(context, ['chpasswd', '-e'], { input: `${hashes.join('\n')}\n` });
  for (const name of new Set(locked)) await sandboxed(context, ['usermod', '--lock', name]);
  await writeKeys(context);
  if (root?.allowSsh) allowRootBySsh(context);
}

/** The group as it is, or made; another id than it has is an error, as groupadd would quietly take any. */
async function provideGroup(context: StageContext, name: string, gid: number | undefined, at: At): Promise<void> {
  const present = readAccounts(context, 'etc/group').get(name);
  if (present) {
    if (gid === undefined || present[2] === String(gid)) return;
    throw new InputError('group-exists', `group ${name} is there already, with the id ${present[2]}`, at);
  }
  const words = ['groupadd', ...(gid === undefined ? [] : ['--gid', String(gid)]), '--', name];
  const { exitCode } = await sandboxed(context, words, { okCodes: [0, 3, 4] });
  if (exitCode === 4) throw new InputError('gid-taken', `group ${name}: the id ${gid} is taken already`, at);
  if (exitCode === 3) throw new InputError('account-name', `${name} is no name of a group on this system`, at);
}

async function addUser(context: StageContext, user: UserPlan): Promise<void> {
  const { name, at } = user;
  for (const group of user.groups) await provideGroup(context, group.name, group.gid, at);
  const before = readAccounts(context, 'etc/group');
  if (user.gid !== undefined && ![...before.values()].some((fields) => fields[2] === String(user.gid)))
    await provideGroup(context, name, user.gid, at);
  // Of a group with the user's name useradd says only that it is in its way.
  const primary = user.gid === undefined ? (before.has(name) ? name : undefined) : String(user.gid);
  const words = [
    'useradd',
    '--create-home',
    '--shell',
    user.shell ?? '/bin/bash',
    ...(user.uid === undefined ? [] : ['--uid', String(user.uid)]),
    ...(primary === undefined ? [] : ['--gid', primary]),
    ...(user.home === undefined ? [] : ['--home-dir', user.home]),
    ...(user.gecos === undefined ? [] : ['--comment', user.gecos]),
    ...(user.groups.length === 0 ? [] : ['--groups', user.groups.map((group) => group.name).join(',')]),
    '--',
    name,
  ];
  const { exitCode } = await sandboxed(context, words, { okCodes: [0, 3, 4, 9] });
  if (exitCode === 9) throw new InputError('user-exists', `user ${name} is there already, made by a package`, at);
  if (exitCode === 4) throw new InputError('uid-taken', `user ${name}: --uid=${user.uid} is taken already`, at);
  if (exitCode === 3)
    throw new InputError('user-refused', `user ${name}: its name, --gecos or a path is nothing that useradd takes`, at);
}

/** The fields of /etc/passwd or /etc/group, by name. */
function readAccounts(context: StageContext, file: 'etc/passwd' | 'etc/group'): Map<string, string[]> {
  const lines = readTreeFile(context.tree, file).toString('utf8').split('\n');
  return new Map(lines.filter((line) => line !== '').map((line) => [line.split(':')[0]!, line.split(':')]));
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

/** `rootpw --allow-ssh`: of several values sshd takes the first, so ours comes before all others. */
function allowRootBySsh(context: StageContext): void {
  const { tree } = context;
  if (!hasInTree(tree, 'etc/ssh/sshd_config')) {
    context.emit({ type: 'notice', message: 'rootpw --allow-ssh: no SSH server is installed' });
    return;
  }
  const config = readTreeFile(tree, 'etc/ssh/sshd_config').toString('utf8');
  if (/^\s*Include\s+\/etc\/ssh\/sshd_config\.d\/\*\.conf/im.test(config)) {
    writeTreeFile(tree, 'etc/ssh/sshd_config.d/01-permitrootlogin.conf', 'PermitRootLogin yes\n', 0o600);
    return;
  }
  writeTreeFile(tree, 'etc/ssh/sshd_config', `PermitRootLogin yes\n${config}`, 0o600);
}
