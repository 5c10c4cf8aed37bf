// SPDX-License-Identifier: Apache-2.0
import type {
  Bootloader,
  CommandLine,
  Group,
  Kickstart,
  Module,
  Network,
  Repo,
  RootPassword,
  SshKey,
  TimeSource,
  Url,
  User,
} from '../model.js';
import { splitCommas } from '../values.js';
import { booleanOf, isSet, listOf, type Merged, numberOf, textOf } from './merge.js';

/** The model of the `rootpw` lines together. */
export function buildRootPassword({ at, options, args }: Merged): RootPassword {
  return {
    at,
    password: args[0],
    crypted: isSet(options, 'iscrypted'),
    lock: isSet(options, 'lock'),
    allowSsh: isSet(options, 'allow-ssh'),
  };
}

/** The model of one `user` line. */
export function buildUser({ at, options }: CommandLine): User {
  return {
    at,
    name: textOf(options, 'name') ?? '',
    password: textOf(options, 'password') || undefined,
    crypted: isSet(options, 'iscrypted'),
    lock: isSet(options, 'lock'),
    groups: listOf(options, 'groups'),
    uid: numberOf(options, 'uid'),
    gid: numberOf(options, 'gid'),
    homedir: textOf(options, 'homedir') || undefined,
    shell: textOf(options, 'shell') || undefined,
    gecos: textOf(options, 'gecos') || undefined,
  };
}

/** The model of one `group` line. */
export function buildGroup({ at, options }: CommandLine): Group {
  return { at, name: textOf(options, 'name') ?? '', gid: numberOf(options, 'gid') };
}

/** The model of one `sshkey` line. */
export function buildSshKey({ at, options, args }: CommandLine): SshKey {
  return { at, username: textOf(options, 'username') ?? '', key: args[0] ?? '' };
}

/** The model of the `timezone` lines together. */
export function buildTimezone({ at, options, args }: Merged): NonNullable<Kickstart['timezone']> {
  return {
    at,
    zone: args[0],
    utc: isSet(options, 'utc'),
    noNtp: isSet(options, 'nontp'),
    ntpServers: listOf(options, 'ntpservers'),
  };
}

/** The model of one `timesource` line. */
export function buildTimeSource({ at, options }: CommandLine): TimeSource {
  const server = textOf(options, 'ntp-server');
  const pool = textOf(options, 'ntp-pool');
  const kind = server !== undefined ? 'server' : pool !== undefined ? 'pool' : 'disable';
  return { at, kind, host: server ?? pool, nts: isSet(options, 'nts') };
}

/** The model of the `firewall` lines together. */
export function buildFirewall({ at, options }: Merged): NonNullable<Kickstart['firewall']> {
  const named = SERVICE_FLAGS.filter((name) => isSet(options, name));
  return {
    at,
    enabled: booleanOf(options, 'enabled') ?? true,
    ports: listOf(options, 'port'),
    services: [...listOf(options, 'service'), ...named],
    trusts: listOf(options, 'trust'),
    removedServices: listOf(options, 'remove-service'),
    useSystemDefaults: isSet(options, 'use-system-defaults'),
  };
}

const SERVICE_FLAGS = ['ssh', 'telnet', 'smtp', 'http', 'ftp'];

/** The model of the `bootloader` lines together. */
export function buildBootloader({ at, options }: Merged): Bootloader {
  const md5 = textOf(options, 'md5pass');
  return {
    at,
    append: textOf(options, 'append') || undefined,
    timeout: numberOf(options, 'timeout'),
    location: textOf(options, 'location') ?? 'mbr',
    disabled: isSet(options, 'disabled'),
    bootDrive: textOf(options, 'boot-drive') || undefined,
    password: md5 ?? (textOf(options, 'password') || undefined),
    passwordCrypted: md5 !== undefined || isSet(options, 'iscrypted'),
    extlinux: isSet(options, 'extlinux'),
    leaveBootOrder: isSet(options, 'leavebootorder'),
  };
}

/** The model of one `network` line. */
export function buildNetwork({ at, options }: CommandLine): Network {
  const mtu = Number(textOf(options, 'mtu'));
  return {
    at,
    device: textOf(options, 'device') || undefined,
    bootproto: textOf(options, 'bootproto'),
    hostname: textOf(options, 'hostname') || undefined,
    ip: textOf(options, 'ip') || undefined,
    netmask: textOf(options, 'netmask') || undefined,
    gateway: textOf(options, 'gateway') || undefined,
    nameservers: splitCommas(textOf(options, 'nameserver') ?? ''),
    onboot: booleanOf(options, 'onboot'),
    activate: booleanOf(options, 'activate'),
    noIpv4: isSet(options, 'noipv4'),
    noIpv6: isSet(options, 'noipv6'),
    ipv6: textOf(options, 'ipv6') || undefined,
    mtu: Number.isSafeInteger(mtu) && mtu > 0 ? mtu : undefined,
    options,
  };
}

/** The model of the `url` lines together. */
export function buildUrl({ at, options }: Merged): Url {
  return {
    at,
    url: textOf(options, 'url') || undefined,
    mirrorlist: textOf(options, 'mirrorlist') || undefined,
    metalink: textOf(options, 'metalink') || undefined,
    proxy: textOf(options, 'proxy') || undefined,
    noVerifySsl: isSet(options, 'noverifyssl'),
  };
}

/** The model of one `repo` line. */
export function buildRepo({ at, options }: CommandLine): Repo {
  return {
    at,
    name: textOf(options, 'name') ?? '',
    baseurl: textOf(options, 'baseurl') || undefined,
    mirrorlist: textOf(options, 'mirrorlist') || undefined,
    metalink: textOf(options, 'metalink') || undefined,
    cost: numberOf(options, 'cost'),
    includePkgs: listOf(options, 'includepkgs'),
    excludePkgs: listOf(options, 'excludepkgs'),
    proxy: textOf(options, 'proxy') || undefined,
    install: isSet(options, 'install'),
    noVerifySsl: isSet(options, 'noverifyssl'),
  };
}

/** The model of one `module` line. */
export function buildModule({ at, options }: CommandLine): Module {
  return {
    at,
    name: textOf(options, 'name') ?? '',
    stream: textOf(options, 'stream'),
    enable: !isSet(options, 'disable'),
  };
}
