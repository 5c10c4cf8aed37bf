// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../osinfo/errors.js';
import type { At, Kickstart } from '../../kickstart/model.js';
import type { SystemPlan, UserPlan } from '../types.js';

/** What both families' useradd(8) takes, except names of digits only, which programs read as ids. */
const ACCOUNT = /^(?!\d+$)(?!\.\.?$)[A-Za-z0-9_.][A-Za-z0-9_.-]{0,31}\$?$/;

/** Largest id that useradd(8) gives by hand; the last two mean "none". */
const MOST_ID = 4_294_967_293;

/**
 * Root's password, groups, users, keys.
 * @throws InputError with the line of a value that the system would not take
 */
export function planAccounts(kickstart: Kickstart): Pick<SystemPlan, 'rootPassword' | 'groups' | 'users' | 'sshKeys'> {
  const { rootpw } = kickstart;
  return {
    ...(rootpw
      ? {
          rootPassword: {
            ...(rootpw.password === undefined
              ? {}
              : { password: checkPassword(rootpw.password, rootpw.crypted, rootpw.at) }),
            crypted: rootpw.crypted,
            lock: rootpw.lock,
            allowSsh: rootpw.allowSsh,
          },
        }
      : {}),
    groups: kickstart.groups.map(({ name, gid, at }) => {
      checkAccount(name, at);
      checkId(gid, at);
      return { name, ...(gid === undefined ? {} : { gid }), at };
    }),
    users: kickstart.users.map(planUser),
    sshKeys: kickstart.sshKeys.map(({ username, key, at }) => {
      checkAccount(username, at);
      if (/[\r\n\0]/.test(key)) throw new InputError('sshkey', 'a key is one line', at);
      return { username, key, at };
    }),
  };
}

function planUser(user: Kickstart['users'][number]): UserPlan {
  const { at } = user;
  checkAccount(user.name, at);
  checkId(user.uid, at);
  checkId(user.gid, at);
  for (const path of [user.homedir, user.shell]) {
    if (path !== undefined && !/^\/[^\0\r\n:]*$/.test(path))
      throw new InputError('user-path', `${path} is no absolute path`, at);
  }
  if (user.gecos !== undefined && /[\r\n\0:]/.test(user.gecos))
    throw new InputError('gecos', '--gecos has no colon and no line break', at);
  return {
    at,
    name: user.name,
    ...(user.password === undefined ? {} : { password: checkPassword(user.password, user.crypted, at) }),
    crypted: user.crypted,
    lock: user.lock,
    groups: user.groups.map((word) => planUserGroup(word, at)),
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    ...(user.gid === undefined ? {} : { gid: user.gid }),
    ...(user.homedir === undefined ? {} : { home: user.homedir }),
    ...(user.shell === undefined ? {} : { shell: user.shell }),
    ...(user.gecos === undefined ? {} : { gecos: user.gecos }),
  };
}

/** `wheel`, or `ops(1500)`: a group with the id that it gets where it is not there yet. */
function planUserGroup(word: string, at: At): UserPlan['groups'][number] {
  const match = /^([^()]*)(?:\((\d{1,10})\))?$/.exec(word);
  const name = match?.[1]?.trim() ?? word;
  checkAccount(name, at);
  const gid = match?.[2] === undefined ? undefined : Number(match[2]);
  checkId(gid, at);
  return { name, ...(gid === undefined ? {} : { gid }) };
}

function checkAccount(name: string, at: At): void {
  if (!ACCOUNT.test(name)) {
    const message = `${JSON.stringify(name)} is no name of a user or group; use letters, digits, _ . and -, at most 32`;
    throw new InputError('account-name', message, at);
  }
}

function checkId(id: number | undefined, at: At): void {
  if (id !== undefined && (id < 0 || id > MOST_ID))
    throw new InputError('account-id', `${id} is no id of a user or group`, at);
}

function checkPassword(password: string, crypted: boolean, at: At): string {
  if (/[\r\n\0]/.test(password)) throw new InputError('password', 'a password is one line', at);
  if (crypted && /[:\s]/.test(password))
    throw new InputError('password', 'a crypted password has no colon and no blank', at);
  return password;
}
