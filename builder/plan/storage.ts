// SPDX-License-Identifier: Apache-2.0
import type { Issue, Kickstart } from '../kickstart/model.js';
import { fatSerialFor } from './identity.js';
import { planBootFacts } from './storage/boot.js';
import { planBtrfsVolumes } from './storage/btrfs.js';
import { raiseForVolumes } from './storage/capacity.js';
import { checkDemand } from './storage/checks.js';
import { notice, refusal, type StorageContext } from './storage/context.js';
import { type PartWish, readDemand, type StorageDemand } from './storage/demand.js';
import { isDiskName } from './storage/disk-names.js';
import { planCrypttab, planFstab, planMdadm } from './storage/fstab.js';
import { fillDevice, type Layers, type Mounted, mountOptionsOf } from './storage/layers.js';
import { planVolumeGroups } from './storage/lvm.js';
import { identityKey, type PlacedDisk, type PlacedPartition, placeDisk } from './storage/partitions.js';
import { bootPlatform } from './storage/platform.js';
import { planRaids } from './storage/raid.js';
import { type BootDisks, planSlots, type Slot } from './storage/slots.js';
import { findStack, type Stack } from './storage/stack.js';
import type { DiskPlan, FstabEntry, PartitionPlan, StorageLayers } from './storage/types.js';

export type { StorageContext } from './storage/context.js';
export type { Mounted } from './storage/layers.js';

export interface StoragePlan {
  readonly disks: readonly DiskPlan[];
  readonly layers: StorageLayers;
  readonly fstab: readonly FstabEntry[];
  /** Firmwares that the disks start from. */
  readonly firmware: readonly ('bios' | 'uefi')[];
  readonly root: Mounted;
  /** What holds `/boot`: a file system of its own, or the root's. */
  readonly boot: Mounted;
  readonly notices: readonly Issue[];
}

/**
 * Lays out what a kickstart asks of storage, from the tables of the disks up to what is mounted: pure arithmetic, in
 * bytes.
 * @throws InputError with the kickstart's line where something cannot be laid out
 */
export function planStorage(kickstart: Kickstart, context: StorageContext): StoragePlan {
  const notices: Issue[] = [];
  const demand = readDemand(kickstart, context, notices);
  const memory = demand.parts.filter((part) => part.fstype?.toLowerCase() === 'tmpfs');
  const onDisk: StorageDemand = { ...demand, parts: demand.parts.filter((part) => !memory.includes(part)) };
  checkDemand(kickstart, onDisk, notices);
  const rootStack = findStack(onDisk, '/')!;
  const bootStack = findStack(onDisk, '/boot') ?? rootStack;
  const boot = chooseBootDisks(kickstart, onDisk, bootStack, context, notices);
  const slots = raiseForVolumes(planSlots(onDisk, bootStack, boot, context, notices), onDisk, context);
  const placed = placeDisks(slots, rootStack, bootStack, boot, context, notices);
  const layers = startLayers(context, notices, bootStack, placed);
  const disks = placed.map((disk) => fillDisk(layers, disk));
  planRaids(layers, onDisk);
  planVolumeGroups(layers, onDisk);
  planBtrfsVolumes(layers, onDisk);
  const linked = linkCopies(disks);
  const root = layers.mounted.find((one) => one.target === '/')!;
  const bootMount = layers.mounted.find((one) => one.target === '/boot') ?? root;
  checkFirmwareMounts(layers);
  const { early, keyed, ...facts } = planBootFacts(layers, root, bootMount, linked);
  return {
    disks: linked,
    layers: {
      raids: layers.raids,
      luks: layers.luks,
      volumeGroups: layers.volumeGroups,
      btrfs: layers.btrfs,
      crypttab: planCrypttab(layers, early, keyed),
      mdadm: planMdadm(layers.raids),
      ...facts,
    },
    fstab: planFstab(layers.mounted, memory),
    firmware: context.bootable ? firmwareOf(linked, layers, context) : [],
    root,
    boot: bootMount,
    notices,
  };
}

/** The disks that the boot loader is written to, and the kind of table that all disks get. */
function chooseBootDisks(
  kickstart: Kickstart,
  demand: StorageDemand,
  stack: Stack,
  context: StorageContext,
  notices: Issue[],
): BootDisks {
  const label = tableKind(kickstart);
  const disks = [...new Set(stack.parts.map((part) => part.disk))];
  const drive = kickstart.bootloader?.bootDrive?.replace(/^\/dev\//, '');
  if (context.bootable && drive !== undefined && !isDiskName(drive)) {
    const message = `bootloader --boot-drive=${drive} names no disk of an image: the boot loader is written to ${disks[0]}`;
    notices.push(notice(kickstart.bootloader!.at, 'boot-drive', message));
  } else if (context.bootable && drive !== undefined && !disks.includes(drive)) {
    if (!demand.parts.some((part) => part.disk === drive)) {
      throw refusal(
        kickstart.bootloader!.at,
        'boot-drive',
        `bootloader --boot-drive=${drive}: nothing of this kickstart lies there, and /boot is on ${disks[0]}; name that`,
      );
    }
    return { names: [drive, ...(stack.mirrored ? disks : [])], label };
  }
  return { names: stack.mirrored ? disks : disks.slice(0, 1), label };
}

/** clearpart --disklabel, in the words that kickstarts use. */
function tableKind({ clearpart }: Kickstart): 'gpt' | 'dos' {
  const said = clearpart?.disklabel?.toLowerCase();
  if (said === undefined || said === '' || said === 'gpt') return 'gpt';
  if (said === 'msdos' || said === 'dos' || said === 'mbr') return 'dos';
  throw refusal(clearpart!.at, 'disklabel', `clearpart --disklabel=${said} cannot be laid out; use gpt or msdos`);
}

function placeDisks(
  slots: readonly Slot[],
  rootStack: Stack,
  bootStack: Stack,
  boot: BootDisks,
  context: StorageContext,
  notices: Issue[],
): PlacedDisk[] {
  const systemDisk = rootStack.parts[0]?.disk ?? boot.names[0]!;
  const system = new Set(rootStack.parts.map((part: PartWish) => part.disk));
  const used = new Set(slots.filter((slot) => slot.part).map((slot) => slot.disk));
  // Firmware looks at the first disk of a machine, and often at no other.
  const names = [...new Set([...boot.names.filter((name) => used.has(name)), ...used])];
  const disks = names.map((name) =>
    placeDisk(
      {
        name,
        label: boot.label,
        boot: context.bootable && boot.names.includes(name),
        systemDisk,
        roomy: system.has(name),
        at: bootStack.top.at,
      },
      slots,
      context,
      notices,
    ),
  );
  for (const name of Object.keys(context.diskBytes ?? {})) {
    if (name !== '*' && !names.includes(name))
      notices.push(
        notice(rootStack.top.at, 'disk-size-unused', `--disk-size ${name}: no partition lies on a disk of this name`),
      );
  }
  return disks;
}

function startLayers(
  context: StorageContext,
  notices: Issue[],
  bootStack: Stack,
  disks: readonly PlacedDisk[],
): Layers {
  return {
    context,
    notices,
    bootItems: context.bootable ? bootStack.items : new Set(),
    raids: [],
    luks: [],
    volumeGroups: [],
    btrfs: [],
    partitionGuids: new Map(disks.flatMap((disk) => disk.partitions.map((one) => [one.id, one.partitionGuid]))),
    members: new Map(),
    mounted: [],
  };
}

function fillDisk(layers: Layers, disk: PlacedDisk): DiskPlan {
  return { ...disk, partitions: disk.partitions.map((partition) => fillPartition(layers, disk.name, partition)) };
}

function fillPartition(layers: Layers, disk: string, { slot, ...place }: PlacedPartition): PartitionPlan {
  const { context } = layers;
  const identity = [context.name, disk, identityKey(slot, place.number)];
  if (slot.part) {
    return { ...place, ...fillDevice(layers, place.id, place.sizeBytes, slot.part, 'part', identity) };
  }
  if (slot.role !== 'esp') return { ...place, role: slot.role };
  const filesystem = {
    type: 'vfat',
    uuid: fatSerialFor(...identity),
    mountOptions: mountOptionsOf('esp', 'vfat'),
    mkfsOptions: [],
    extendedOptions: [],
  } as const;
  if (slot.mountpoint !== undefined) {
    const { id: device, sizeBytes } = place;
    layers.mounted.push({ target: slot.mountpoint, device, sizeBytes, filesystem, hibernation: false });
  }
  const copy = slot.copyOfDisk === undefined ? {} : { copyOf: slot.copyOfDisk };
  const mountpoint = slot.mountpoint === undefined ? {} : { mountpoint: slot.mountpoint };
  return { ...place, role: 'esp', ...mountpoint, ...copy, filesystem };
}

/** An added ESP knows the disk whose ESP it copies; the plan names the partition. */
function linkCopies(disks: readonly DiskPlan[]): DiskPlan[] {
  const espOf = (name: string | undefined) =>
    disks.find((disk) => disk.name === name)?.partitions.find((one) => one.role === 'esp')?.id;
  return disks.map((disk) => ({
    ...disk,
    partitions: disk.partitions.map((one) => {
      const copyOf = espOf(one.copyOf);
      return copyOf === undefined ? one : { ...one, copyOf };
    }),
  }));
}

/** Firmware reads partitions, and a mirror whose members look like them; nothing else. */
function checkFirmwareMounts(layers: Layers): void {
  for (const { target, device, at } of layers.mounted) {
    if (target !== '/boot/efi' || !device.includes('/')) continue;
    const raid = layers.raids.find((one) => one.id === device);
    if (raid?.level !== 1)
      throw refusal(at!, 'esp-place', '/boot/efi is read by firmware: make it a part, or a raid with --level=1');
  }
}

function firmwareOf(disks: readonly DiskPlan[], layers: Layers, context: StorageContext): ('bios' | 'uefi')[] {
  const boot = disks.filter((disk) => disk.boot);
  const bios =
    bootPlatform(context.arch).bios &&
    boot.some((disk) => disk.label === 'dos' || disk.partitions.some((one) => one.role === 'biosboot'));
  const uefi =
    disks.some((disk) => disk.partitions.some((one) => one.role === 'esp')) ||
    layers.mounted.some((one) => one.target === '/boot/efi');
  return [...(bios ? (['bios'] as const) : []), ...(uefi ? (['uefi'] as const) : [])];
}
