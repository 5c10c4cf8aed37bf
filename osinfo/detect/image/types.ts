// SPDX-License-Identifier: Apache-2.0
import type { Arch, Db, Os } from '../../model/types.js';

/** The formats of disk images that are read here. */
export const imageFormats = ['raw', 'qcow2', 'vmdk', 'vhdx', 'vdi', 'vpc'] as const;
export type ImageFormat = (typeof imageFormats)[number];

/** A stretch of the disk that something lives in. Bytes count from the start of the disk, or of the group for volumes. */
export interface VolumeInspection {
  /** `disk`, `partition 2`, `volume vg0/root`. */
  readonly name: string;
  readonly startBytes: number;
  readonly lengthBytes: number;
  /** What the partition table calls it: a GPT type GUID or an MBR type as `0x83`. */
  readonly partitionType?: string;
  /** `ext4`, `xfs`, `btrfs`, `vfat`, `ntfs`, `swap`, `LVM2`, `LUKS`, …; absent where nothing is recognised. */
  readonly content?: string;
  readonly label?: string;
  readonly uuid?: string;
  /** Why it was not looked into any further. */
  readonly skipped?: string;
}

export interface Bootability {
  /** Code in the master boot record with a place for a boot loader, or a BIOS boot partition. */
  readonly bios: boolean;
  /** An EFI system partition with a loader of ours to be started. */
  readonly uefi: boolean;
  /** Paths of `.efi` files on the EFI system partition. */
  readonly efiFiles: readonly string[];
}

export interface MountPoint {
  readonly source: string;
  readonly path: string;
  readonly type: string;
}

/** Where the root of an installed system lies. */
export interface RootPlace {
  /** The volume: a name of `volumes`. */
  readonly root: string;
  /** Of btrfs, or a deployment of ostree; absent for the root of the file system. */
  readonly subvolume?: string;
}

/** An installed system as its own files tell it. Absent is: not told. */
export interface GuestInspection extends RootPlace {
  readonly family: 'linux' | 'freebsd' | 'windows' | 'other';
  /** `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string;
  /** `ID` of os-release, or the word that its own release file stands for. */
  readonly distro?: string;
  /** `VERSION_ID`; of Windows the build. */
  readonly version?: string;
  readonly variant?: string;
  /** The file that says it. */
  readonly source: string;
  readonly arch?: Arch;
  readonly hostname?: string;
  readonly kernels: readonly string[];
  readonly packages?: { readonly manager: string; readonly count?: number };
  readonly mounts: readonly MountPoint[];
  readonly machineId: 'absent' | 'empty' | 'uninitialized' | 'set';
  readonly cloudInit: boolean;
  readonly guestAgent: boolean;
  /** The database's entry. */
  readonly os?: Os;
  /** Why this entry, or why none. */
  readonly why: string;
  /** Where there is no entry: short ids of those that come nearest. */
  readonly nearest: readonly string[];
}

export interface ImageInspection {
  readonly path: string;
  readonly format: ImageFormat;
  /** Bytes that the guest sees. */
  readonly capacityBytes: number;
  readonly partitionTable: 'gpt' | 'mbr' | 'none';
  readonly volumes: readonly VolumeInspection[];
  readonly boot: Bootability;
  readonly guests: readonly GuestInspection[];
  /** What kept parts of the image from being read: one sentence each. */
  readonly notes: readonly string[];
}

/** What an inspection may use up. */
export interface Limits {
  /** Most bytes that are read from the disk in all. */
  readonly bytes: number;
  /** Most reads. */
  readonly reads: number;
  /** Milliseconds. */
  readonly timeMs: number;
}

export interface InspectOptions {
  /** Where the system found is looked up. Default: the database in force. */
  readonly db?: Db;
  /** The format, for a file whose own word is not to be trusted. Without it the file's magic number decides. */
  readonly format?: ImageFormat;
  /** How much is read at most. Default: 1 GiB, 2,000,000 reads, 30 s. */
  readonly limits?: Limits;
}
