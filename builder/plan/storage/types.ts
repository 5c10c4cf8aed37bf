// SPDX-License-Identifier: Apache-2.0
import type { At } from '../../kickstart/model.js';

/*
 * The storage part of a plan: a graph in layers. A disk has partitions; a partition, an array, a logical volume and an
 * opened LUKS container are block devices, each with an id that the other layers name and each with one content. All
 * sizes and offsets are bytes unless the name says otherwise.
 */

export type FilesystemType = 'ext2' | 'ext3' | 'ext4' | 'xfs' | 'btrfs' | 'vfat' | 'swap' | 'squashfs' | 'erofs';

/**
 * How other layers name a block device: `sda1`, `nvme0n1p1`, `md/root`, `vg0/root` (group and volume), `luks/root`.
 * A btrfs volume over several devices is named in the same way, `btrfs/LABEL`.
 */
export type DeviceId = string;

/** What lies on a block device. `esp`, `biosboot` and `prepboot` are found on partitions only. */
export type DeviceRole =
  | 'biosboot'
  | 'prepboot'
  | 'esp'
  | 'filesystem'
  | 'swap'
  | 'lvm'
  | 'raid'
  | 'luks'
  | 'btrfs'
  | 'unused';

export interface FilesystemPlan {
  readonly type: FilesystemType;
  /** A UUID; vfat: the serial as `ABCD-1234`; squashfs has none, and this is empty. */
  readonly uuid: string;
  readonly label?: string;
  readonly mountOptions: string;
  readonly mkfsOptions: readonly string[];
  /** Further `-E` values of mke2fs. */
  readonly extendedOptions: readonly string[];
}

export interface DeviceContent {
  readonly role: DeviceRole;
  readonly mountpoint?: string;
  /** With the roles `filesystem`, `esp` and `swap`. */
  readonly filesystem?: FilesystemPlan;
  /** The kickstart's line; absent where the planner added the device. */
  readonly at?: At;
}

export interface PartitionPlan extends DeviceContent {
  readonly id: DeviceId;
  /** The number of the partition: from 1 in the order of the table; logical partitions of an MBR from 5. */
  readonly number: number;
  readonly startBytes: number;
  readonly sizeBytes: number;
  /** The GPT type; on an MBR the type byte as two digits, `83`. */
  readonly typeGuid: string;
  /** The partition's own GUID; on an MBR what blkid makes of the disk's id and the number, `1a2b3c4d-01`. */
  readonly partitionGuid: string;
  readonly partitionName: string;
  /** An ESP that is written as a copy of this one, so that each disk of a mirror can start the system. */
  readonly copyOf?: DeviceId;
}

export interface DiskPlan {
  /** As the kickstart says: `sda`. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly label: 'gpt' | 'dos';
  /** The GUID of the table; of an MBR the 32-bit id, as `1a2b3c4d`. */
  readonly diskGuid: string;
  readonly partitions: readonly PartitionPlan[];
  /** An MBR's extended partition, which holds those from number 5 on, each behind a table of its own in the MiB before it. */
  readonly extended?: { readonly number: number; readonly startBytes: number; readonly sizeBytes: number };
  /** The boot loader is written here. */
  readonly boot: boolean;
}

export interface RaidPlan extends DeviceContent {
  /** `md/NAME`. */
  readonly id: DeviceId;
  readonly name: string;
  readonly level: 0 | 1 | 4 | 5 | 6 | 10;
  /** 1.0 lies at the end of a member, so that the member reads as what the array holds; 1.2 lies at its beginning. */
  readonly metadata: '1.0' | '1.2';
  readonly uuid: string;
  /** 0 where the level has no stripes. */
  readonly chunkBytes: number;
  readonly members: readonly RaidMemberPlan[];
  /** Place of the data in every member, and how much of it is used there. */
  readonly dataOffsetBytes: number;
  readonly dataBytes: number;
  readonly sizeBytes: number;
}

export interface RaidMemberPlan {
  readonly device: DeviceId;
  readonly uuid: string;
  readonly sizeBytes: number;
  /** The place in the array; absent for a spare. */
  readonly slot?: number;
}

export interface LuksPlan extends DeviceContent {
  /** `luks/NAME`, opened as `/dev/mapper/NAME`. */
  readonly id: DeviceId;
  readonly name: string;
  /** The device that is encrypted. */
  readonly device: DeviceId;
  readonly version: 1 | 2;
  readonly uuid: string;
  readonly passphrase: string;
  readonly cipher: string;
  readonly keyBits: number;
  readonly sectorBytes: 512 | 4096;
  /** What it costs to try a passphrase, in numbers: the machine that builds is not the one that opens it. */
  readonly pbkdf:
    | { readonly kind: 'pbkdf2'; readonly iterations: number }
    | { readonly kind: 'argon2i' | 'argon2id'; readonly memoryKiB: number; readonly iterations: number };
  /** Where the encrypted data begins on the device. */
  readonly dataOffsetBytes: number;
  readonly sizeBytes: number;
}

export interface VolumeGroupPlan {
  readonly at: At;
  readonly name: string;
  /** LVM's own form of an id: 32 letters and digits. */
  readonly uuid: string;
  readonly extentBytes: number;
  readonly physicalVolumes: readonly PhysicalVolumePlan[];
  readonly logicalVolumes: readonly LogicalVolumePlan[];
  /** The volume that LVM keeps to repair the metadata of a thin pool: as large as the largest of them. */
  readonly poolSpare?: { readonly uuid: string; readonly segments: readonly SegmentPlan[] };
  readonly freeExtents: number;
}

export interface PhysicalVolumePlan {
  readonly device: DeviceId;
  readonly uuid: string;
  readonly sizeBytes: number;
  /** Where the first extent begins on the device. */
  readonly dataOffsetBytes: number;
  readonly extentCount: number;
}

/** A run of extents: `firstExtent` counts on the physical volume with this index. */
export interface SegmentPlan {
  readonly physicalVolume: number;
  readonly firstExtent: number;
  readonly extentCount: number;
}

interface Volume extends DeviceContent {
  /** `GROUP/NAME`. */
  readonly id: DeviceId;
  readonly name: string;
  readonly uuid: string;
  readonly sizeBytes: number;
}

export type LogicalVolumePlan =
  | (Volume & { readonly kind: 'linear'; readonly segments: readonly SegmentPlan[] })
  | (Volume & {
      readonly kind: 'thin-pool';
      readonly chunkBytes: number;
      readonly data: { readonly uuid: string; readonly segments: readonly SegmentPlan[] };
      readonly metadata: { readonly uuid: string; readonly segments: readonly SegmentPlan[] };
    })
  | (Volume & {
      readonly kind: 'thin';
      /** The pool's name in the same group, and the volume's number in it, from 1. */
      readonly pool: string;
      readonly deviceNumber: number;
    });

export interface BtrfsPlan {
  /** `btrfs/LABEL`. */
  readonly id: DeviceId;
  readonly at: At;
  readonly devices: readonly DeviceId[];
  readonly sizeBytes: number;
  readonly filesystem: FilesystemPlan;
  readonly dataProfile: BtrfsProfile;
  readonly metadataProfile: BtrfsProfile;
  /** Where the top of the volume is mounted, if it is. */
  readonly mountpoint?: string;
  readonly subvolumes: readonly {
    readonly at: At;
    /** Its path from the top of the volume: `root`. */
    readonly path: string;
    readonly mountpoint?: string;
    readonly mountOptions: string;
  }[];
}

export type BtrfsProfile = 'single' | 'dup' | 'raid0' | 'raid1' | 'raid10' | 'raid5' | 'raid6';

export interface FstabEntry {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: string;
  readonly pass: 0 | 1 | 2;
}

/** A line of crypttab(5). */
export interface CrypttabEntry {
  readonly name: string;
  readonly source: string;
  /**
   * A file of the system with a second key, which the initramfs holds too: only where both lie encrypted, so that a
   * passphrase given to the boot loader is not asked for again.
   */
  readonly key?: string;
  readonly options: string;
}

/** A technique that the system must have tools, modules or an initramfs hook for. */
export type StorageNeed = 'lvm' | 'thin' | 'luks' | 'raid' | 'btrfs' | 'xfs' | 'ext' | 'vfat' | 'overlay';

export interface StorageLayers {
  readonly raids: readonly RaidPlan[];
  readonly luks: readonly LuksPlan[];
  readonly volumeGroups: readonly VolumeGroupPlan[];
  readonly btrfs: readonly BtrfsPlan[];
  readonly crypttab: readonly CrypttabEntry[];
  /** `ARRAY` lines of mdadm.conf(5). */
  readonly mdadm: readonly string[];
  /** What the finished system needs to use its storage, and what of it the initramfs needs to find the root. */
  readonly needs: readonly StorageNeed[];
  readonly initramfs: readonly StorageNeed[];
  readonly root: {
    readonly device: DeviceId;
    /** The value of `root=`: what the initramfs can find. */
    readonly argument: string;
    /** The value of `rootflags=`, for a btrfs subvolume. */
    readonly flags?: string;
    /** The file system cannot be written to: the initramfs lays a writable one in memory over it. */
    readonly readOnly: boolean;
  };
  /** The swap that a suspended system is resumed from: what `resume=` names. */
  readonly resume?: string;
  readonly boot: {
    readonly device: DeviceId;
    /** The path of `/boot` in its file system: `/boot`, `/root/boot` in a subvolume, empty where it has its own. */
    readonly path: string;
    /** GRUB modules that find and read it, from partition table to file system. */
    readonly grubModules: readonly string[];
    /** LUKS containers that GRUB must open first, outermost first: their UUIDs. */
    readonly grubUnlocks: readonly string[];
  };
}
