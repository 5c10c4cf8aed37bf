// SPDX-License-Identifier: Apache-2.0
import { type Checked, type CommandSpec, flag, none, refuse, stickyFlag, text } from './spec.js';

const INSTALLER = 'steers the installer only: an image is the same without it';
const END = 'says what the installer does when it has finished; an image does not start by itself';
const HARDWARE = 'describes hardware to an installer; today it is found by itself';

function checkDriverdisk(line: Checked): void {
  if (line.args.length > 1) line.fail('unexpected-word', 'driverdisk takes one partition');
  const given = [line.args.length > 0, line.has('source'), line.has('biospart')].filter(Boolean).length;
  if (given !== 1) line.fail('option-conflict', 'driverdisk takes exactly one of a partition, --source and --biospart');
}

function displayMode(name: string): CommandSpec {
  return { name, options: [flag('non-interactive', { since: 'F26 RHEL8' })], effect: none(INSTALLER) };
}

function ending(name: string): CommandSpec {
  return {
    name,
    options: [flag('eject', { since: 'F6 RHEL5' }), flag('kexec', { since: 'F23 RHEL8' })],
    effect: none(END),
  };
}

/** What speaks to an installer, not to the system that it makes. */
export const installerCommands: readonly CommandSpec[] = [
  displayMode('text'),
  displayMode('graphical'),
  displayMode('cmdline'),
  ending('reboot'),
  ending('shutdown'),
  ending('halt'),
  ending('poweroff'),
  {
    name: 'install',
    until: 'F33 RHEL8',
    deprecated: 'F29 RHEL8',
    instead: 'remove it: installing is what a kickstart does',
    options: [text('root-device', { since: 'F20 RHEL6', until: 'F28 RHEL7' })],
    check(line) {
      if (line.options['root-device'] === '')
        line.fail('bad-value', '--root-device of install is empty', 'root-device');
    },
    effect: none(INSTALLER),
  },
  {
    name: 'upgrade',
    until: 'F28 RHEL7',
    deprecated: 'F20 RHEL7',
    instead: 'remove it',
    options: [text('root-device', { since: 'F11 RHEL6' })],
    effect: refuse('upgrades a system that exists; an image is made new: remove it'),
  },
  {
    name: 'rescue',
    since: 'F10 RHEL6',
    options: [flag('nomount'), flag('romount')],
    check(line) {
      if (line.has('nomount') && line.has('romount'))
        line.fail('option-conflict', 'give only one of --nomount and --romount', 'romount');
    },
    effect: refuse('starts a rescue system and installs nothing: remove it'),
  },
  { name: 'mediacheck', since: 'F4 RHEL4', options: [], effect: none(INSTALLER) },
  {
    name: 'logging',
    since: 'F6 RHEL5',
    options: [
      text('level', {
        until: 'F39 RHEL9',
        deprecated: 'F34 RHEL9',
        choices: ['debug', 'info', 'warning', 'error', 'critical'],
        writtenDefault: ['info', { until: 'F33 RHEL8' }],
      }),
      text('host'),
      text('port'),
    ],
    check(line) {
      if (line.has('port') && !line.has('host')) line.fail('option-conflict', '--port of logging needs --host', 'port');
    },
    effect: none(INSTALLER),
  },
  {
    name: 'vnc',
    until: 'F44 RHEL10',
    deprecated: 'RHEL10',
    instead: 'use rdp',
    options: [
      text('host', { since: 'F6 RHEL5' }),
      text('port', { since: 'F6 RHEL5' }),
      text('connect', { until: 'F8 RHEL5' }),
      text('password'),
    ],
    effect: none(INSTALLER),
  },
  { name: 'rdp', since: 'F43 RHEL10', options: [text('username'), text('password')], effect: none(INSTALLER) },
  {
    name: 'driverdisk',
    list: true,
    args: { min: 0, max: Number.POSITIVE_INFINITY, name: 'partition' },
    options: [
      text('biospart', { since: 'F4 RHEL4' }),
      text('source'),
      text('type', { until: 'F13 RHEL6', deprecated: 'F12 RHEL5' }),
    ],
    order: '<args> biospart source type',
    check: checkDriverdisk,
    effect: none('loads a driver into the installer only'),
  },
  {
    name: 'updates',
    since: 'F7 RHEL6',
    args: { min: 0, max: 1, name: 'URL' },
    options: [],
    check(line) {
      if (line.args.length === 0 && line.strictly('F34 RHEL9')) line.fail('missing-word', 'updates needs a URL');
    },
    effect: none('updates the installer only'),
  },
  { name: 'unsupported_hardware', since: 'RHEL6', until: 'RHEL7', options: [], effect: none(INSTALLER) },
  {
    name: 'interactive',
    until: 'F14 RHEL6',
    deprecated: 'F14',
    options: [],
    effect: none(INSTALLER),
  },
  {
    name: 'autostep',
    until: 'F39 RHEL9',
    deprecated: 'F34 RHEL9',
    options: [flag('autoscreenshot')],
    effect: none(INSTALLER),
  },
  {
    name: 'device',
    list: true,
    until: 'F33 RHEL8',
    deprecated: 'F24 RHEL8',
    args: { min: 0, max: 2, name: 'module' },
    options: [text('opts', { quoted: true })],
    order: '<args> opts',
    check(line) {
      const typed = !line.since('F8 RHEL6');
      const most = line.strictly('F8 RHEL6') ? 1 : 2;
      if (line.args.length < (typed ? 2 : 1) || line.args.length > most) {
        line.fail(
          'missing-word',
          typed ? 'device takes a type and the name of a module' : 'device takes the name of a module',
        );
      }
    },
    effect: none(HARDWARE),
  },
  { name: 'deviceprobe', until: 'F33 RHEL8', deprecated: 'F29 RHEL8', raw: true, options: [], effect: none(HARDWARE) },
  { name: 'lilocheck', until: 'F3 RHEL4', options: [], effect: none(INSTALLER) },
  {
    name: 'key',
    since: 'RHEL5',
    until: 'RHEL6',
    args: { min: 0, max: 1, name: 'installation number' },
    options: [flag('skip')],
    order: 'skip <args>',
    check(line) {
      if (line.has('skip') === line.args.length > 0)
        line.fail('option-conflict', 'key takes either an installation number or --skip');
    },
    effect: none(INSTALLER),
  },
  {
    name: 'langsupport',
    until: 'F4 RHEL5',
    deprecated: 'F5 RHEL5',
    instead: 'use lang --addsupport',
    args: { min: 0, max: Number.POSITIVE_INFINITY, name: 'language' },
    options: [text('default', { writtenDefault: ['en_US.UTF-8', {}] })],
    order: 'default <args>',
    effect: none('is replaced by lang --addsupport'),
  },
  {
    name: 'mouse',
    until: 'RHEL5',
    since: 'RHEL3',
    deprecated: 'RHEL5',
    args: { min: 0, max: 1, name: 'kind of mouse' },
    options: [text('device'), flag('emulthree')],
    order: 'device emulthree <args>',
    effect: none(HARDWARE),
  },
  {
    name: 'monitor',
    until: 'F9 RHEL6',
    deprecated: 'F10 RHEL6',
    options: [
      text('hsync'),
      text('monitor', { quoted: true }),
      stickyFlag('noprobe', { since: 'F6 RHEL5' }),
      text('vsync'),
    ],
    order: 'hsync monitor noprobe vsync',
    effect: none(HARDWARE),
  },
];
