// SPDX-License-Identifier: Apache-2.0
import { boolean, type Checked, type CommandSpec, flag, implement, int, list, none, refuse, text } from './spec.js';

/** At most, or exactly, one of some options. */
function checkOne(line: Checked, names: readonly string[], needed: boolean): void {
  const given = names.filter((name) => line.has(name) && line.options[name] !== '');
  const all = names.map((name) => `--${name}`).join(', ');
  if (given.length > 1) line.fail('option-conflict', `give only one of ${all}`, given[1]);
  if (given.length === 0 && needed) line.fail('missing-option', `one of ${all} is needed`);
}

const SSL = [
  text('sslcacert', { since: 'F30 RHEL8', quoted: true }),
  text('sslclientcert', { since: 'F30 RHEL8', quoted: true }),
  text('sslclientkey', { since: 'F30 RHEL8', quoted: true }),
] as const;

const NO_SOURCE = 'is a place on an installer; give the builder a url, a repo or --mirror';

/** Where packages, or the whole system, come from. */
export const sourceCommands: readonly CommandSpec[] = [
  {
    name: 'url',
    options: [
      text('url', { quoted: true }),
      text('mirrorlist', { since: 'F18 RHEL7', quoted: true }),
      text('metalink', { since: 'F27 RHEL8', quoted: true }),
      text('proxy', { since: 'F13 RHEL6', quoted: true }),
      flag('noverifyssl', { since: 'F14 RHEL6' }),
      ...SSL,
    ],
    check: (line) => checkOne(line, ['url', 'mirrorlist', 'metalink'], true),
    effect: implement('names the main package source'),
  },
  {
    name: 'repo',
    list: true,
    since: 'F6 RHEL5',
    options: [
      text('name', { required: 'always', quoted: true }),
      text('baseurl'),
      text('mirrorlist'),
      text('metalink', { since: 'F27 RHEL8' }),
      int('cost', { since: 'F8 RHEL6' }),
      list('includepkgs', { since: 'F8 RHEL6', quoted: true }),
      list('excludepkgs', { since: 'F8 RHEL6', quoted: true }),
      boolean('ignoregroups', { since: 'F11 RHEL6', until: 'F39 RHEL9', deprecated: 'F33 RHEL9' }),
      text('proxy', { since: 'F13 RHEL6', quoted: true }),
      flag('noverifyssl', { since: 'F14 RHEL6' }),
      flag('install', { since: 'F21 RHEL7' }),
      text('gpgkey', { extension: true }),
      ...SSL,
    ],
    check(line) {
      checkOne(line, ['baseurl', 'mirrorlist', 'metalink'], !line.since('F15 RHEL7'));
    },
    effect: implement('adds a package source'),
  },
  { name: 'cdrom', options: [], effect: none(NO_SOURCE) },
  {
    name: 'nfs',
    options: [
      text('server', { required: 'always' }),
      text('dir', { required: 'always', quoted: true }),
      text('opts', { since: 'F6 RHEL5', quoted: true }),
    ],
    effect: refuse(NO_SOURCE),
  },
  {
    name: 'harddrive',
    options: [
      text('biospart', { until: 'F32 RHEL8' }),
      text('partition'),
      text('dir', { required: 'always', quoted: true }),
    ],
    order: 'dir biospart partition',
    check(line) {
      if (line.has('biospart') && line.has('partition'))
        line.fail('option-conflict', 'give only one of --biospart and --partition', 'partition');
      if (!line.has('biospart') && !line.has('partition')) line.fail('missing-option', 'harddrive needs --partition');
    },
    effect: refuse(NO_SOURCE),
  },
  { name: 'hmc', since: 'F28 RHEL7', options: [], effect: refuse(NO_SOURCE) },
  {
    name: 'method',
    until: 'F33 RHEL8',
    deprecated: 'F34 RHEL9',
    raw: true,
    options: [],
    effect: none('is an inner name of url, nfs, cdrom and harddrive'),
  },
  {
    name: 'liveimg',
    since: 'F19 RHEL7',
    options: [
      text('url', { required: 'always', quoted: true }),
      text('proxy', { quoted: true }),
      flag('noverifyssl'),
      text('checksum', { quoted: true }),
    ],
    effect: refuse('unpacks a finished system instead of packages: build from packages, or convert that image'),
  },
  {
    name: 'ostreesetup',
    since: 'F21 RHEL7',
    options: [
      text('osname', { required: 'always', quoted: true }),
      text('remote', { quoted: true }),
      text('url', { required: 'always', quoted: true }),
      text('ref', { required: 'always', quoted: true }),
      flag('nogpg'),
    ],
    check(line) {
      const url = String(line.options.url ?? '');
      if (!/^(?:file|https?):/i.test(url))
        line.fail('bad-value', `--url of ostreesetup is file:, http: or https:, not ${JSON.stringify(url)}`, 'url');
    },
    effect: refuse('deploys an ostree commit instead of packages, which is not built here'),
  },
  {
    name: 'ostreecontainer',
    since: 'F38 RHEL9',
    options: [
      text('stateroot', { quoted: true }),
      text('remote', { quoted: true }),
      flag('no-signature-verification'),
      text('transport', { quoted: true }),
      text('url', { required: 'always', quoted: true }),
    ],
    effect: refuse('deploys a container instead of packages, which is not built here'),
  },
  {
    name: 'bootc',
    since: 'F43 RHEL10',
    options: [
      text('stateroot', { quoted: true, writtenDefault: ['default', {}] }),
      text('source-imgref', { required: 'always', quoted: true }),
      text('target-imgref', { quoted: true }),
      text('bootloader', { since: 'F45', quoted: true }),
      flag('composefs', { since: 'F45' }),
    ],
    effect: refuse('deploys a container instead of packages, which is not built here'),
  },
];
