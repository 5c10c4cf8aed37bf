// SPDX-License-Identifier: Apache-2.0
import type { Autopart, Issue, Kickstart } from '../../kickstart/model.js';
import { GIB, MIB, notice, type StorageContext } from './context.js';
import type { PartWish, StorageDemand } from './demand.js';
import { BOOT_MIB, bootFilesystem } from './demand.js';
import { chooseDisk } from './disk-names.js';
import { sizeGiven } from './disk-sizes.js';
import { addedBtrfs, addedPart, addedVolume } from './synthetic.js';

/** The installer's own: what `/` and `/home` begin with, when there is a `/home`, and how far `/` grows beside it. */
const ROOT_MIB = 1024;
const HOME_MIB = 500;
const HOME_FROM_BYTES = 50 * GIB;
const ROOT_MAX_MIB = 70 * 1024;

/** `autopart` in the words of part, volgroup, logvol and btrfs. */
export function autopartDemand(
  kickstart: Kickstart,
  autopart: Autopart,
  context: StorageContext,
  notices: Issue[],
): StorageDemand {
  const { at, encryption } = autopart;
  const type = autopart.type ?? 'plain';
  if (autopart.type === undefined) {
    notices.push(
      notice(at, 'autopart-type', 'autopart without --type makes plain partitions here; say --type=lvm for volumes'),
    );
  }
  const disk = chooseDisk(kickstart, undefined);
  const home = !autopart.noHome && hasHome(kickstart, context, disk);
  const fstype = autopart.fstype;
  const boot = autopart.noBoot
    ? []
    : [addedPart(at, '/boot', { sizeMiB: BOOT_MIB, fstype: fstype ?? bootFilesystem(context) })];
  const swap = { recommended: true, hibernation: autopart.hibernation };
  const root = { sizeMiB: ROOT_MIB, grow: true, maxSizeMiB: home ? ROOT_MAX_MIB : undefined, fstype };
  const homes = { sizeMiB: HOME_MIB, grow: true, fstype };
  const whole = { sizeMiB: 1, grow: true, encryption };
  const parts = (list: ReturnType<typeof addedPart>[]): PartWish[] => list.map((part) => ({ ...part, disk }));
  const nothing = { raids: [], volumeGroups: [], logicalVolumes: [], btrfs: [] };
  if (type === 'plain') {
    return {
      ...nothing,
      parts: parts([
        ...boot,
        ...(autopart.noSwap ? [] : [addedPart(at, 'swap', { ...swap, encryption })]),
        addedPart(at, '/', { ...root, encryption }),
        ...(home ? [addedPart(at, '/home', { ...homes, encryption })] : []),
      ]),
    };
  }
  if (type === 'btrfs') {
    const label = groupName(context.name);
    return {
      ...nothing,
      parts: parts([
        ...boot,
        ...(autopart.noSwap ? [] : [addedPart(at, 'swap', { ...swap, encryption })]),
        addedPart(at, 'btrfs.auto', whole),
      ]),
      btrfs: [
        addedBtrfs(at, 'none', ['btrfs.auto'], { label }),
        addedBtrfs(at, '/', [`LABEL=${label}`], { subvol: true, name: 'root' }),
        ...(home ? [addedBtrfs(at, '/home', [`LABEL=${label}`], { subvol: true, name: 'home' })] : []),
      ],
    };
  }
  const group = groupName(context.name);
  const poolName = type === 'thinp' ? 'pool00' : undefined;
  return {
    ...nothing,
    parts: parts([...boot, addedPart(at, 'pv.auto', whole)]),
    volumeGroups: [
      {
        at,
        name: group,
        members: ['pv.auto'],
        peSizeKiB: undefined,
        reservedSpaceMiB: undefined,
        reservedPercent: undefined,
        existing: false,
      },
    ],
    logicalVolumes: [
      ...(autopart.noSwap ? [] : [addedVolume(at, 'swap', group, 'swap', swap)]),
      ...(poolName === undefined
        ? []
        : [
            addedVolume(at, 'none', group, poolName, {
              sizeMiB: ROOT_MIB + (home ? HOME_MIB : 0),
              grow: true,
              thinPool: true,
            }),
          ]),
      addedVolume(at, '/', group, 'root', { ...root, poolName }),
      ...(home ? [addedVolume(at, '/home', group, 'home', { ...homes, poolName })] : []),
    ],
  };
}

/** A disk of less than 50 GiB is not divided into a system and homes. */
function hasHome(kickstart: Kickstart, context: StorageContext, disk: string): boolean {
  const bytes = sizeGiven(context, disk, disk) ?? context.recommended().storageBytes;
  return bytes - BOOT_MIB * MIB >= HOME_FROM_BYTES && kickstart.autopart !== undefined;
}

/** A name of a group or volume that follows from the appliance's. */
function groupName(name: string): string {
  const made = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
  return made === '' ? 'system' : made;
}
