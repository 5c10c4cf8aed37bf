// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../osinfo/errors.js';
import type { UserPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { writeTreeFile } from './files.js';

/**
 * Groups, users, passwords and keys, by the system's own tools. A password never stands on a command line: clear ones
 * are hashed by the tree's perl (crypt(3), sha512) from standard input, hashes go to `chpasswd -e`.
 */
export async function setUpAccounts(context: StageContext): Promise<void> {
  const { system } = context.plan;
  for (const group of system.groups) {
    await sandboxed(context, [
      'groupadd',
      '--force',
      ...(group.gid === undefined ? [] : ['--gid', String(group.gid)]),
      group.name,
    ]);
  }
  for (const user of system.users) await addUser(context, user);
  const hashes: string[] = [];
  const locked: string[] = [];
  const root = system.rootPassword;
  // Without a rootpw line nobody logs in as root by password.
  if (root?.password === undefined) locked.push('root');
  else hashes.push(`root:${await hashOf(context, 'root', root.password, root.crypted)}`);
  if (root?.lock) locked.push('root');
  for (const user of system.users) {
    if (user.password !== undefined)
      hashes.push(`${user.name}:${await hashOf(context, user.name, user.password, user.crypted)}`);
    if (user.lock || user.password === undefined) locked.push(user.name);
  }
  if (hashes.length > 0) await sandboxed(context, ['chpasswd', '-e'], { input: `${hashes.join('\n')}\n` });
  for (const name of new Set(locked)) await sandboxed(context, ['usermod', '--lock', name]);
  await writeKeys(context);
}

async function addUser(context: StageContext, user: UserPlan): Promise<void> {
  const groups = user.groups.map((group) => /^([^()]+)(?:\((\d+)\))?$/.exec(group)!);
  const present = new Set(accountNames(context, 'etc/group'));
  for (const [, name, gid] of groups) {
    if (!present.has(name!))
      await sandboxed(context, ['groupadd', '--force', ...(gid === undefined ? [] : ['--gid', gid]), name!]);
  }
  if (user.gid !== undefined) await sandboxed(context, ['groupadd', '--force', '--gid', String(user.gid), user.name]);
  const words = [
    'useradd',
    '--create-home',
    '--shell',
    user.shell ?? '/bin/bash',
    ...(user.uid === undefined ? [] : ['--uid', String(user.uid)]),
    ...(user.gid === undefined ? [] : ['--gid', String(user.gid)]),
    ...(user.home === undefined ? [] : ['--home-dir', user.home]),
    ...(user.gecos === undefined ? [] : ['--comment', user.gecos]),
    ...(groups.length === 0 ? [] : ['--groups', groups.map((match) => match[1]).join(',')]),
    user.name,
  ];
  const result = await sandboxed(context, words, { okCodes: [0, 4, 9] });
  if (result.exitCode === 9)
    throw new InputError('user-exists', `user ${user.name} is there already, made by a package`, user.at);
  if (result.exitCode === 4)
    throw new InputError('uid-taken', `user ${user.name}: --uid=${user.uid} is taken already`, user.at);
}

function accountNames(context: StageContext, file: string): string[] {
  return readFileSync(join(context.tree, file), 'utf8')
    .split('\n')
    .map((line) => line.split(':')[0]!);
}

async function hashOf(context: StageContext, account: string, password: string, crypted: boolean): Promise<string> {
  if (crypted) return password;
  const salt = saltFor(context, account, password);
  const { stdout } = await sandboxed(
    context,
    ['perl', '-e', 'my $p = <STDIN>; chomp $p; print crypt($p, $ARGV[0])', `$6$${salt}$`],
    { input: `${password}\n` },
  );
  return stdout.trim();
}

/** Random, but where the same inputs are to give the same bytes: then it follows from them. */
function saltFor(context: StageContext, account: string, password: string): string {
  const epoch = context.plan.outputs.sourceDateEpoch;
  const bytes =
    epoch === undefined
      ? randomBytes(12)
      : createHash('sha256').update(`${context.plan.name}\0${account}\0${password}\0${epoch}`).digest().subarray(0, 12);
  return bytes.toString('base64').replaceAll('+', '.');
}

async function writeKeys(context: StageContext): Promise<void> {
  const byUser = new Map<string, string[]>();
  for (const { username, key, at } of context.plan.system.sshKeys) {
    const entry = readFileSync(join(context.tree, 'etc/passwd'), 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find((fields) => fields[0] === username);
    if (!entry) throw new InputError('sshkey-user', `sshkey: there is no user ${username}`, at);
    byUser.set(username, [...(byUser.get(username) ?? []), key]);
  }
  for (const [username, keys] of byUser) {
    const fields = readFileSync(join(context.tree, 'etc/passwd'), 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find((one) => one[0] === username)!;
    const folder = `${fields[5]}/.ssh`;
    writeTreeFile(context.tree, `${folder}/authorized_keys`, `${keys.join('\n')}\n`, 0o600);
    await sandboxed(context, ['chmod', '700', folder]);
    await sandboxed(context, ['chown', '-R', `${fields[2]}:${fields[3]}`, folder]);
  }
}
