// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { CommandLine, Kickstart, OptionValue } from '../../../builder/kickstart/index.js';
import type { ExpectedCase, Fields } from './reference.js';

/** What both models say of a kickstart, in one shape: empty values left out, sets in order. */
export type Facts = Readonly<Record<string, unknown>>;

/** The reference's name of a field → our option. */
type Names = Readonly<Record<string, string>>;

const STORAGE: Names = {
  fstype: 'fstype',
  grow: 'grow',
  size: 'size',
  maxSizeMB: 'maxsize',
  label: 'label',
  fsopts: 'fsoptions',
  encrypted: 'encrypted',
  passphrase: 'passphrase',
  escrowcert: 'escrowcert',
  backuppassphrase: 'backuppassphrase',
  luks_version: 'luks-version',
  pbkdf: 'pbkdf',
  pbkdf_memory: 'pbkdf-memory',
  pbkdf_time: 'pbkdf-time',
  pbkdf_iterations: 'pbkdf-iterations',
};

const same = (...names: string[]): Names => Object.fromEntries(names.map((name) => [name.replaceAll('-', '_'), name]));

/** List commands: the reference's field → our command, the names of its options, and where its words are. */
const LISTS: Readonly<Record<string, { command: string; names: Names; first?: string; rest?: string }>> = {
  partitions: {
    command: 'part',
    names: { ...STORAGE, primOnly: 'asprimary', disk: 'ondisk', onPart: 'onpart' },
    first: 'mountpoint',
  },
  logvols: {
    command: 'logvol',
    names: {
      ...STORAGE,
      ...same('name', 'vgname', 'percent', 'recommended'),
      cache_size: 'cachesize',
      cache_mode: 'cachemode',
      cache_pvs: 'cachepvs',
      thin_pool: 'thinpool',
      thin_volume: 'thin',
      pool_name: 'poolname',
      preexist: 'useexisting',
    },
    first: 'mountpoint',
  },
  raids: {
    command: 'raid',
    names: { ...STORAGE, ...same('device', 'level', 'spares'), chunk_size: 'chunksize' },
    first: 'mountpoint',
    rest: 'members',
  },
  volgroups: {
    command: 'volgroup',
    names: { ...same('reserved-percent', 'reserved-space'), preexist: 'useexisting' },
    first: 'vgname',
    rest: 'physvols',
  },
  btrfs: {
    command: 'btrfs',
    names: { ...same('label', 'subvol', 'name'), dataLevel: 'data', metaDataLevel: 'metadata' },
    first: 'mountpoint',
    rest: 'devices',
  },
  network: {
    command: 'network',
    names: {
      ...same(
        'device',
        'hostname',
        'activate',
        'noipv6',
        'noipv4',
        'gateway',
        'ip',
        'netmask',
        'bondslaves',
        'bondopts',
      ),
      ...same('vlanid', 'bindto', 'bridgeslaves', 'ipv6', 'teamconfig', 'nameserver', 'interfacename'),
      ...same('ipv4-dns-search', 'ipv6-dns-search', 'ipv6-ignore-auto-dns'),
    },
  },
  repos: {
    command: 'repo',
    names: same(
      'name',
      'baseurl',
      'cost',
      'mirrorlist',
      'metalink',
      'excludepkgs',
      'includepkgs',
      'install',
      'ignoregroups',
      'proxy',
      'noverifyssl',
    ),
  },
  users: {
    command: 'user',
    names: {
      ...same('name', 'password', 'homedir', 'uid', 'gid', 'groups', 'lock', 'gecos', 'shell'),
      isCrypted: 'iscrypted',
    },
  },
  sshkeys: { command: 'sshkey', names: same('username'), first: 'key' },
  groups: { command: 'group', names: same('name', 'gid') },
  timesources: { command: 'timesource', names: same('ntp-disable', 'ntp-server', 'ntp-pool', 'nts') },
  mounts: { command: 'mount', names: { mkfs_opts: 'mkfsoptions', mount_opts: 'mountoptions' }, first: 'device' },
};

/** What the reference says, in the common shape. */
export function factsOfCase(expected: ExpectedCase): Facts {
  const one = (name: string) => expected[name] as Fields | undefined;
  const many = (name: string) => (expected[name] ?? []) as readonly Fields[];
  const lists = Object.entries(LISTS).map(([field, { names, first, rest }]) => [
    field,
    many(field).map((entry) => [
      entry.lineno,
      Object.keys(names).map((name) => entry[name]),
      first && entry[first],
      rest && entry[rest],
    ]),
  ]);
  const packages = one('packages') as
    | (Fields & Record<'groups', readonly { name: string; include: string }[]>)
    | undefined;
  return normal({
    ...Object.fromEntries(lists),
    bootproto: many('network').map((entry) => entry.bootProto),
    lang: pick(one('lang'), ['lineno', 'lang', 'addsupport']),
    keyboard: pick(one('keyboard'), ['_keyboard', 'vc_keymap', 'x_layouts', 'switch_options']),
    timezone: pick(one('timezone'), ['timezone', 'isUtc', 'nontp', 'ntpservers']),
    rootpw: pick(one('rootpw'), ['password', 'isCrypted', 'lock', 'allow_ssh']),
    selinux: one('selinux')?.mode,
    firewall: pick(one('firewall'), ['enabled', 'services', 'ports', 'use_system_defaults']),
    services: pick(one('services'), ['enabled', 'disabled']),
    auth: one('authconfig')?.authconfig,
    authselect: one('authselect')?.authselect,
    ending: pick(one('reboot'), ['action', 'eject']),
    displayMode: pick(one('displaymode'), ['mode', 'nonInteractive']),
    bootloader: pick(one('bootloader'), [
      'lineno',
      'location',
      'timeout',
      'appendLine',
      'bootDrive',
      'disabled',
      'extlinux',
      'password',
      'isCrypted',
      'leavebootorder',
    ]),
    clearpart: pick(one('clearpart'), ['initAll', 'type', 'drives', 'disklabel', 'devices']),
    autopart: pick(one('autopart'), [
      'typeName',
      'fstype',
      'nohome',
      'noboot',
      'noswap',
      'hibernation',
      'encrypted',
      'passphrase',
      'cipher',
    ]),
    reqpart: pick(one('reqpart'), ['reqpart', 'addBoot']),
    url: pick(one('url'), ['url', 'mirrorlist', 'metalink', 'proxy']),
    // 1 is "skip"; the words beside the numbers in the cases have the first two changed round.
    firstboot: one('firstboot') && ['enable', 'disable', 'reconfig'][Number(one('firstboot')?.firstboot)],
    xconfig: pick(one('xconfig'), ['startX', 'defaultdesktop']),
    ignoredisk: pick(one('ignoredisk'), ['onlyuse', 'ignoredisk']),
    skipx: one('skipx') && true,
    zerombr: one('zerombr') && true,
    packages: packages && {
      add: packages.add,
      remove: packages.remove,
      groups: packages.groups.map(({ name, include }) => `${name} ${include}`).sort(),
      removedGroups: [...new Set(packages.removedGroups as string[])].sort(),
      environment: packages.environment,
      header: pick(packages, [
        'nocore',
        'default',
        'excludeDocs',
        'excludeWeakdeps',
        'multiLib',
        'timeout',
        'retries',
        'instLangs',
      ]),
      noBase: packages.addBase === false,
      missing: packages.missing === 'ignore',
      broken: packages.broken === 'ignore',
    },
    scripts: many('scripts').map((script) =>
      pick(script, ['type', 'interp', 'chroot', 'line', 'error_on_fail', 'log', 'sha256']),
    ),
    certificates: many('certificates').map((certificate) => pick(certificate, ['filename', 'dir', 'type', 'sha256'])),
  });
}

const GROUP_INCLUDES = { nodefaults: 'required', optional: 'all' } as const;

/** What our model says, in the common shape. */
export function factsOf(kickstart: Kickstart): Facts {
  const lines = (command: string): readonly CommandLine[] => kickstart.commands.filter(({ name }) => name === command);
  const lists = Object.entries(LISTS).map(([field, { command, names, first, rest }]) => [
    field,
    lines(command).map(({ at, options, args }) => [
      at.line,
      Object.values(names).map((name): OptionValue | undefined => options[name]),
      first && args[0],
      rest && args.slice(1),
    ]),
  ]);
  const { packages, keyboard, timezone, bootloader, clearpart, autopart, rootpw, firewall, url } = kickstart;
  const named = (entries: Kickstart['packages']['include'], kind: string) =>
    entries.filter((entry) => entry.kind === kind);
  return normal({
    ...Object.fromEntries(lists),
    // From Fedora 25 on --noipv4 leaves the protocol out; else DHCP is the default.
    bootproto: kickstart.network.map(({ bootproto, noIpv4 }) => bootproto ?? (noIpv4 ? '' : 'dhcp')),
    lang: kickstart.lang && [kickstart.lang.at.line, kickstart.lang.lang, kickstart.lang.addSupport],
    keyboard: keyboard && [keyboard.keymap, keyboard.vcKeymap, keyboard.xLayouts, keyboard.switchOptions],
    timezone: timezone && [timezone.zone, timezone.utc, timezone.noNtp, timezone.ntpServers],
    rootpw: rootpw && [rootpw.password, rootpw.crypted, rootpw.lock, rootpw.allowSsh],
    selinux: kickstart.selinux?.mode,
    firewall: firewall && [firewall.enabled, firewall.services, firewall.ports, firewall.useSystemDefaults],
    services: kickstart.services && [kickstart.services.enabled, kickstart.services.disabled],
    auth: kickstart.auth?.text,
    authselect: kickstart.authselect?.text,
    ending: kickstart.ending && [
      kickstart.ending.action === 'poweroff' ? 'shutdown' : kickstart.ending.action,
      kickstart.ending.eject,
    ],
    displayMode: kickstart.displayMode && [kickstart.displayMode.mode, kickstart.displayMode.nonInteractive],
    bootloader: bootloader && [
      bootloader.at.line,
      bootloader.location,
      bootloader.timeout,
      bootloader.append,
      bootloader.bootDrive,
      bootloader.disabled,
      bootloader.extlinux,
      bootloader.password,
      bootloader.passwordCrypted,
      bootloader.leaveBootOrder,
    ],
    clearpart: clearpart && [
      clearpart.initAll,
      clearpart.type,
      clearpart.drives,
      clearpart.disklabel,
      clearpart.devices,
    ],
    autopart: autopart && [
      autopart.type,
      autopart.fstype,
      autopart.noHome,
      autopart.noBoot,
      autopart.noSwap,
      autopart.hibernation,
      autopart.encryption !== undefined,
      autopart.encryption?.passphrase ?? lines('autopart').at(-1)?.options.passphrase,
      lines('autopart').at(-1)?.options.cipher,
    ],
    reqpart: kickstart.reqpart && [true, kickstart.reqpart.addBoot],
    url: url && [url.url, url.mirrorlist, url.metalink, url.proxy],
    firstboot: kickstart.firstboot?.state,
    xconfig: kickstart.xconfig && [kickstart.xconfig.startOnBoot, kickstart.xconfig.defaultDesktop],
    ignoredisk: kickstart.ignoredisk && [kickstart.ignoredisk.onlyUse, kickstart.ignoredisk.drives],
    skipx: kickstart.skipx && true,
    zerombr: kickstart.zerombr && true,
    packages: packages.at && {
      add: namesOf(named(packages.include, 'package')),
      remove: namesOf(named(packages.exclude, 'package')),
      groups: named(packages.include, 'group')
        .map(({ name, include }) => `${name} ${include ? GROUP_INCLUDES[include] : 'default'}`)
        .sort(),
      removedGroups: namesOf(named(packages.exclude, 'group')),
      environment: named(packages.include, 'environment')[0]?.name,
      header: [
        packages.noCore,
        packages.default,
        packages.excludeDocs,
        packages.excludeWeakdeps,
        packages.multilib,
        packages.timeout,
        packages.retries,
        packages.instLangs?.join(':'),
      ],
      noBase: packages.noBase,
      missing: packages.ignoreMissing,
      broken: packages.ignoreBroken,
    },
    scripts: kickstart.scripts.map(({ type, interpreter, chroot, at, errorOnFail, log, body }) => [
      type,
      interpreter,
      chroot,
      at.line,
      errorOnFail,
      log,
      hash(body),
    ]),
    certificates: kickstart.certificates.map(({ filename, dir, type, body }) => [filename, dir, type, hash(body)]),
  });
}

function namesOf(entries: Kickstart['packages']['include']): string[] {
  return [...new Set(entries.map((entry) => entry.name))].sort();
}

function pick(fields: Fields | undefined, names: readonly string[]): unknown[] | undefined {
  return fields && names.map((name) => fields[name]);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Not given, empty, false and 0 are one: the reference leaves out what is at its default. */
function normal<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (_, part) =>
      part === undefined ||
      part === null ||
      part === '' ||
      part === false ||
      part === 0 ||
      (Array.isArray(part) && part.length === 0)
        ? undefined
        : part,
    ),
  );
}
