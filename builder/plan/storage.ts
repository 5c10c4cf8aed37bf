// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { At, CommandLine, Issue, Kickstart, Part } from '../kickstart/model.js';
import { fatSerialFor, uuidFor } from './identity.js';
import { planMkfsOptions } from './mkfs-options.js';
import type { DiskPlan, FilesystemType, FstabEntry, PartitionPlan } from './types.js';

const MIB = 1024 * 1024;

/** The first MiB holds the table, the last one its copy (33 sectors): partitions lie on whole MiB between them. */
const EDGE = MIB;

/** GPT type GUIDs (UEFI specification, table 5.7; systemd's Discoverable Partitions Specification for Linux ones). */
const TYPE = {
  biosboot: '21686148-6449-6E6F-744E-656564454649',
  esp: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  linux: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
  swap: '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F',
} as const;

/** Sizes of the partitions that a boot from either firmware needs, where the kickstart has none of its own. */
const BIOSBOOT_MIB = 1;
const ESP_MIB = 64;

/** Names that kickstarts use for file systems, and ours. */
const FILESYSTEM: Readonly<Record<string, FilesystemType>> = {
  ext2: 'ext2',
  ext3: 'ext3',
  ext4: 'ext4',
  vfat: 'vfat',
  fat32: 'vfat',
  efi: 'vfat',
  swap: 'swap',
};

/** Storage commands that this planner does not lay out; each is refused with its line, never passed over. */
const NOT_LAID_OUT: Readonly<Record<string, string>> = {
  autopart: 'autopart',
  raid: 'software RAID',
  volgroup: 'LVM',
  logvol: 'LVM',
  btrfs: 'btrfs volumes',
  mount: 'mounting what is there',
  snapshot: 'snapshots',
};

/** Options of `part` that would change the result and are not done: refused, never passed over. */
const PART_OPTIONS_NOT_DONE = [
  'encrypted',
  'passphrase',
  'onpart',
  'noformat',
  'resize',
  'fsprofile',
  'hibernation',
  'recommended',
  'escrowcert',
  'backuppassphrase',
  'uuid',
  'active',
] as const;

export interface StoragePlan {
  readonly disks: readonly DiskPlan[];
  readonly fstab: readonly FstabEntry[];
  readonly root: PartitionPlan;
  /** The partition that holds `/boot`: its own, or the root's. */
  readonly boot: PartitionPlan;
  readonly notices: readonly Issue[];
}

/**
 * Lays the kickstart's partitions out on their disks: pure arithmetic, in bytes. A disk is as large as what lies on it.
 * @throws InputError with the kickstart's line where something cannot be laid out
 */
export function planStorage(kickstart: Kickstart, name: string, bootable: boolean): StoragePlan {
  for (const command of kickstart.commands) refuseForeignStorage(command);
  const notices: Issue[] = [];
  const { parts } = kickstart;
  const rootPart = parts.find((part) => part.mountpoint === '/');
  if (!rootPart) {
    throw new InputError('no-root', 'there is no `part /`; add one, such as `part / --size=2048`', {
      file: kickstart.file,
    });
  }
  const label = kickstart.clearpart?.disklabel;
  if (label !== undefined && label !== 'gpt') {
    throw new InputError(
      'disklabel',
      `clearpart --disklabel=${label} cannot be laid out; use gpt`,
      kickstart.clearpart!.at,
    );
  }
  const diskNames = [...new Set(parts.map(diskOf))];
  const bootDisk = diskOf(parts.find((part) => part.mountpoint === '/boot') ?? rootPart);
  const disks = diskNames.map((disk) =>
    planDisk(name, disk, parts, bootable && disk === bootDisk, notices, rootPart.at),
  );
  const all = disks.flatMap((disk) => disk.partitions);
  const root = all.find((partition) => partition.mountpoint === '/')!;
  const boot = all.find((partition) => partition.mountpoint === '/boot') ?? root;
  if (bootable && !isExt(boot)) {
    throw new InputError(
      'boot-filesystem',
      `the boot loader reads ext2, ext3 and ext4; give ${boot.mountpoint} --fstype=ext4`,
      boot.at,
    );
  }
  if (root.filesystem?.type === 'vfat') {
    throw new InputError(
      'root-filesystem',
      '/ cannot be vfat, which has no owners or links; use --fstype=ext4',
      root.at,
    );
  }
  return { disks, fstab: planFstab(all), root, boot, notices };
}

function isExt(partition: PartitionPlan): boolean {
  return partition.filesystem?.type.startsWith('ext') ?? false;
}

function refuseForeignStorage(command: CommandLine): void {
  const what = NOT_LAID_OUT[command.name];
  if (what !== undefined) {
    throw new InputError(
      'storage-not-supported',
      `${command.name}: ${what} cannot be laid out by this version; use part`,
      command.at,
    );
  }
}

function notice(at: At, code: string, message: string): Issue {
  return { severity: 'notice', code, at, message };
}

function diskOf(part: Part): string {
  const disk = (part.onDisk ?? 'sda').replace(/^\/dev\//, '');
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/.test(disk)) {
    throw new InputError('disk-name', `--ondisk=${disk} is no disk name; use one such as sda`, part.at);
  }
  return disk;
}

interface Wanted {
  readonly role: PartitionPlan['role'];
  readonly mountpoint?: string;
  readonly sizeMiB: number;
  readonly part?: Part;
}

function planDisk(
  name: string,
  disk: string,
  parts: readonly Part[],
  boot: boolean,
  notices: Issue[],
  rootAt: At,
): DiskPlan {
  const wanted: Wanted[] = parts.filter((part) => diskOf(part) === disk).map(wantedOf);
  if (boot && !wanted.some((one) => one.role === 'esp')) {
    wanted.unshift({ role: 'esp', mountpoint: '/boot/efi', sizeMiB: ESP_MIB });
    notices.push(
      notice(
        rootAt,
        'added-esp',
        `an EFI system partition of ${ESP_MIB} MiB is added on ${disk}, for a boot from UEFI`,
      ),
    );
  }
  if (boot && !wanted.some((one) => one.role === 'biosboot')) {
    wanted.unshift({ role: 'biosboot', sizeMiB: BIOSBOOT_MIB });
    notices.push(
      notice(
        rootAt,
        'added-biosboot',
        `a BIOS boot partition of ${BIOSBOOT_MIB} MiB is added on ${disk}, for a boot from BIOS`,
      ),
    );
  }
  let start = EDGE;
  const partitions = wanted.map((one, index) => {
    const partition = planPartition(name, disk, index + 1, one, start);
    start += partition.sizeBytes;
    return partition;
  });
  return {
    name: disk,
    sizeBytes: start + EDGE,
    label: 'gpt',
    diskGuid: uuidFor(name, disk, 'disk'),
    partitions,
    boot,
  };
}

function wantedOf(part: Part): Wanted {
  for (const option of PART_OPTIONS_NOT_DONE) {
    const value = part.options[option];
    if (value !== undefined && value !== false) {
      throw new InputError('part-option', `part --${option} cannot be done by this version; remove it`, part.at);
    }
  }
  const { mountpoint } = part;
  const role = roleOf(part);
  if (part.sizeMiB === undefined || part.sizeMiB < 1) {
    throw new InputError('part-size', `part ${mountpoint} needs --size in MiB, 1 or more`, part.at);
  }
  if (part.maxSizeMiB !== undefined && part.maxSizeMiB < part.sizeMiB) {
    throw new InputError('part-maxsize', `part ${mountpoint}: --maxsize is smaller than --size`, part.at);
  }
  if (part.sizeMiB > 64 * 1024 * 1024) {
    throw new InputError('part-size', `part ${mountpoint}: --size=${part.sizeMiB} MiB is more than 64 TiB`, part.at);
  }
  return { role, ...(mountpoint.startsWith('/') ? { mountpoint } : {}), sizeMiB: part.sizeMiB, part };
}

function roleOf(part: Part): PartitionPlan['role'] {
  const { mountpoint } = part;
  if (mountpoint === 'biosboot') return 'biosboot';
  if (mountpoint === 'swap' || part.fstype === 'swap') return 'swap';
  if (mountpoint === '/boot/efi') return 'esp';
  if (!/^\/[\x20-\x7e]*$/.test(mountpoint) || mountpoint.split('/').includes('..')) {
    throw new InputError(
      'mount-point',
      `part ${mountpoint} cannot be laid out by this version; give an absolute path, swap or biosboot`,
      part.at,
    );
  }
  return 'filesystem';
}

function planPartition(name: string, disk: string, number: number, wanted: Wanted, startBytes: number): PartitionPlan {
  const key = wanted.mountpoint ?? `${wanted.role}${number}`;
  const filesystem = wanted.role === 'biosboot' ? undefined : filesystemOf(name, disk, key, wanted);
  return {
    number,
    role: wanted.role,
    ...(wanted.mountpoint === undefined ? {} : { mountpoint: wanted.mountpoint }),
    startBytes,
    sizeBytes: wanted.sizeMiB * MIB,
    typeGuid: TYPE[wanted.role === 'filesystem' ? 'linux' : wanted.role],
    partitionGuid: uuidFor(name, disk, key, 'partition'),
    partitionName: wanted.mountpoint ?? wanted.role,
    ...(filesystem ? { filesystem } : {}),
    ...(wanted.part ? { at: wanted.part.at } : {}),
  };
}

/** Longest label each file system can hold (mke2fs, mkfs.vfat and mkswap manual pages). */
const LABEL_LENGTH: Readonly<Record<FilesystemType, number>> = { ext2: 16, ext3: 16, ext4: 16, vfat: 11, swap: 15 };

function filesystemOf(name: string, disk: string, key: string, wanted: Wanted): PartitionPlan['filesystem'] {
  const part = wanted.part;
  const type = filesystemType(wanted);
  const label = part?.label;
  const mkfs = planMkfsOptions(part, type);
  if (part?.fsOptions !== undefined && !/^[\x21-\x7e]{1,500}$/.test(part.fsOptions)) {
    throw new InputError('fs-options', '--fsoptions is one word, its options joined by commas', part.at);
  }
  if (label !== undefined && (label.length > LABEL_LENGTH[type] || !/^[\x21-\x7e]+$/.test(label))) {
    throw new InputError(
      'part-label',
      `--label=${label}: a label of ${type} has at most ${LABEL_LENGTH[type]} plain characters`,
      part!.at,
    );
  }
  if (wanted.role === 'filesystem' && type !== 'vfat' && wanted.sizeMiB < 8) {
    throw new InputError('part-size', `part ${key}: ${type} needs 8 MiB or more`, part!.at);
  }
  if (type === 'vfat' && wanted.sizeMiB < 4) {
    throw new InputError('part-size', `part ${key}: vfat needs 4 MiB or more`, part!.at);
  }
  return {
    type,
    uuid: type === 'vfat' ? fatSerialFor(name, disk, key) : uuidFor(name, disk, key, 'filesystem'),
    ...(label === undefined ? {} : { label }),
    mountOptions: part?.fsOptions ?? (wanted.role === 'esp' ? 'umask=0077' : 'defaults'),
    mkfsOptions: mkfs.words,
    extendedOptions: mkfs.extended,
  };
}

function filesystemType(wanted: Wanted): FilesystemType {
  if (wanted.role === 'swap') return 'swap';
  if (wanted.role === 'esp') return 'vfat';
  const said = wanted.part?.fstype;
  if (said === undefined) return 'ext4';
  const type = FILESYSTEM[said.toLowerCase()];
  if (type === undefined || type === 'swap') {
    throw new InputError(
      'filesystem',
      `--fstype=${said} cannot be made by this version; use ext4, ext3, ext2 or vfat`,
      wanted.part?.at,
    );
  }
  return type;
}

function planFstab(partitions: readonly PartitionPlan[]): FstabEntry[] {
  const entries: FstabEntry[] = [];
  for (const { role, mountpoint, filesystem } of partitions) {
    if (!filesystem) continue;
    const source = `UUID=${filesystem.uuid}`;
    if (role === 'swap') entries.push({ source, target: 'none', type: 'swap', options: 'sw', pass: 0 });
    else if (mountpoint !== undefined) {
      entries.push({
        source,
        target: mountpoint,
        type: filesystem.type,
        options: filesystem.mountOptions,
        pass: mountpoint === '/' ? 1 : 2,
      });
    }
  }
  // A mount point must come after the ones above it.
  return entries.sort(
    (a, b) => depth(a.target) - depth(b.target) || (a.target < b.target ? -1 : a.target > b.target ? 1 : 0),
  );
}

function depth(target: string): number {
  if (target === '/') return 0;
  return target.startsWith('/') ? target.split('/').length : 100;
}
