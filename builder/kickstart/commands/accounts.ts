// SPDX-License-Identifier: Apache-2.0
import { type Checked, type CommandSpec, flag, implement, int, list, none, text } from './spec.js';

/** `--iscrypted` and `--plaintext` exclude each other and the later one counts: both are kept as `iscrypted`. */
const cryptedOptions = [
  flag('iscrypted', { sets: ['iscrypted', true] }),
  flag('plaintext', { since: 'F8 RHEL6', sets: ['iscrypted', false] }),
] as const;

function checkPassword(line: Checked): void {
  if (!line.args[0] && !(line.has('lock') && line.since('F18 RHEL7'))) {
    line.fail('missing-word', 'rootpw needs a password, or --lock');
  }
}

/** Users, groups, passwords and keys. */
export const accountCommands: readonly CommandSpec[] = [
  {
    name: 'rootpw',
    args: { min: 0, max: 1, name: 'password' },
    options: [...cryptedOptions, flag('lock', { since: 'F8 RHEL6' }), flag('allow-ssh', { since: 'F37 RHEL9' })],
    order: 'iscrypted lock plaintext allow-ssh <args>',
    check: checkPassword,
    effect: implement("sets or locks root's password"),
  },
  {
    name: 'user',
    list: true,
    options: [
      list('groups'),
      text('homedir'),
      text('name', { required: 'always' }),
      text('password', {}),
      ...cryptedOptions,
      flag('lock', { since: 'F8 RHEL6' }),
      text('shell'),
      int('uid'),
      int('gid', { since: 'F19 RHEL7' }),
      text('gecos', { since: 'F12 RHEL6', quoted: true }),
    ],
    order: 'groups homedir name password iscrypted shell uid lock gecos gid',
    effect: implement('makes this user'),
  },
  {
    name: 'group',
    list: true,
    since: 'F12 RHEL6',
    options: [text('name', { required: 'always' }), int('gid')],
    effect: implement('makes this group'),
  },
  {
    name: 'sshkey',
    list: true,
    since: 'F22 RHEL8',
    args: { min: 1, max: 1, name: 'key, in quotes as one word' },
    options: [text('username', { required: 'always' })],
    order: 'username <args>',
    effect: implement("adds this key to the user's authorized_keys"),
  },
  {
    name: 'sshpw',
    list: true,
    since: 'F13 RHEL6',
    args: { min: 1, max: Number.POSITIVE_INFINITY, name: 'password' },
    options: [
      text('username', { required: 'always' }),
      ...cryptedOptions,
      flag('lock'),
      flag('sshkey', { since: 'F24 RHEL8' }),
    ],
    order: 'username lock iscrypted plaintext sshkey <args>',
    effect: none('sets a password inside the running installer only'),
  },
];
