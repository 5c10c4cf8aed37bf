// SPDX-License-Identifier: Apache-2.0
import {
  type Checked,
  type CommandSpec,
  flag,
  implement,
  int,
  list,
  none,
  partly,
  refuse,
  stickyFlag,
  text,
} from './spec.js';

function checkKeyboard(line: Checked): void {
  if (line.args.length === 0 && !line.has('vckeymap') && !line.has('xlayouts')) {
    line.fail('missing-word', 'keyboard needs a layout: a word, --vckeymap or --xlayouts');
  }
}

function checkTimezone(line: Checked): void {
  const zone = line.args[0];
  if (zone === undefined && !line.since('F25 RHEL7'))
    line.fail('missing-word', 'timezone needs a zone: Europe/Oslo, UTC…');
  else if (zone === undefined && !['utc', 'nontp', 'ntpservers'].some((name) => line.options[name] !== undefined)) {
    line.fail('missing-word', 'timezone needs a zone: Europe/Oslo, UTC…');
  }
  if (line.has('nontp') && line.has('ntpservers'))
    line.fail('option-conflict', '--nontp and --ntpservers exclude each other', 'ntpservers');
}

function checkTimesource(line: Checked): void {
  const given = ['ntp-server', 'ntp-pool', 'ntp-disable'].filter((name) => line.has(name));
  if (given.length !== 1) {
    line.fail('option-conflict', 'timesource takes exactly one of --ntp-server, --ntp-pool, --ntp-disable', given[1]);
  }
}

function checkServices(line: Checked): void {
  if (!line.has('enabled') && !line.has('disabled'))
    line.fail('missing-option', 'services needs --enabled or --disabled with a list of services');
}

function firewallPorts(value: string): readonly string[] {
  return value
    .split(',')
    .map((port) => port.trim())
    .filter((port) => port !== '')
    .map((port) => (port.includes(':') ? port : `${port}:tcp`));
}

/** `--ssh` is `--service=ssh`. */
function serviceFlag(name: string, until?: string) {
  return stickyFlag(name, { ...(until !== undefined ? { until, instead: `use --service=${name}` } : {}) });
}

/** Language, keyboard, time, services and protection of the running system. */
export const systemCommands: readonly CommandSpec[] = [
  {
    name: 'lang',
    args: { min: 1, max: 1, name: 'language' },
    options: [list('addsupport', { since: 'F19 RHEL7' })],
    order: '<args> addsupport',
    effect: implement('sets the language of the system and makes its locales'),
  },
  {
    name: 'keyboard',
    args: { min: 0, max: 1, name: 'layout' },
    options: [
      text('vckeymap', { since: 'F18 RHEL7' }),
      list('xlayouts', { since: 'F18 RHEL7', quoted: 'each' }),
      list('switch', { since: 'F18 RHEL7', quoted: 'each' }),
    ],
    order: 'vckeymap xlayouts switch <args>',
    check: checkKeyboard,
    effect: implement('sets the layout of the console and of X'),
  },
  {
    name: 'timezone',
    args: { min: 0, max: 1, name: 'zone' },
    options: [
      flag('utc', { since: 'F6 RHEL3' }),
      flag('isUtc', { sets: ['utc', true], until: 'RHEL9', deprecated: 'F40', instead: 'use --utc' }),
      flag('nontp', { since: 'F18 RHEL7', until: 'RHEL9', deprecated: 'F40', instead: 'use timesource --ntp-disable' }),
      list('ntpservers', {
        since: 'F18 RHEL7',
        until: 'RHEL9',
        deprecated: 'F40',
        instead: 'use timesource --ntp-server',
      }),
    ],
    order: '<args> utc nontp ntpservers',
    check: checkTimezone,
    effect: implement('sets the time zone and how the hardware clock is read'),
  },
  {
    name: 'timesource',
    list: true,
    since: 'F33 RHEL9',
    options: [text('ntp-server'), text('ntp-pool'), flag('ntp-disable'), flag('nts')],
    check: checkTimesource,
    effect: implement('names the time servers'),
  },
  {
    name: 'services',
    options: [list('disabled', { quoted: true }), list('enabled', { quoted: true })],
    check: checkServices,
    effect: implement('enables and disables services'),
  },
  {
    name: 'firewall',
    options: [
      flag('enabled', { aliases: ['enable'], sets: ['enabled', true] }),
      flag('disabled', { aliases: ['disable'], sets: ['enabled', false] }),
      text('port', { adds: true, convert: firewallPorts }),
      list('trust', { adds: true }),
      list('service', { since: 'F10 RHEL6', adds: true }),
      serviceFlag('ssh'),
      serviceFlag('telnet', 'F13 RHEL6'),
      serviceFlag('smtp'),
      serviceFlag('http'),
      serviceFlag('ftp'),
      text('high', { until: 'F8 RHEL5' }),
      text('medium', { until: 'F8 RHEL5' }),
      list('remove-service', { since: 'F20 RHEL7', adds: true }),
      flag('use-system-defaults', { since: 'F28 RHEL8' }),
    ],
    effect: implement('sets up firewalld, ufw or nftables, whichever is among the packages'),
  },
  {
    name: 'selinux',
    options: [
      stickyFlag('disabled', { sets: ['mode', 'disabled'] }),
      stickyFlag('enforcing', { sets: ['mode', 'enforcing'] }),
      stickyFlag('permissive', { sets: ['mode', 'permissive'] }),
    ],
    effect: implement('sets the mode of SELinux'),
  },
  {
    name: 'firstboot',
    options: [
      stickyFlag('enable', { aliases: ['enabled'], sets: ['state', 'enable'] }),
      stickyFlag('disable', { aliases: ['disabled'], sets: ['state', 'disable'] }),
      stickyFlag('reconfig', { sets: ['state', 'reconfig'] }),
    ],
    effect: partly('switches the assistant of the first boot on or off, where one is installed'),
  },
  {
    name: 'skipx',
    options: [],
    effect: partly('starts the system with consoles, without a desktop'),
  },
  {
    name: 'xconfig',
    wide: true,
    options: [
      text('defaultdesktop'),
      flag('startxonboot'),
      text('card', { until: 'F5 RHEL5', deprecated: 'F6 RHEL5' }),
      text('driver', { since: 'F6 RHEL5', until: 'F13 RHEL6', deprecated: 'F14 RHEL6' }),
      int('depth', { until: 'F13 RHEL6', deprecated: 'F14 RHEL6' }),
      text('hsync', { until: 'F5 RHEL5', deprecated: 'F6 RHEL5' }),
      text('monitor', { until: 'F5 RHEL5', deprecated: 'F6 RHEL5' }),
      stickyFlag('noprobe', { until: 'F5 RHEL5', deprecated: 'F6 RHEL5' }),
      text('resolution', { until: 'F13 RHEL6', deprecated: 'F14 RHEL6' }),
      text('server', { until: 'F5 RHEL4' }),
      text('videoram', { until: 'F13 RHEL6', deprecated: 'F14 RHEL6' }),
      text('vsync', { until: 'F5 RHEL5', deprecated: 'F6 RHEL5' }),
    ],
    order: 'card driver defaultdesktop depth hsync monitor noprobe resolution server startxonboot videoram vsync',
    effect: partly('starts the system with a desktop (--startxonboot), and chooses which (--defaultdesktop)'),
  },
  {
    name: 'auth',
    aliases: ['authconfig'],
    until: 'F34 RHEL9',
    deprecated: 'F28 RHEL8',
    instead: 'use authselect, or remove it: shadow passwords are the default',
    raw: true,
    options: [],
    effect: partly('asks for more than shadow passwords, which are the default: set it up in %post'),
  },
  {
    name: 'authselect',
    since: 'F28 RHEL8',
    raw: true,
    options: [],
    effect: partly('is run in the system, where it has that program'),
  },
  {
    name: 'realm',
    list: true,
    since: 'F19 RHEL7',
    args: { min: 1, max: 2, name: 'realm: realm join NAME' },
    options: [
      text('client-software'),
      text('server-software'),
      text('membership-software'),
      text('one-time-password'),
      flag('no-password'),
      text('computer-ou'),
    ],
    order:
      '<name> client-software server-software membership-software one-time-password no-password computer-ou <args>',
    check(line) {
      const [action, realm] = line.args;
      if (action !== 'join') line.fail('bad-value', `realm is followed by join, not ${JSON.stringify(action)}`);
      else if (realm === undefined) line.fail('missing-word', 'realm join needs the realm to join');
    },
    effect: refuse('joins a domain, which each machine must do itself: join on the first boot'),
  },
  {
    name: 'module',
    list: true,
    since: 'F29 RHEL8',
    until: 'F44 RHEL10',
    deprecated: 'RHEL10',
    instead: 'remove it: modularity is no more',
    options: [text('name', { required: 'always' }), text('stream'), flag('disable', { since: 'F31 RHEL8' })],
    check(line) {
      if (line.options.name === '') line.fail('bad-value', '--name of module is empty', 'name');
      if (line.options.stream === '') line.fail('bad-value', '--stream of module is empty', 'stream');
    },
    effect: implement('enables or disables this module stream before packages are chosen'),
  },
  {
    name: 'rhsm',
    since: 'RHEL8',
    options: [
      text('organization', { required: 'always', quoted: true }),
      list('activation-key', {
        required: 'always',
        adds: true,
        repeats: true,
        quoted: true,
        convert: (value) => [value],
      }),
      flag('connect-to-insights'),
      text('server-hostname', { quoted: true }),
      text('rhsm-baseurl', { quoted: true }),
      text('proxy', { quoted: true }),
      text('flatpak-registry-url', { since: 'RHEL10', quoted: true }),
    ],
    order: 'organization activation-key connect-to-insights server-hostname rhsm-baseurl proxy flatpak-registry-url',
    check(line) {
      const keys = line.options['activation-key'];
      if (Array.isArray(keys) && keys.includes(''))
        line.fail('bad-value', '--activation-key of rhsm is empty', 'activation-key');
    },
    effect: refuse('registers one machine with Red Hat, which an image must not share: register on the first boot'),
  },
  {
    name: 'syspurpose',
    since: 'RHEL8',
    options: [
      text('role', { quoted: true }),
      text('sla', { quoted: true }),
      text('usage', { quoted: true }),
      list('addon', { adds: true, repeats: true, quoted: true, convert: (value) => [value] }),
    ],
    effect: partly('says what the machine is for, where the system knows subscriptions'),
  },
  {
    name: 'eula',
    since: 'F20 RHEL7',
    options: [flag('agreed', { aliases: ['agree', 'accepted', 'accept'] })],
    check(line) {
      if (!line.has('agreed')) line.fail('missing-option', 'eula needs --agreed');
    },
    effect: none('answers a question of the installer'),
  },
];
