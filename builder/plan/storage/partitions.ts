// SPDX-License-Identifier: Apache-2.0
import type { At, Issue } from '../../kickstart/model.js';
import { uuidFor } from '../identity.js';
import { MIB, notice, refusal, type StorageContext, TIB } from './context.js';
import { partitionId } from './disk-names.js';
import { sizeGiven } from './disk-sizes.js';
import { shareOut } from './grow.js';
import { PARTITION_TYPE } from './platform.js';
import type { Slot } from './slots.js';
import type { DiskPlan, PartitionPlan } from './types.js';

/** The first MiB holds the table, the last one its copy (33 sectors): partitions lie on whole MiB between them. */
const EDGE_MIB = 1;

/** An MBR has four places, and counts sectors in 32 bits. */
const MBR_PLACES = 4;
const MBR_BYTES = 2 * TIB;

/** Most partitions of a disk: of the table that sfdisk(8) makes, and of what it chains behind an MBR. */
const MOST = { gpt: 128, dos: 60 } as const;

/** A partition in its place, without what lies in it. */
export type PlacedPartition = Omit<PartitionPlan, 'role' | 'filesystem' | 'mountpoint' | 'copyOf'> & {
  readonly slot: Slot;
};

export type PlacedDisk = Omit<DiskPlan, 'partitions'> & { readonly partitions: readonly PlacedPartition[] };

export interface DiskWish {
  readonly name: string;
  readonly label: 'gpt' | 'dos';
  readonly boot: boolean;
  /** The disk of the system, which `--disk-size` without a name speaks of. */
  readonly systemDisk: string;
  /** What grows on it belongs to the system, so that it is as large as the database recommends. */
  readonly roomy: boolean;
  /** For messages where no line of the kickstart is nearer. */
  readonly at: At;
}

/**
 * Gives the partitions of one disk their sizes and places. A disk is as large as what lies on it; where something
 * grows on it, as the user says, or the database recommends for the OS.
 * @throws InputError where they do not fit
 */
export function placeDisk(wish: DiskWish, all: readonly Slot[], context: StorageContext, notices: Issue[]): PlacedDisk {
  const own = all.filter((slot) => slot.disk === wish.name);
  if (own.length > MOST[wish.label])
    throw refusal(
      own[MOST[wish.label]]!.part?.at ?? wish.at,
      'too-many-partitions',
      `${wish.name} would have ${own.length} partitions, and takes ${MOST[wish.label]}; use LVM`,
    );
  const split = wish.label === 'dos' ? splitMbr(own) : { primary: own, logical: [] };
  const slots = [...split.primary, ...split.logical];
  const overhead = 2 * EDGE_MIB + split.logical.length + checkStarts(wish.name, slots);
  const base = slots.reduce((sum, slot) => sum + slot.base, 0) + overhead;
  const sizeBytes = chooseSize(wish, slots, base, overhead, context, notices);
  const growing = slots.filter((slot) => slot.grow);
  const gains = shareOut(Math.floor(sizeBytes / MIB) - base, growing);
  const gain = new Map(growing.map((slot, index) => [slot, gains[index]!]));
  const diskGuid = wish.label === 'gpt' ? uuidFor(context.name, wish.name, 'disk') : mbrId(context.name, wish.name);
  let start = EDGE_MIB;
  const partitions: PlacedPartition[] = [];
  const place = (slot: Slot, number: number): void => {
    const size = slot.base + (gain.get(slot) ?? 0);
    start = Math.max(start, slot.start ?? 0);
    partitions.push(partitionAt(slot, number, start, size, wish.label, diskGuid, context));
    start += size;
  };
  for (const [index, slot] of split.primary.entries()) place(slot, index + 1);
  const extendedStart = start;
  for (const [index, slot] of split.logical.entries()) {
    start += 1;
    place(slot, MBR_PLACES + 1 + index);
  }
  const last = partitions.at(-1);
  if (wish.label === 'dos' && last && last.startBytes + last.sizeBytes > MBR_BYTES) {
    throw refusal(
      last.slot.part?.at ?? wish.at,
      'mbr-size',
      `${wish.name}: an MBR reaches 2 TiB and no further; use clearpart --disklabel=gpt`,
    );
  }
  return {
    name: wish.name,
    sizeBytes,
    label: wish.label,
    diskGuid,
    partitions,
    ...(split.logical.length === 0
      ? {}
      : {
          extended: {
            number: split.primary.length + 1,
            startBytes: extendedStart * MIB,
            sizeBytes: (start - extendedStart) * MIB,
          },
        }),
    boot: wish.boot,
  };
}

/** What `--start` leaves empty, in MiB; what lies before it must have a size that stays. */
function checkStarts(disk: string, slots: readonly Slot[]): number {
  let end = EDGE_MIB;
  let empty = 0;
  for (const [index, slot] of slots.entries()) {
    if (slot.start !== undefined) {
      const at = slot.part!.at;
      if (slot.start < end)
        throw refusal(
          at,
          'part-start',
          `part ${slot.part!.mountpoint} --start=${slot.start}: ${disk} is taken up to ${end} MiB; give that or more`,
        );
      if (slots.slice(0, index).some((one) => one.grow))
        throw refusal(
          at,
          'part-start',
          `part ${slot.part!.mountpoint} --start=${slot.start}: what lies before it grows; remove one of them`,
        );
      empty += slot.start - end;
      end = slot.start;
    }
    end += slot.base;
  }
  return empty;
}

function chooseSize(
  wish: DiskWish,
  slots: readonly Slot[],
  baseMiB: number,
  overheadMiB: number,
  context: StorageContext,
  notices: Issue[],
): number {
  const given = sizeGiven(context, wish.name, wish.systemDisk);
  const last = slots.findLast((slot) => slot.part)?.part;
  if (given !== undefined) {
    if (Math.floor(given / MIB) < baseMiB) {
      const sum = slots
        .map((slot) => `${slot.mountpoint ?? slot.part?.mountpoint ?? slot.role} ${slot.base}`)
        .join(', ');
      throw refusal(
        last?.at ?? wish.at,
        'disk-too-small',
        `${wish.name} of ${Math.floor(given / MIB)} MiB cannot hold the ${baseMiB} MiB that its partitions need (${sum}); make it larger or them smaller`,
      );
    }
    return given;
  }
  const growing = slots.filter((slot) => slot.grow);
  const first = growing[0];
  if (!first) return baseMiB * MIB;
  const line = first.part!;
  if (!wish.roomy) {
    notices.push(
      notice(
        line.at,
        'grow-no-room',
        `${wish.name} is as large as the sizes on it, so that nothing grows there; --disk-size ${wish.name}=20G makes it larger`,
      ),
    );
    return baseMiB * MIB;
  }
  const largest = growing.every((slot) => slot.max !== undefined)
    ? slots.reduce((sum, slot) => sum + (slot.grow ? slot.max! : slot.base), 0) + overheadMiB
    : Number.POSITIVE_INFINITY;
  const recommended = Math.ceil(context.recommended().storageBytes / MIB);
  const sizeMiB = Math.max(baseMiB, Math.min(recommended, largest));
  const why =
    sizeMiB === recommended
      ? `what the database recommends for ${context.osName}`
      : sizeMiB === baseMiB
        ? 'what lies on it at least'
        : 'what it may grow to';
  notices.push(
    notice(
      line.at,
      'disk-size',
      `${wish.name} is ${sizeMiB} MiB, ${why}, since part ${line.mountpoint} grows; --disk-size ${wish.name}=20G gives another size`,
    ),
  );
  return sizeMiB * MIB;
}

function partitionAt(
  slot: Slot,
  number: number,
  startMiB: number,
  sizeMiB: number,
  label: 'gpt' | 'dos',
  diskGuid: string,
  context: StorageContext,
): PlacedPartition {
  const key = identityKey(slot, number);
  // A member of an array that the firmware is to read as an ESP is one to it.
  const type = PARTITION_TYPE[slot.part?.encryption ? 'luks' : slot.role];
  return {
    id: partitionId(slot.disk, number),
    number,
    slot,
    startBytes: startMiB * MIB,
    sizeBytes: sizeMiB * MIB,
    typeGuid: type[label],
    partitionGuid:
      label === 'gpt'
        ? uuidFor(context.name, slot.disk, key, 'partition')
        : `${diskGuid}-${number.toString(16).padStart(2, '0')}`,
    partitionName: tableName(slot.mountpoint ?? NAMED[slot.role] ?? slot.part?.mountpoint ?? slot.role),
    ...(slot.part ? { at: slot.part.at } : {}),
  };
}

const NAMED: Readonly<Partial<Record<Slot['role'], string>>> = {
  biosboot: 'biosboot',
  swap: 'swap',
  esp: 'esp',
  prepboot: 'prepboot',
};

/** A GPT holds 36 characters of a name; sfdisk(8) reads it between quotes. */
function tableName(name: string): string {
  return name.replace(/["\\]/g, '_').slice(0, 36);
}

/** What the identities of a partition follow from. */
export function identityKey(slot: Slot, number: number): string {
  return slot.mountpoint ?? `${slot.role}${number}`;
}

function mbrId(name: string, disk: string): string {
  return uuidFor(name, disk, 'disk').slice(0, 8);
}

/** Four partitions fit an MBR; of more, three at most are primary and the others lie in the extended one, behind them. */
function splitMbr(slots: readonly Slot[]): { primary: Slot[]; logical: Slot[] } {
  if (slots.length <= MBR_PLACES) return { primary: [...slots], logical: [] };
  const must = slots.filter((slot) => slot.part?.asPrimary || slot.role === 'prepboot');
  const tooMany = must[MBR_PLACES - 1];
  if (tooMany) {
    throw refusal(
      tooMany.part!.at,
      'mbr-primaries',
      `${tooMany.disk} has ${slots.length} partitions, and an MBR takes ${MBR_PLACES - 1} primary ones beside the others: remove --asprimary, or use clearpart --disklabel=gpt`,
    );
  }
  const others = slots.filter((slot) => !must.includes(slot));
  const first = others.filter((slot) => STARTS.has(slot.mountpoint ?? ''));
  const wanted = [...first, ...others.filter((slot) => !first.includes(slot))];
  const primary = new Set([...must, ...wanted.slice(0, MBR_PLACES - 1 - must.length)]);
  return { primary: slots.filter((slot) => primary.has(slot)), logical: slots.filter((slot) => !primary.has(slot)) };
}

/** Primary before others: some firmware and boot loaders look there only. */
const STARTS: ReadonlySet<string> = new Set(['/boot', '/boot/efi', '/']);
