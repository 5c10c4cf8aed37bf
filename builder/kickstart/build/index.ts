// SPDX-License-Identifier: Apache-2.0
import type { CommandLine, Kickstart } from '../model.js';
import { isSet, listOf, type Merged, mergeLines, textOf } from './merge.js';
import { buildAutopart, buildBtrfs, buildLogicalVolume, buildPart, buildRaid, buildVolumeGroup } from './storage.js';
import {
  buildBootloader,
  buildFirewall,
  buildGroup,
  buildModule,
  buildNetwork,
  buildRepo,
  buildRootPassword,
  buildSshKey,
  buildTimeSource,
  buildTimezone,
  buildUrl,
  buildUser,
} from './system.js';

/** The fields of a kickstart that command lines fill. */
export type CommandFields = Omit<
  Kickstart,
  | 'file'
  | 'osinfo'
  | 'commands'
  | 'packages'
  | 'certificates'
  | 'anaconda'
  | 'scripts'
  | 'addons'
  | 'includes'
  | 'issues'
>;

/**
 * Turn command lines into the model. Of lines that name the same thing (a mount point, a volume, a user, a repository)
 * the last counts; `checkRepeats` tells which were overridden.
 */
export function buildFields(commands: readonly CommandLine[]): CommandFields {
  const byName = new Map<string, CommandLine[]>();
  for (const line of commands) {
    const lines = byName.get(line.name);
    if (lines) lines.push(line);
    else byName.set(line.name, [line]);
  }
  const all = (name: string) => byName.get(name) ?? [];
  const each = <T>(name: string, build: (line: CommandLine) => T) => effective(all(name)).map(build);
  const one = <T>(name: string, build: (merged: Merged) => T): T | undefined => {
    const merged = mergeLines(all(name));
    return merged && build(merged);
  };
  const raw = (name: string) => one(name, ({ at, args }) => ({ at, text: args[0] ?? '' }));
  return {
    lang: one('lang', ({ at, options, args }) => ({
      at,
      lang: args[0] ?? '',
      addSupport: listOf(options, 'addsupport'),
    })),
    keyboard: one('keyboard', ({ at, options, args }) => ({
      at,
      keymap: args[0],
      vcKeymap: textOf(options, 'vckeymap'),
      xLayouts: listOf(options, 'xlayouts'),
      switchOptions: listOf(options, 'switch'),
    })),
    timezone: one('timezone', buildTimezone),
    timeSources: each('timesource', buildTimeSource),
    rootpw: one('rootpw', buildRootPassword),
    users: each('user', buildUser),
    groups: each('group', buildGroup),
    sshKeys: each('sshkey', buildSshKey),
    network: each('network', buildNetwork),
    services: one('services', ({ at, options }) => ({
      at,
      enabled: listOf(options, 'enabled'),
      disabled: listOf(options, 'disabled'),
    })),
    firewall: one('firewall', buildFirewall),
    selinux: one('selinux', ({ at, options }) => ({
      at,
      mode: textOf(options, 'mode') as NonNullable<Kickstart['selinux']>['mode'],
    })),
    bootloader: one('bootloader', buildBootloader),
    parts: each('part', buildPart),
    logicalVolumes: each('logvol', buildLogicalVolume),
    volumeGroups: each('volgroup', buildVolumeGroup),
    raids: each('raid', buildRaid),
    btrfs: each('btrfs', buildBtrfs),
    autopart: one('autopart', buildAutopart),
    reqpart: one('reqpart', ({ at, options }) => ({ at, addBoot: isSet(options, 'add-boot') })),
    clearpart: one('clearpart', ({ at, options }) => ({
      at,
      initAll: isSet(options, 'initlabel'),
      disklabel: textOf(options, 'disklabel'),
      type: listOf(options, 'list').length > 0 ? 'list' : textOf(options, 'type'),
      drives: listOf(options, 'drives'),
      devices: listOf(options, 'list'),
    })),
    ignoredisk: one('ignoredisk', ({ at, options }) => ({
      at,
      drives: listOf(options, 'drives'),
      onlyUse: listOf(options, 'only-use'),
    })),
    zerombr: one('zerombr', ({ at }) => ({ at })),
    url: one('url', buildUrl),
    repos: each('repo', buildRepo),
    modules: each('module', buildModule),
    firstboot: one('firstboot', ({ at, options }) => ({
      at,
      state: textOf(options, 'state') as NonNullable<Kickstart['firstboot']>['state'],
    })),
    skipx: one('skipx', ({ at }) => ({ at })),
    xconfig: one('xconfig', ({ at, options }) => ({
      at,
      startOnBoot: isSet(options, 'startxonboot'),
      defaultDesktop: textOf(options, 'defaultdesktop'),
    })),
    auth: raw('auth'),
    authselect: raw('authselect'),
    ending: buildEnding(commands),
    displayMode: buildDisplayMode(commands),
  };
}

const ENDINGS: readonly string[] = ['reboot', 'shutdown', 'halt', 'poweroff'];
const MODES: readonly string[] = ['text', 'graphical', 'cmdline'];

function buildEnding(commands: readonly CommandLine[]): Kickstart['ending'] {
  const line = commands.findLast(({ name }) => ENDINGS.includes(name));
  if (!line) return undefined;
  return {
    at: line.at,
    action: line.name as NonNullable<Kickstart['ending']>['action'],
    eject: isSet(line.options, 'eject'),
    kexec: isSet(line.options, 'kexec'),
  };
}

function buildDisplayMode(commands: readonly CommandLine[]): Kickstart['displayMode'] {
  const line = commands.findLast(({ name }) => MODES.includes(name));
  if (!line) return undefined;
  return {
    at: line.at,
    mode: line.name as NonNullable<Kickstart['displayMode']>['mode'],
    nonInteractive: isSet(line.options, 'non-interactive'),
  };
}

/**
 * What a line of a list command is about, so that a later line about the same overrides it. Undefined: every line
 * stands for itself (several swap partitions, several boot partitions on several disks).
 */
export function subjectOf(line: CommandLine): string | undefined {
  switch (line.name) {
    case 'part':
    case 'raid':
    case 'btrfs': {
      const mountpoint = line.args[0];
      return mountpoint === undefined || !/^\/|^(?:pv|raid|btrfs)\./.test(mountpoint) ? undefined : mountpoint;
    }
    case 'logvol': {
      const { vgname, name } = line.options;
      return typeof vgname === 'string' && typeof name === 'string' ? `${vgname}/${name}` : undefined;
    }
    case 'volgroup':
      return line.args[0];
    case 'user':
    case 'group':
    case 'repo':
      return textOf(line.options, 'name');
    default:
      return undefined;
  }
}

/** The lines that count: of those about the same thing, the last. */
function effective(lines: readonly CommandLine[]): readonly CommandLine[] {
  const last = new Map<string, CommandLine>();
  for (const line of lines) {
    const subject = subjectOf(line);
    if (subject !== undefined) last.set(subject, line);
  }
  return lines.filter((line) => {
    const subject = subjectOf(line);
    return subject === undefined || last.get(subject) === line;
  });
}
