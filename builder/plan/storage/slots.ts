// SPDX-License-Identifier: Apache-2.0
import type { Issue } from '../../kickstart/model.js';
import { MIB, notice, refusal, type StorageContext } from './context.js';
import type { PartWish, StorageDemand } from './demand.js';
import { BOOT_MIB } from './demand.js';
import { partitionNumber } from './disk-names.js';
import { sizeGiven } from './disk-sizes.js';
import { smallestFilesystem } from './filesystem.js';
import { filesystemType, roleOf } from './kinds.js';
import { bootPlatform, PLATFORM_SIZE } from './platform.js';
import type { Stack } from './stack.js';
import { recommendedSwap } from './swap-size.js';
import type { DeviceRole } from './types.js';

/** A partition that will be made, before it has its place. Sizes are MiB. */
export interface Slot {
  readonly disk: string;
  readonly role: DeviceRole;
  readonly mountpoint?: string;
  /** The kickstart's line; absent where the partition is added. */
  readonly part?: PartWish;
  readonly base: number;
  readonly grow: boolean;
  readonly max?: number | undefined;
  /** The place on the disk before which it must not begin. */
  readonly start?: number;
  /** This ESP holds what the one of this disk holds. */
  readonly copyOfDisk?: string;
}

export interface BootDisks {
  /** The disks that the boot loader is written to, the main one first. */
  readonly names: readonly string[];
  readonly label: 'gpt' | 'dos';
}

/** What the installer makes of a growing partition without a size. */
const UNSIZED_MIB = 500;

const LARGEST_MIB = 64 * 1024 * 1024;

/**
 * The partitions of all disks in their order, with what the machine needs to start put in front.
 * @throws InputError for a partition whose size nobody says
 */
export function planSlots(
  demand: StorageDemand,
  bootStack: Stack,
  boot: BootDisks,
  context: StorageContext,
  notices: Issue[],
): Slot[] {
  const slots = demand.parts.flatMap((part) => {
    const role = roleOf(part.mountpoint, part.fstype, part.at, 'part');
    if (role === 'biosboot' && boot.label === 'dos') {
      notices.push(notice(part.at, 'biosboot-mbr', 'a BIOS boot partition is for GPT: on an MBR disk it is left out'));
      return [];
    }
    return [slotOf(part, role, boot.names[0], context, notices)];
  });
  sortByNumber(slots);
  if (!context.bootable) return slots;
  const added = boot.names.flatMap((disk) => required(disk, slots, demand, boot, bootStack, context, notices));
  // Where a board's own firmware lies in front, nothing is put before it.
  return slots.some((slot) => slot.start !== undefined) ? [...slots, ...added] : [...added, ...slots];
}

function required(
  disk: string,
  slots: readonly Slot[],
  demand: StorageDemand,
  boot: BootDisks,
  bootStack: Stack,
  context: StorageContext,
  notices: Issue[],
): Slot[] {
  const at = bootStack.top.at;
  const mounted = slots.find((one) => one.role === 'esp');
  const onArray = demand.raids.some((raid) => roleOf(raid.mountpoint, raid.fstype, raid.at, 'raid') === 'esp');
  const added: Slot[] = [];
  for (const role of bootPlatform(context.arch).required[boot.label]) {
    if (slots.some((one) => one.disk === disk && one.role === role)) continue;
    if (role === 'esp' && onArray) continue;
    const first = mounted?.disk ?? (disk === boot.names[0] ? undefined : boot.names[0]);
    const copy = role === 'esp' && first !== undefined && first !== disk;
    const base = copy && mounted ? mounted.base : PLATFORM_SIZE[role]!;
    added.unshift({
      disk,
      role,
      base,
      grow: false,
      ...(role !== 'esp' ? {} : copy ? { copyOfDisk: first } : { mountpoint: '/boot/efi' }),
    });
    const [name, purpose] = REASON[role]!;
    notices.push(notice(at, `added-${role}`, `${name} of ${base} MiB is added on ${disk}, ${purpose}`));
  }
  return added;
}

const REASON: Readonly<Partial<Record<DeviceRole, readonly [string, string]>>> = {
  esp: ['an EFI system partition', 'for a boot from UEFI'],
  biosboot: ['a BIOS boot partition', 'for a boot from BIOS'],
  prepboot: ['a PReP boot partition', 'for a boot of a POWER machine'],
};

/** `--onpart=vda3` says which number a partition has: those of a disk come in that order, without gaps. */
function sortByNumber(slots: Slot[]): void {
  const numberOf = (slot: Slot) => (slot.part?.onPart === undefined ? undefined : partitionNumber(slot.part.onPart));
  if (!slots.some((slot) => numberOf(slot) !== undefined)) return;
  slots.sort((a, b) => (numberOf(a) ?? 1000) - (numberOf(b) ?? 1000));
}

function slotOf(
  part: PartWish,
  role: DeviceRole,
  systemDisk: string | undefined,
  context: StorageContext,
  notices: Issue[],
): Slot {
  const { mountpoint, at } = part;
  const size = sizeOf(part, role, systemDisk, context);
  if (size.base > LARGEST_MIB) {
    throw refusal(at, 'part-size', `part ${mountpoint}: --size=${size.base} MiB is more than 64 TiB`);
  }
  if (part.maxSizeMiB !== undefined && part.maxSizeMiB < size.base) {
    throw refusal(at, 'part-maxsize', `part ${mountpoint}: --maxsize is smaller than --size`);
  }
  if (part.onPart !== undefined) {
    notices.push(
      notice(
        at,
        'onpart',
        `part ${mountpoint} --onpart=${part.onPart}: nothing is on the disk yet, so the partition is made, ${size.grow ? 'growing' : `of ${size.base} MiB`}`,
      ),
    );
  }
  const { start } = part.options;
  if (typeof start === 'number') {
    notices.push(
      notice(at, 'part-start', `part ${mountpoint} --start=${start} is taken as MiB from the beginning of the disk`),
    );
  }
  return {
    disk: part.disk,
    role,
    ...(typeof start === 'number' ? { start } : {}),
    ...(mountpoint.startsWith('/') ? { mountpoint } : {}),
    part,
    base: size.base,
    grow: size.grow,
    ...(part.maxSizeMiB === undefined ? {} : { max: part.maxSizeMiB }),
  };
}

function sizeOf(
  part: PartWish,
  role: DeviceRole,
  systemDisk: string | undefined,
  context: StorageContext,
): { base: number; grow: boolean } {
  const { mountpoint, at, sizeMiB, recommended, hibernation, onPart } = part;
  if ((recommended || hibernation) && role === 'swap') {
    const { memoryBytes, storageBytes } = context.recommended();
    const disk = sizeGiven(context, part.disk, systemDisk ?? part.disk) ?? storageBytes;
    return { base: recommendedSwap(memoryBytes, hibernation, disk) / MIB, grow: false };
  }
  if (sizeMiB !== undefined && sizeMiB >= 1) return { base: sizeMiB, grow: part.grow };
  const usual = PLATFORM_SIZE[role] ?? (mountpoint === '/boot' ? BOOT_MIB : undefined);
  if (usual !== undefined && (recommended || onPart !== undefined || part.grow))
    return { base: usual, grow: part.grow };
  if (role === 'swap' && onPart !== undefined) {
    const { memoryBytes, storageBytes } = context.recommended();
    return { base: recommendedSwap(memoryBytes, false, storageBytes) / MIB, grow: false };
  }
  if (part.grow || onPart !== undefined) {
    const type = role === 'filesystem' ? filesystemType(role, part.fstype, context.defaultFilesystem, at) : undefined;
    return { base: Math.max(UNSIZED_MIB, type ? smallestFilesystem(type) : 0), grow: true };
  }
  throw refusal(
    at,
    'part-size',
    recommended || hibernation
      ? `part ${mountpoint}: only swap has a recommended size; give --size in MiB`
      : `part ${mountpoint} needs --size in MiB, 1 or more`,
  );
}
