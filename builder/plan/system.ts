// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { At, Kickstart, Network } from '../kickstart/model.js';
import type { FstabEntry, NetworkPlan, SystemPlan, UserPlan } from './types.js';

/** useradd(8) of Debian refuses others; systemd's and adduser's rules agree on these. */
const ACCOUNT = /^[a-z_][a-z0-9_-]{0,31}$/;
const HOSTNAME = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*$/;
const UNIT = /^[A-Za-z0-9:_.\\@-]{1,255}$/;

/**
 * The system's own settings: who may log in, names, language, clock, network, services, mounts.
 * @throws InputError with the line of a value that the system would not take
 */
export function planSystem(kickstart: Kickstart, name: string, fstab: readonly FstabEntry[]): SystemPlan {
  const { lang, keyboard, timezone, rootpw, services } = kickstart;
  if (timezone?.zone !== undefined && !/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+){0,2}$/.test(timezone.zone)) {
    throw new InputError(
      'timezone',
      `${timezone.zone} is no name of a time zone; use one such as Europe/Berlin`,
      timezone.at,
    );
  }
  if (lang && !/^[A-Za-z]{1,8}(_[A-Za-z]{2})?(\.[A-Za-z0-9-]+)?(@[a-z]+)?$/.test(lang.lang)) {
    throw new InputError('lang', `${lang.lang} is no locale; use one such as en_US.UTF-8`, lang.at);
  }
  return {
    hostname: planHostname(kickstart, name),
    ...(lang ? { language: lang.lang } : {}),
    ...(keyboard ? { keyboard: planKeyboard(keyboard) } : {}),
    ...(timezone?.zone === undefined ? {} : { timezone: { zone: timezone.zone, utc: timezone.utc } }),
    ...(rootpw
      ? {
          rootPassword: {
            ...(rootpw.password === undefined
              ? {}
              : { password: checkPassword(rootpw.password, rootpw.crypted, rootpw.at) }),
            crypted: rootpw.crypted,
            lock: rootpw.lock,
          },
        }
      : {}),
    groups: kickstart.groups.map((group) => {
      checkAccount(group.name, group.at);
      return { name: group.name, ...(group.gid === undefined ? {} : { gid: group.gid }) };
    }),
    users: kickstart.users.map(planUser),
    sshKeys: kickstart.sshKeys.map((key) => {
      checkAccount(key.username, key.at);
      if (/[\r\n\0]/.test(key.key)) throw new InputError('sshkey', 'a key is one line', key.at);
      return { username: key.username, key: key.key, at: key.at };
    }),
    network: kickstart.network
      .filter((one) => one.bootproto !== undefined || one.device !== undefined || one.ip !== undefined)
      .map(planNetwork),
    servicesEnabled: unitsOf(services?.enabled, services?.at),
    servicesDisabled: unitsOf(services?.disabled, services?.at),
    fstab,
  };
}

function planHostname(kickstart: Kickstart, name: string): string {
  const said = kickstart.network.filter((one) => one.hostname !== undefined).at(-1);
  if (said) {
    if (!HOSTNAME.test(said.hostname!)) throw new InputError('hostname', `${said.hostname} is no host name`, said.at);
    return said.hostname!;
  }
  const made = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return made === '' ? 'localhost' : made;
}

function planKeyboard(keyboard: NonNullable<Kickstart['keyboard']>): NonNullable<SystemPlan['keyboard']> {
  const first = keyboard.xLayouts[0]?.replace(/\s*\(.*$/, '');
  const layout = keyboard.vcKeymap ?? keyboard.keymap ?? first ?? 'us';
  for (const word of [layout, ...keyboard.xLayouts, ...keyboard.switchOptions]) {
    if (!/^[A-Za-z0-9_:+ ()-]{1,64}$/.test(word))
      throw new InputError('keyboard', `${word} is no keyboard layout`, keyboard.at);
  }
  return { layout, xLayouts: keyboard.xLayouts, options: keyboard.switchOptions };
}

function checkAccount(name: string, at: At): void {
  if (!ACCOUNT.test(name))
    throw new InputError('account-name', `${name} is no name of a user or group; use a-z, 0-9, _ and -`, at);
}

function checkPassword(password: string, crypted: boolean, at: At): string {
  if (/[\r\n\0:]/.test(password) && (crypted || /[\r\n\0]/.test(password))) {
    throw new InputError('password', 'a password is one line, and a crypted one has no colon', at);
  }
  return password;
}

function planUser(user: Kickstart['users'][number]): UserPlan {
  checkAccount(user.name, user.at);
  for (const group of user.groups) checkAccount(group.replace(/\(\d+\)$/, ''), user.at);
  for (const path of [user.homedir, user.shell]) {
    if (path !== undefined && !/^\/[^\0\n:]*$/.test(path))
      throw new InputError('user-path', `${path} is no absolute path`, user.at);
  }
  if (user.gecos !== undefined && /[\n\0:]/.test(user.gecos))
    throw new InputError('gecos', '--gecos has no colon and no line break', user.at);
  return {
    at: user.at,
    name: user.name,
    ...(user.password === undefined ? {} : { password: checkPassword(user.password, user.crypted, user.at) }),
    crypted: user.crypted,
    lock: user.lock,
    groups: user.groups,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    ...(user.gid === undefined ? {} : { gid: user.gid }),
    ...(user.homedir === undefined ? {} : { home: user.homedir }),
    ...(user.shell === undefined ? {} : { shell: user.shell }),
    ...(user.gecos === undefined ? {} : { gecos: user.gecos }),
  };
}

function planNetwork(network: Network): NetworkPlan {
  const { at } = network;
  const device = network.device === undefined || network.device === 'link' ? undefined : network.device;
  if (device !== undefined && !/^[A-Za-z0-9_.:-]{1,17}$/.test(device)) {
    throw new InputError('network-device', `network --device=${device} is no interface name`, at);
  }
  const method =
    network.bootproto === 'static' || network.ip !== undefined ? 'static' : network.noIpv4 ? 'none' : 'dhcp';
  const words = [network.ip, network.netmask, network.gateway, ...network.nameservers].filter(
    (word) => word !== undefined,
  );
  for (const word of words) {
    if (!/^[0-9a-fA-F.:]+$/.test(word))
      throw new InputError('network-address', `network: ${word} is no IP address`, at);
  }
  if (method === 'static' && (network.ip === undefined || network.netmask === undefined)) {
    throw new InputError('network-static', 'network --bootproto=static needs --ip and --netmask', at);
  }
  for (const option of ['bondslaves', 'teamslaves', 'bridgeslaves', 'vlanid', 'essid'] as const) {
    if (network.options[option] !== undefined) {
      throw new InputError(
        'network-kind',
        `network --${option} cannot be done by this version; set it up in %post`,
        at,
      );
    }
  }
  return {
    ...(device === undefined ? {} : { device }),
    method,
    ...(network.ip === undefined ? {} : { address: network.ip, prefix: prefixOf(network.netmask!, at) }),
    ...(network.gateway === undefined ? {} : { gateway: network.gateway }),
    nameservers: network.nameservers,
    ...(network.mtu === undefined ? {} : { mtu: network.mtu }),
    ipv6: !network.noIpv6,
  };
}

function prefixOf(netmask: string, at: At): number {
  const octets = netmask.split('.').map(Number);
  const bits = octets.map((octet) => octet.toString(2).padStart(8, '0')).join('');
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255)) || /01/.test(bits)) {
    throw new InputError('netmask', `network: ${netmask} is no netmask; use one such as 255.255.255.0`, at);
  }
  return bits.replaceAll('0', '').length;
}

function unitsOf(names: readonly string[] | undefined, at: At | undefined): { name: string; at: At }[] {
  return (names ?? []).map((name) => {
    if (!UNIT.test(name)) throw new InputError('service-name', `${name} is no name of a service`, at);
    return { name, at: at! };
  });
}
