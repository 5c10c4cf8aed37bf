// SPDX-License-Identifier: Apache-2.0
import { checkEncryption } from './encryption.js';
import type { Checked } from './spec.js';

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

/** What the options of part demand of each other. */
export function checkPart(line: Checked): void {
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

/** What the options of logvol demand of each other. */
export function checkLogvol(line: Checked): void {
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

/** What volgroup needs: members, or a group that is there. */
export function checkVolgroup(line: Checked): void {
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

/** What raid needs: a level and members, or an array that is there. */
export function checkRaid(line: Checked): void {
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

/** What btrfs needs: a mount point, and devices or a parent. */
export function checkBtrfs(line: Checked): void {
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

/** What the options of autopart demand of each other. */
export function checkAutopart(line: Checked): void {
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

/** How the origin of a snapshot is written. */
export function checkSnapshot(line: Checked): void {
  const origin = line.args[0];
  if (origin !== undefined && origin.split('/').length !== 2) {
    line.fail('bad-value', `the origin of a snapshot is written GROUP/VOLUME, not ${JSON.stringify(origin)}`);
  }
}

/** One list of disks, not two. */
export function checkIgnoredisk(line: Checked): void {
  const named = ['drives', 'only-use'].filter((name) => line.has(name)).length;
  // Where --interactive is deprecated it does nothing beside the others.
  const asked = line.has('interactive') && (named === 0 || !line.since('F29 RHEL8')) ? 1 : 0;
  if (named + asked !== 1) line.fail('option-conflict', 'ignoredisk takes exactly one of --drives and --only-use');
}
