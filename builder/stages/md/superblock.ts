// SPDX-License-Identifier: Apache-2.0
import type { RaidMemberPlan, RaidPlan } from '../../plan/types.js';
import type { DeviceBytes } from '../device-bytes.js';

const SECTOR = 512;
const MAGIC = 0xa92b4efc;

/** Places for members in the table of roles: mdadm's own number. */
const SLOTS = 128;
const SPARE = 0xffff;

/** How data is spread, by level: left-symmetric parity for 5 and 6, two near copies for 10. */
const LAYOUT: Readonly<Record<RaidPlan['level'], number>> = { 0: 0, 1: 0, 4: 0, 5: 2, 6: 2, 10: 0x102 };

/**
 * The superblock of every member of an array, version 1 (drivers/md/md.c and md_p.h of Linux), as
 * `mdadm --create --assume-clean` leaves it: the members must hold what the array says, parity too.
 * @param createdSeconds seconds since 1970 that the array was made at
 */
export function writeSuperblocks(raid: RaidPlan, createdSeconds: number): DeviceBytes[] {
  return raid.members.map((member, index) => {
    const offset = superblockOffset(raid, member);
    return { device: member.device, offset, bytes: superblock(raid, member, index, offset, createdSeconds) };
  });
}

/** 1.2 lies 4 KiB from the beginning, 1.0 at least 8 KiB from the end, at a multiple of 4 KiB. */
function superblockOffset(raid: RaidPlan, { sizeBytes }: RaidMemberPlan): number {
  if (raid.metadata === '1.2') return 4096;
  return Math.floor((sizeBytes / SECTOR - 16) / 8) * 8 * SECTOR;
}

function superblock(
  raid: RaidPlan,
  member: RaidMemberPlan,
  number: number,
  offset: number,
  createdSeconds: number,
): Uint8Array {
  const bytes = new Uint8Array(256 + 2 * SLOTS);
  const view = new DataView(bytes.buffer);
  const active = raid.members.filter((one) => one.slot !== undefined).length;
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, 1, true);
  bytes.set(uuidBytes(raid.uuid), 16);
  bytes.set(new TextEncoder().encode(`any:${raid.name}`), 32);
  view.setBigUint64(64, BigInt(createdSeconds), true);
  view.setUint32(72, raid.level, true);
  view.setUint32(76, LAYOUT[raid.level], true);
  const dataSectors = BigInt(raid.dataBytes / SECTOR);
  // A striped array without copies counts by what each member has, not by this.
  view.setBigUint64(80, raid.level === 0 ? 0n : dataSectors, true);
  view.setUint32(88, raid.chunkBytes / SECTOR, true);
  view.setUint32(92, active, true);
  view.setBigUint64(128, BigInt(raid.dataOffsetBytes / SECTOR), true);
  view.setBigUint64(136, dataSectors, true);
  view.setBigUint64(144, BigInt(offset / SECTOR), true);
  view.setUint32(160, number, true);
  bytes.set(uuidBytes(member.uuid), 168);
  view.setBigUint64(192, BigInt(createdSeconds), true);
  view.setBigUint64(200, 1n, true);
  // Nothing is left to be made equal.
  view.setBigUint64(208, 0xffffffffffffffffn, true);
  view.setUint32(220, SLOTS, true);
  for (let slot = 0; slot < SLOTS; slot++) view.setUint16(256 + 2 * slot, raid.members[slot]?.slot ?? SPARE, true);
  view.setUint32(216, checksum(view), true);
  return bytes;
}

/** The sum of all 32-bit words, its own counted as zero, with the carry added at the end. */
function checksum(view: DataView): number {
  let sum = 0n;
  for (let at = 0; at < view.byteLength; at += 4) sum += BigInt(view.getUint32(at, true));
  return Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn);
}

function uuidBytes(uuid: string): Uint8Array {
  const digits = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}
