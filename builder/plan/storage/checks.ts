// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../osinfo/errors.js';
import type { At, Issue, Kickstart } from '../../kickstart/model.js';
import { notice, refusal } from './context.js';
import { allMounts, type StorageDemand } from './demand.js';
import { roleOf } from './kinds.js';
import { parentVolume, providers, stackOf } from './stack.js';
import type { DeviceRole } from './types.js';

/** Names of groups and volumes that lvm(8) takes, and those that it keeps for itself. */
const LVM_NAME = /^[A-Za-z0-9+_.][A-Za-z0-9+_.-]{0,99}$/;
const LVM_OWN =
  /^(\.{1,2}|snapshot.*|pvmove.*|.*_(cdata|cmeta|corig|mlog|mimage|pmspare|rimage|rmeta|tdata|tmeta|vorigin|vdata).*)$/;

/** First words of the ids of other devices: a group of this name would be taken for one of them. */
const KEPT: ReadonlySet<string> = new Set(['partition', 'md', 'luks', 'btrfs']);

/**
 * Everything named exists, is of the right kind, and is used once.
 * @throws InputError with the line of the first fault
 */
export function checkDemand(kickstart: Kickstart, demand: StorageDemand, notices: Issue[]): void {
  for (const { at, mountpoint, fstype, command } of allMounts(demand)) {
    if (command !== 'btrfs' && !(command === 'logvol' && mountpoint === 'none'))
      roleOf(mountpoint, fstype, at, command);
    else if (mountpoint !== 'none' && !mountpoint.startsWith('/'))
      throw refusal(at, 'mount-point', `${command} ${mountpoint}: give an absolute path, or none`);
  }
  checkMountPoints(demand);
  checkRoot(kickstart, demand);
  checkNames(demand);
  checkMembers(demand, notices);
  checkVolumes(demand);
  for (const one of demand.btrfs) {
    if (one.subvol && !parentVolume(demand, one)) {
      throw refusal(
        one.at,
        'no-volume',
        `btrfs ${one.mountpoint}: no btrfs volume is called ${one.members[0] ?? ''}; name one as LABEL=…`,
      );
    }
  }
}

function checkMountPoints(demand: StorageDemand): void {
  const seen = new Map<string, string>();
  for (const { at, mountpoint, command } of allMounts(demand)) {
    if (['swap', 'none', 'biosboot', 'prepboot'].includes(mountpoint.toLowerCase())) continue;
    const first = seen.get(mountpoint);
    if (first !== undefined)
      throw refusal(at, 'mount-point-twice', `${command} ${mountpoint}: line ${first} has it already; remove one`);
    seen.set(mountpoint, `${at.line} (${command})`);
  }
}

function checkRoot(kickstart: Kickstart, demand: StorageDemand): void {
  if (allMounts(demand).some((one) => one.mountpoint === '/')) return;
  const { includes } = kickstart;
  const missing = includes.find((include) => include.path === undefined);
  if (missing) {
    throw new InputError(
      'no-root',
      `there is no \`part /\`, and %include ${missing.named} was not found, where it may be; give that file, or add one such as \`part / --size=2048\``,
      missing.at,
    );
  }
  throw new InputError('no-root', 'there is no `part /`; add one, such as `part / --size=2048`, or autopart', {
    file: kickstart.file,
  });
}

function checkNames(demand: StorageDemand): void {
  const groups = new Set<string>();
  for (const { at, name } of demand.volumeGroups) {
    if (!LVM_NAME.test(name) || LVM_OWN.test(name))
      throw refusal(at, 'volgroup-name', `volgroup ${name}: lvm takes letters, digits, + _ . and - in a name`);
    if (KEPT.has(name))
      throw refusal(at, 'volgroup-name', `volgroup ${name}: other devices are called so; use ${name}0`);
    groups.add(name);
  }
  for (const { at, name, vgname } of demand.logicalVolumes) {
    if (!LVM_NAME.test(name) || LVM_OWN.test(name))
      throw refusal(at, 'logvol-name', `logvol --name=${name}: lvm takes letters, digits, + _ . and - in a name`);
    if (!groups.has(vgname))
      throw refusal(at, 'no-volgroup', `logvol --vgname=${vgname}: there is no volgroup of this name; add it`);
  }
  const arrays = new Set<string>();
  for (const { at, device } of demand.raids) {
    const name = device.replace(/^md(?=\d+$)/, '');
    if (arrays.has(name)) throw refusal(at, 'raid-twice', `raid --device=${device} is there already; give another`);
    arrays.add(name);
  }
}

function checkVolumes(demand: StorageDemand): void {
  for (const { at, name, vgname, thin, poolName } of demand.logicalVolumes) {
    if (!thin) continue;
    const pool = demand.logicalVolumes.find((one) => one.thinPool && one.vgname === vgname && one.name === poolName);
    if (!pool)
      throw refusal(at, 'no-thin-pool', `logvol --name=${name}: ${vgname} has no thin pool ${poolName ?? ''}; add it`);
  }
}

interface Use {
  readonly at: At;
  readonly who: string;
  readonly kind: DeviceRole;
  readonly members: readonly string[];
}

const WORD: Readonly<Partial<Record<DeviceRole, string>>> = { lvm: 'pv.', raid: 'raid.', btrfs: 'btrfs.' };

function checkMembers(demand: StorageDemand, notices: Issue[]): void {
  const uses: Use[] = [
    ...demand.volumeGroups.map(
      (one): Use => ({ at: one.at, who: `volgroup ${one.name}`, kind: 'lvm', members: one.members }),
    ),
    ...demand.raids.map((one): Use => ({ at: one.at, who: `raid ${one.device}`, kind: 'raid', members: one.members })),
    ...demand.btrfs
      .filter((one) => !one.subvol)
      .map((one): Use => ({ at: one.at, who: `btrfs ${one.mountpoint}`, kind: 'btrfs', members: one.members })),
  ];
  const users = new Map<string, string>();
  for (const { at, who, kind, members } of uses) {
    if (members.length === 0)
      throw refusal(at, 'no-members', `${who} has no members; name them, such as ${WORD[kind]}01`);
    for (const member of members) {
      if (!member.startsWith(WORD[kind]!))
        throw refusal(
          at,
          'member-kind',
          `${who}: ${member} is not what it is made of; members are called ${WORD[kind]}01…`,
        );
      if (providers(demand, member).length === 0)
        throw refusal(at, 'no-member', `${who}: there is no part or raid ${member}; add it`);
      const other = users.get(member);
      if (other !== undefined) throw refusal(at, 'member-twice', `${who}: ${member} belongs to ${other} already`);
      users.set(member, who);
    }
  }
  for (const raid of demand.raids) {
    const inside = raid.members.flatMap((member) => providers(demand, member));
    if (inside.some((one) => stackOf(demand, one).items.has(raid)))
      throw refusal(raid.at, 'raid-members', `raid ${raid.device} is made of itself; name partitions as its members`);
  }
  for (const { at, mountpoint, command } of [
    ...demand.parts.map((one) => ({ ...one, command: 'part' })),
    ...demand.raids.map((one) => ({ ...one, command: 'raid' })),
  ]) {
    if (/^(pv|raid|btrfs)\./.test(mountpoint) && !users.has(mountpoint))
      notices.push(notice(at, 'member-unused', `${command} ${mountpoint} belongs to nothing, and stays empty`));
  }
}
