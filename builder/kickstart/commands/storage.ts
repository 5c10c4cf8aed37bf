// SPDX-License-Identifier: Apache-2.0
import type { Version } from '../versions.js';
import { isSince } from '../versions.js';
import { checkEncryption, encryptionOptions, encryptionOrder, hardwarePassphrase } from './encryption.js';
import {
  type Checked,
  type CommandSpec,
  type Converted,
  flag,
  implement,
  int,
  list,
  none,
  optional,
  partly,
  refuse,
  stickyFlag,
  text,
} from './spec.js';

const MKFS_SINCE = 'F23 RHEL7';
const OLD_INODES = {
  since: 'F4 RHEL5',
  until: 'F8 RHEL6',
  deprecated: 'RHEL6',
  instead: 'use --fsprofile or --mkfsoptions',
} as const;

/** `/dev/sda1` is kept as `sda1`. */
function withoutDev(value: string): Converted {
  return value.startsWith('/dev/') ? value.slice('/dev/'.length) : value;
}

const AUTOPART_TYPES: Readonly<Record<string, string>> = {
  lvm: 'lvm',
  btrfs: 'btrfs',
  plain: 'plain',
  partition: 'plain',
  thinp: 'thinp',
};

function autopartType(value: string, version: Version | undefined): Converted {
  const known = Object.keys(AUTOPART_TYPES).filter(
    (type) => type !== 'thinp' || version === undefined || isSince(version, 'F20 RHEL7'),
  );
  const type = known.includes(value.toLowerCase()) ? AUTOPART_TYPES[value.toLowerCase()] : undefined;
  return type ?? { misfit: `${JSON.stringify(value)} is not one of ${known.join(', ')}` };
}

const RAID_LEVELS = ['0', '1', '4', '5', '6', '10'];

function raidLevel(value: string): Converted {
  const level = value.toUpperCase().replace(/^RAID/, '');
  return RAID_LEVELS.includes(level)
    ? `RAID${level}`
    : { misfit: `${JSON.stringify(value)} is no RAID level: give one of ${RAID_LEVELS.join(', ')}` };
}

/** The name of an array. `md0` is kept as `0` by the releases that number arrays. */
function raidDevice(value: string, version: Version | undefined): Converted {
  const name = value.replace(/^\/dev\//, '');
  const named = version === undefined || isSince(version, 'F43 RHEL10');
  const kept = named || !name.startsWith('md') ? name : name.slice('md'.length);
  if (version !== undefined && !isSince(version, 'F19 RHEL7') && !/^\d+$/.test(kept)) {
    return { misfit: `${JSON.stringify(value)} has no number: ${version.name} wants md0, md1…` };
  }
  return kept;
}

const BTRFS_LEVELS = ['single', 'raid0', 'raid1', 'raid10', 'raid5', 'raid6', 'dup'];

function btrfsLevel(value: string): Converted {
  const level = value.toLowerCase();
  if (/^\d+$/.test(level)) return BTRFS_LEVELS.includes(`raid${level}`) ? `raid${level}` : noBtrfsLevel(value);
  return BTRFS_LEVELS.includes(level) ? level : noBtrfsLevel(value);
}

function noBtrfsLevel(value: string): Converted {
  return { misfit: `${JSON.stringify(value)} is no btrfs profile: give one of ${BTRFS_LEVELS.join(', ')}` };
}

function snapshotTime(value: string): Converted {
  return value === 'pre-install' || value === 'post-install'
    ? value
    : { misfit: `${JSON.stringify(value)} is neither pre-install nor post-install` };
}

function checkMkfs(line: Checked): void {
  if (!line.has('mkfsoptions')) return;
  if (line.has('noformat'))
    line.fail('option-conflict', '--mkfsoptions does nothing with --noformat: remove one', 'mkfsoptions');
  if (line.has('fsprofile'))
    line.fail('option-conflict', '--mkfsoptions and --fsprofile exclude each other: remove one', 'mkfsoptions');
}

/** RHEL 8 and later have no btrfs. */
function checkNoBtrfs(line: Checked, releases: string): void {
  if (!line.strictly(releases)) return;
  if (line.options.fstype === 'btrfs' || line.args[0]?.startsWith('btrfs.')) {
    line.fail('unsupported', 'btrfs is not supported by this version', 'fstype');
  }
}

function checkPart(line: Checked): void {
  checkEncryption(line);
  checkMkfs(line);
  checkNoBtrfs(line, 'RHEL8');
  if (line.has('resize')) {
    if (!line.has('onpart')) line.fail('option-conflict', '--resize needs --onpart', 'resize');
    if (!line.has('size')) line.fail('option-conflict', '--resize needs --size, the new size', 'resize');
  }
  if (line.options.fstype === 'tmpfs' && line.since('F20 RHEL7') && (line.has('grow') || line.has('maxsize'))) {
    line.fail('option-conflict', 'a tmpfs takes neither --grow nor --maxsize', line.has('grow') ? 'grow' : 'maxsize');
  }
}

function checkLogvol(line: Checked): void {
  checkEncryption(line);
  checkMkfs(line);
  checkNoBtrfs(line, 'RHEL8');
  const { options } = line;
  if (line.has('thin') && line.has('thinpool'))
    line.fail('option-conflict', 'give only one of --thin and --thinpool', 'thinpool');
  if (line.has('thin') && !line.has('poolname')) line.fail('option-conflict', '--thin needs --poolname', 'thin');
  if ((line.has('chunksize') || line.has('metadatasize')) && !line.has('thinpool')) {
    line.fail(
      'option-conflict',
      '--chunksize and --metadatasize need --thinpool',
      line.has('chunksize') ? 'chunksize' : 'metadatasize',
    );
  }
  if (typeof options.percent === 'number' && (options.percent < 0 || options.percent > 100)) {
    line.fail('bad-value', '--percent is between 0 and 100', 'percent');
  }
  if (line.since('F21 RHEL7') && line.has('size') && line.has('percent')) {
    line.fail('option-conflict', 'give only one of --size and --percent', 'percent');
  }
  if (
    line.since('F20 RHEL7') &&
    !['size', 'percent', 'useexisting', 'noformat', 'recommended', 'hibernation'].some((name) => line.has(name))
  ) {
    line.fail(
      'missing-option',
      'logvol needs a size: give one of --size, --percent, --recommended, --hibernation, --useexisting, --noformat',
    );
  }
  if (line.has('resize')) {
    if (!line.has('useexisting')) line.fail('option-conflict', '--resize needs --useexisting', 'resize');
    if (!line.has('size')) line.fail('option-conflict', '--resize needs --size, the new size', 'resize');
  }
  if (line.has('cachepvs') || line.has('cachesize') || line.has('cachemode')) checkCache(line);
}

function checkCache(line: Checked): void {
  if (line.has('thin'))
    line.fail('option-conflict', 'a thin volume has no cache of its own: remove the --cache options', 'thin');
  if (line.has('useexisting'))
    line.fail('option-conflict', 'a cache cannot be added to an existing volume', 'useexisting');
  if (!line.has('cachepvs')) line.fail('missing-option', 'a cache needs --cachepvs, the fast physical volumes');
  if (!line.has('cachesize')) line.fail('missing-option', 'a cache needs --cachesize');
  const mode = line.options.cachemode;
  if (mode !== undefined && mode !== 'writeback' && mode !== 'writethrough') {
    line.fail('bad-value', '--cachemode is writeback or writethrough', 'cachemode');
  }
}

function checkVolgroup(line: Checked): void {
  const exists = line.has('useexisting') || line.has('noformat');
  const [name, ...members] = line.args;
  if (name === undefined) line.fail('missing-word', 'volgroup needs the name of the group');
  else if (members.length === 0 && !exists)
    line.fail('missing-word', `volgroup ${name} needs its physical volumes: pv.01…`);
  else if (members.length > 0 && exists)
    line.fail('option-conflict', 'an existing group takes no list of physical volumes', 'useexisting');
  const { 'reserved-space': space, 'reserved-percent': percent } = line.options;
  if (typeof space === 'number' && space < 0) line.fail('bad-value', '--reserved-space is 0 or more', 'reserved-space');
  if (typeof percent === 'number' && (percent < 1 || percent > 99))
    line.fail('bad-value', '--reserved-percent is between 1 and 99', 'reserved-percent');
}

function checkRaid(line: Checked): void {
  checkEncryption(line);
  checkMkfs(line);
  checkNoBtrfsRaid(line);
  const exists = line.has('useexisting') || line.has('noformat');
  const [mountpoint, ...members] = line.args;
  if (mountpoint === undefined) line.fail('missing-word', 'raid needs a mount point');
  else if (members.length === 0 && !exists) line.fail('missing-word', 'raid needs its members: raid.01…');
  else if (members.length > 0 && exists)
    line.fail('option-conflict', 'an existing array takes no list of members', 'useexisting');
  if (!line.has('level') && !exists) line.fail('missing-option', 'raid needs --level');
}

function checkNoBtrfsRaid(line: Checked): void {
  // RHEL 10 forgot this check, so only 8 and 9 refuse.
  if (!line.strictly('RHEL10')) checkNoBtrfs(line, 'RHEL8');
}

function checkBtrfs(line: Checked): void {
  const [mountpoint, ...members] = line.args;
  if (mountpoint === undefined) line.fail('missing-word', 'btrfs needs a mount point, or none');
  else if (members.length === 0)
    line.fail(
      'missing-word',
      'btrfs needs the partitions of the volume, or the volume that a subvolume is in: LABEL=…',
    );
  if (line.has('subvol') && !line.has('name')) line.fail('missing-option', '--subvol needs --name', 'subvol');
  if (line.has('mkfsoptions') && (line.has('noformat') || line.has('useexisting'))) {
    line.fail(
      'option-conflict',
      '--mkfsoptions does nothing with --noformat or --useexisting: remove one',
      'mkfsoptions',
    );
  }
}

function checkAutopart(line: Checked): void {
  checkEncryption(line);
  if (line.options.type === 'btrfs') {
    if (line.has('fstype')) line.fail('option-conflict', '--type=btrfs and --fstype exclude each other', 'fstype');
    if (line.strictly('RHEL8'))
      line.fail('unsupported', 'autopart --type=btrfs is not supported by this version', 'type');
  }
  if (line.options.fstype === 'btrfs') {
    line.fail(
      'unsupported',
      line.strictly('RHEL8')
        ? 'autopart --fstype=btrfs is not supported by this version'
        : 'autopart makes btrfs with --type=btrfs, not with --fstype=btrfs',
      'fstype',
    );
  }
  if (line.has('noswap') && line.has('hibernation'))
    line.fail('option-conflict', 'give only one of --noswap and --hibernation', 'hibernation');
}

function checkSnapshot(line: Checked): void {
  const origin = line.args[0];
  if (origin !== undefined && origin.split('/').length !== 2) {
    line.fail('bad-value', `the origin of a snapshot is written GROUP/VOLUME, not ${JSON.stringify(origin)}`);
  }
}

function checkIgnoredisk(line: Checked): void {
  const named = ['drives', 'only-use'].filter((name) => line.has(name)).length;
  // Where --interactive is deprecated it does nothing beside the others.
  const asked = line.has('interactive') && (named === 0 || !line.since('F29 RHEL8')) ? 1 : 0;
  if (named + asked !== 1) line.fail('option-conflict', 'ignoredisk takes exactly one of --drives and --only-use');
}

/** Partitions, volumes, arrays and what happens to the disks before. */
export const storageCommands: readonly CommandSpec[] = [
  {
    name: 'part',
    aliases: ['partition'],
    list: true,
    args: { min: 1, max: 1, name: 'mount point' },
    mountpoint: 0,
    options: [
      flag('active', { until: 'F33 RHEL8', deprecated: 'F29 RHEL8' }),
      flag('asprimary'),
      int('end', { zeroIsNone: true, until: 'F13 RHEL6', deprecated: 'RHEL6', instead: 'give --size' }),
      text('fstype', { aliases: ['type'], quoted: true }),
      flag('grow'),
      int('maxsize', { zeroIsNone: true }),
      flag('noformat'),
      text('onbiosdisk'),
      text('ondisk', { aliases: ['ondrive'] }),
      text('onpart', { aliases: ['usepart'], convert: withoutDev }),
      flag('recommended'),
      int('size'),
      int('start', { zeroIsNone: true, until: 'F13 RHEL6', deprecated: 'RHEL6', instead: 'give --size' }),
      int('bytes-per-inode', {
        ...OLD_INODES,
        until: 'F13 RHEL6',
        writtenDefault: [4096, { since: 'F4 RHEL5', until: 'F8 RHEL5' }],
      }),
      text('fsoptions', { since: 'F4 RHEL5', quoted: true }),
      text('label', { since: 'F4 RHEL5', quoted: true }),
      text('fsprofile', { since: 'F9 RHEL6', quoted: true }),
      flag('resize', { since: 'F17 RHEL7' }),
      flag('hibernation', { since: 'F18 RHEL6' }),
      text('mkfsoptions', { since: MKFS_SINCE, quoted: true }),
      ...encryptionOptions,
      hardwarePassphrase,
    ],
    order: `<args> active asprimary end fstype grow maxsize noformat onbiosdisk ondisk onpart recommended size start bytes-per-inode fsoptions label ${encryptionOrder} fsprofile resize hibernation mkfsoptions`,
    check: checkPart,
    effect: implement('makes this partition, its file system and its line in /etc/fstab'),
  },
  {
    name: 'logvol',
    list: true,
    args: { min: 1, max: 1, name: 'mount point' },
    mountpoint: 0,
    options: [
      text('fstype', { quoted: true }),
      flag('grow'),
      int('maxsize', { zeroIsNone: true }),
      flag('noformat'),
      int('percent', { zeroIsNone: true }),
      flag('recommended'),
      int('size'),
      flag('useexisting'),
      int('bytes-per-inode', { ...OLD_INODES, writtenDefault: [4096, { since: 'F4 RHEL5', until: 'F8 RHEL5' }] }),
      text('fsoptions', { since: 'F4 RHEL5', quoted: true }),
      text('fsprofile', { since: 'F9 RHEL6', quoted: true }),
      flag('resize', { since: 'F17 RHEL7' }),
      flag('hibernation', { since: 'F18 RHEL6' }),
      flag('thinpool', { since: 'F20 RHEL6' }),
      flag('thin', { since: 'F20 RHEL6' }),
      text('poolname', { since: 'F20 RHEL6' }),
      int('chunksize', { since: 'F20 RHEL6' }),
      int('metadatasize', { since: 'F20 RHEL6' }),
      text('profile', { since: 'F21 RHEL6' }),
      text('label', { since: 'F20 RHEL7', quoted: true }),
      text('mkfsoptions', { since: MKFS_SINCE, quoted: true }),
      int('cachesize', { since: 'F23 RHEL8' }),
      list('cachepvs', { since: 'F23 RHEL8' }),
      text('cachemode', { since: 'F23 RHEL8' }),
      ...encryptionOptions,
      text('name', { required: 'always' }),
      text('vgname', { required: 'always' }),
    ],
    order: `<args> fstype grow maxsize noformat percent recommended size useexisting bytes-per-inode fsoptions fsprofile ${encryptionOrder} hibernation thinpool thin poolname metadatasize chunksize profile resize label mkfsoptions cachesize cachepvs cachemode name vgname`,
    check: checkLogvol,
    effect: implement('makes this logical volume in its volume group'),
  },
  {
    name: 'volgroup',
    list: true,
    args: { min: 0, max: Number.POSITIVE_INFINITY, name: 'physical volume' },
    options: [
      flag('noformat'),
      int('pesize', { writtenDefault: [32768, { until: 'F20 RHEL6' }] }),
      flag('useexisting'),
      int('reserved-space', { since: 'F16 RHEL6' }),
      int('reserved-percent', { since: 'F16 RHEL6' }),
    ],
    order: '<name> noformat pesize useexisting reserved-space reserved-percent <args>',
    check: checkVolgroup,
    effect: implement('makes this volume group of its physical volumes'),
  },
  {
    name: 'raid',
    list: true,
    args: { min: 0, max: Number.POSITIVE_INFINITY, name: 'member' },
    mountpoint: 0,
    options: [
      text('device', { required: 'always', convert: raidDevice }),
      text('fstype', { quoted: true }),
      text('level', { convert: raidLevel }),
      flag('noformat'),
      int('spares', { zeroIsNone: true }),
      flag('useexisting'),
      text('fsoptions', { since: 'F4 RHEL5', quoted: true }),
      int('bytes-per-inode', { ...OLD_INODES, since: 'F5 RHEL5' }),
      text('fsprofile', { since: 'F9 RHEL6', quoted: true }),
      text('label', { since: 'F15 RHEL7', quoted: true }),
      text('mkfsoptions', { since: 'F25 RHEL7', quoted: true }),
      int('chunksize', { since: 'F25 RHEL7' }),
      ...encryptionOptions,
    ],
    order: `<name> device fstype level noformat spares useexisting fsoptions bytes-per-inode fsprofile ${encryptionOrder} label mkfsoptions chunksize <args>`,
    check: checkRaid,
    effect: implement('makes this software RAID array of its members'),
  },
  {
    name: 'btrfs',
    list: true,
    since: 'F17 RHEL7',
    until: 'RHEL9',
    deprecated: 'RHEL8',
    instead: 'use part or logvol with another file system',
    args: { min: 0, max: Number.POSITIVE_INFINITY, name: 'partition' },
    options: [
      flag('noformat'),
      flag('useexisting'),
      text('label', { quoted: true }),
      text('data', { convert: btrfsLevel }),
      text('metadata', { convert: btrfsLevel }),
      flag('subvol'),
      text('parent'),
      text('name'),
      text('mkfsoptions', { since: MKFS_SINCE, quoted: true }),
    ],
    order: '<name> noformat useexisting label data metadata subvol name mkfsoptions <args>',
    check: checkBtrfs,
    effect: implement('makes this btrfs volume or subvolume'),
  },
  {
    name: 'autopart',
    options: [
      text('type', { since: 'F17 RHEL7', convert: autopartType }),
      flag('nolvm', { since: 'F16 RHEL7', sets: ['type', 'plain'] }),
      text('fstype', { since: 'F21 RHEL7' }),
      flag('nohome', { since: 'F26 RHEL7' }),
      flag('noboot', { since: 'F26 RHEL8' }),
      flag('noswap', { since: 'F26 RHEL8' }),
      flag('hibernation', { since: 'F38 RHEL10' }),
      ...encryptionOptions,
      hardwarePassphrase,
    ],
    order: `${encryptionOrder} type fstype nohome noboot noswap hibernation`,
    check: checkAutopart,
    effect: implement('lays out the disk by itself, by the type given'),
  },
  {
    name: 'reqpart',
    since: 'F23 RHEL7',
    options: [flag('add-boot')],
    effect: implement('adds the partitions that the boot loader needs'),
  },
  {
    name: 'clearpart',
    options: [
      stickyFlag('all', { sets: ['type', 'all'] }),
      stickyFlag('linux', { sets: ['type', 'linux'] }),
      stickyFlag('none', { sets: ['type', 'none'] }),
      list('list', { since: 'F17 RHEL7' }),
      flag('initlabel'),
      text('disklabel', { since: 'F21 RHEL7' }),
      list('drives'),
      flag('cdl', { since: 'F25 RHEL7' }),
    ],
    effect: partly('an image begins empty, so nothing is cleared; --disklabel chooses gpt or msdos'),
  },
  {
    name: 'zerombr',
    options: [],
    loose: [{ word: 'yes', until: 'F8 RHEL5' }],
    effect: none('an image begins with an empty partition table'),
  },
  {
    name: 'ignoredisk',
    options: [
      list('drives'),
      list('only-use', { since: 'F8 RHEL5' }),
      flag('interactive', { since: 'F14 RHEL6', until: 'F33 RHEL8', deprecated: 'F29 RHEL8' }),
    ],
    check: checkIgnoredisk,
    effect: partly('--only-use names the disks of the image'),
  },
  {
    name: 'mount',
    list: true,
    since: 'F27 RHEL8',
    args: { min: 2, max: 2, name: 'device and a mount point' },
    mountpoint: 1,
    options: [optional('reformat'), text('mkfsoptions', { quoted: true }), text('mountoptions', { quoted: true })],
    order: '<args> reformat mkfsoptions mountoptions',
    effect: refuse('gives a partition that exists a mount point, and an image has none yet: use part'),
  },
  {
    name: 'snapshot',
    list: true,
    since: 'F26 RHEL7',
    args: { min: 1, max: 1, name: 'origin (GROUP/VOLUME)' },
    options: [text('name', { required: 'always' }), text('when', { required: 'always', convert: snapshotTime })],
    order: '<args> name when',
    check: checkSnapshot,
    effect: refuse('makes an LVM snapshot, which is not built into an image: take it on the running system'),
  },
];
