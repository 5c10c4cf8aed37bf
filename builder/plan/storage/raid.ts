// SPDX-License-Identifier: Apache-2.0
import type { Raid } from '../../kickstart/model.js';
import { uuidFor } from '../identity.js';
import { MIB, notice, refusal } from './context.js';
import type { StorageDemand } from './demand.js';
import { roleOf } from './kinds.js';
import { fillDevice, type Layers, type Member } from './layers.js';
import { DEFAULT_CHUNK, RAID_LEVELS, RAID_RESERVED, raidLevel, raidSizes } from './raid-geometry.js';
import type { RaidPlan } from './types.js';

/** Adds the arrays to the layers, those made of other arrays after them. */
export function planRaids(layers: Layers, demand: StorageDemand): void {
  const open = [...demand.raids];
  while (open.length > 0) {
    const index = open.findIndex((raid) => raid.members.every((member) => layers.members.has(member)));
    layers.raids.push(planRaid(layers, open.splice(index, 1)[0]!));
  }
}

function planRaid(layers: Layers, raid: Raid): RaidPlan {
  const { context, notices } = layers;
  const { at, mountpoint, spares } = raid;
  const name = arrayName(raid);
  const level = raidLevel(raid.level);
  if (level === undefined) throw refusal(at, 'raid-level', `raid ${mountpoint}: give --level, such as --level=1`);
  const members = raid.members.map((member) => layers.members.get(member)!);
  checkMembers(raid, name, level, members);
  warnOneDisk(raid, members, notices);
  const chunkBytes = RAID_LEVELS[level].striped ? chunkOf(raid) : 0;
  const sizes = raidSizes(
    level,
    chunkBytes,
    members.map((member) => member.sizeBytes),
    spares,
  );
  if (sizes.sizeBytes < MIB)
    throw refusal(at, 'part-size', `raid ${mountpoint}: its members are too small; give them more`);
  const smallest = Math.min(...members.map((member) => member.sizeBytes));
  const wasted = members.find((member) => member.sizeBytes - smallest >= 64 * MIB);
  if (wasted) {
    notices.push(
      notice(
        wasted.at,
        'raid-unequal',
        `raid ${name}: as much of each member is used as the smallest has, ${smallest / MIB} MiB`,
      ),
    );
  }
  const metadata = readByFirmware(raid) ? '1.0' : '1.2';
  const id = `md/${name}`;
  const uuid = uuidFor(context.name, id, 'array');
  return {
    ...fillDevice(layers, id, sizes.sizeBytes, raid, 'raid', [context.name, id]),
    id,
    name,
    level,
    metadata,
    uuid,
    chunkBytes,
    members: members.map((member, index) => ({
      device: member.device,
      uuid: uuidFor(context.name, id, 'member', String(index)),
      sizeBytes: member.sizeBytes,
      ...(index < members.length - spares ? { slot: index } : {}),
    })),
    dataOffsetBytes: metadata === '1.0' ? 0 : RAID_RESERVED,
    ...sizes,
  };
}

/** The firmware and simple boot loaders read a member as if there were no array: nothing may lie in front of the data. */
function readByFirmware(raid: Raid): boolean {
  const { mountpoint, fstype, at } = raid;
  return mountpoint === '/boot' || roleOf(mountpoint, fstype, at, 'raid') === 'esp';
}

function arrayName(raid: Raid): string {
  const name = raid.device.replace(/^\/dev\/(md\/)?/, '');
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,26}$/.test(name)) {
    throw refusal(raid.at, 'raid-device', `raid --device=${raid.device}: letters, digits, _ . and -, at most 27`);
  }
  // Releases that number arrays have kept the number only.
  return /^\d+$/.test(name) ? `md${name}` : name;
}

function chunkOf(raid: Raid): number {
  const kib = raid.chunkSizeKiB;
  if (kib === undefined) return DEFAULT_CHUNK;
  if (kib < 4 || kib > 1024 * 1024 || !Number.isInteger(Math.log2(kib)))
    throw refusal(raid.at, 'chunksize', `raid --chunksize=${kib}: a power of two in KiB, 4 or more`);
  return kib * 1024;
}

function checkMembers(raid: Raid, name: string, level: RaidPlan['level'], members: readonly Member[]): void {
  const { at, spares } = raid;
  const { fewest } = RAID_LEVELS[level];
  if (spares < 0) throw refusal(at, 'raid-spares', `raid ${name} --spares=${spares}: give 0 or more`);
  if (level === 0 && spares > 0) throw refusal(at, 'raid-spares', `raid ${name}: RAID0 has no use for spares`);
  const active = members.length - spares;
  if (active < fewest) {
    const besides = spares > 0 ? ` beside ${spares} spare` : '';
    throw refusal(
      at,
      'raid-members',
      `raid ${name}: RAID${level} needs ${fewest} members or more${besides}, and has ${Math.max(0, active)}`,
    );
  }
  if (level === 10 && active % 2 === 1)
    throw refusal(at, 'raid-members', `raid ${name}: RAID10 takes an even number of members here, and has ${active}`);
  if (members.length > 128) throw refusal(at, 'raid-members', `raid ${name}: at most 128 members`);
}

function warnOneDisk(raid: Raid, members: readonly Member[], notices: Layers['notices']): void {
  const disks = members.map((member) => /^([^/]+?)p?\d+$/.exec(member.device)?.[1]);
  if (disks[0] === undefined || disks.some((disk) => disk !== disks[0])) return;
  notices.push({
    severity: 'warning',
    code: 'raid-one-disk',
    at: raid.at,
    message: `all members of raid ${raid.device} lie on ${disks[0]}: give them --ondisk of different disks`,
  });
}
