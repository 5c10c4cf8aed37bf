// SPDX-License-Identifier: Apache-2.0
import type { At, OptionValue } from './model.js';

/** What `--encrypted` and its companions say. Present only where `--encrypted` is given. */
export interface Encryption {
  readonly passphrase: string | undefined;
  readonly luksVersion: string | undefined;
  readonly cipher: string | undefined;
  readonly pbkdf: string | undefined;
  readonly pbkdfMemoryKiB: number | undefined;
  readonly pbkdfTimeMs: number | undefined;
  readonly pbkdfIterations: number | undefined;
  readonly escrowCert: string | undefined;
  readonly backupPassphrase: boolean;
  readonly hardwarePassphrase: string | undefined;
}

/** A file system as part, logvol and raid describe it. */
export interface Filesystem {
  readonly fstype: string | undefined;
  readonly label: string | undefined;
  readonly fsOptions: string | undefined;
  readonly mkfsOptions: string | undefined;
  readonly fsProfile: string | undefined;
  /** `--noformat` or `--useexisting`: something is there already, which an image never has. */
  readonly existing: boolean;
  readonly encryption: Encryption | undefined;
}

export interface Part extends Filesystem {
  readonly at: At;
  /** `/`, `/boot`, `swap`, `biosboot`, `pv.01`, `raid.11`, `btrfs.1`… */
  readonly mountpoint: string;
  readonly sizeMiB: number | undefined;
  readonly maxSizeMiB: number | undefined;
  readonly grow: boolean;
  readonly onDisk: string | undefined;
  readonly onPart: string | undefined;
  readonly asPrimary: boolean;
  readonly recommended: boolean;
  readonly hibernation: boolean;
  /** Every option given, by canonical name, for what has no field of its own. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

export interface VolumeGroup {
  readonly at: At;
  readonly name: string;
  /** `pv.01`… */
  readonly members: readonly string[];
  readonly peSizeKiB: number | undefined;
  readonly reservedSpaceMiB: number | undefined;
  readonly reservedPercent: number | undefined;
  readonly existing: boolean;
}

export interface LogicalVolume extends Filesystem {
  readonly at: At;
  /** `/`, `swap`, `none` for a thin pool… */
  readonly mountpoint: string;
  readonly name: string;
  readonly vgname: string;
  readonly sizeMiB: number | undefined;
  readonly maxSizeMiB: number | undefined;
  readonly percent: number | undefined;
  readonly grow: boolean;
  readonly recommended: boolean;
  readonly hibernation: boolean;
  readonly thinPool: boolean;
  readonly thin: boolean;
  readonly poolName: string | undefined;
  readonly chunkSizeKiB: number | undefined;
  readonly metadataSizeMiB: number | undefined;
  readonly profile: string | undefined;
  readonly cache:
    | { readonly members: readonly string[]; readonly sizeMiB: number; readonly mode: string | undefined }
    | undefined;
  readonly options: Readonly<Record<string, OptionValue>>;
}

export interface Raid extends Filesystem {
  readonly at: At;
  readonly mountpoint: string;
  /** `md0`, `root`…; `0` for `md0` in releases that number arrays. */
  readonly device: string;
  /** `RAID0`, `RAID1`, `RAID4`, `RAID5`, `RAID6`, `RAID10`. */
  readonly level: string | undefined;
  /** `raid.01`… */
  readonly members: readonly string[];
  readonly spares: number;
  readonly chunkSizeKiB: number | undefined;
  readonly options: Readonly<Record<string, OptionValue>>;
}

export interface Btrfs {
  readonly at: At;
  readonly mountpoint: string;
  /** `btrfs.01`…; for a subvolume the volume it is in: `LABEL=…` or its mount point. */
  readonly members: readonly string[];
  readonly label: string | undefined;
  readonly dataLevel: string | undefined;
  readonly metadataLevel: string | undefined;
  readonly subvol: boolean;
  readonly name: string | undefined;
  readonly mkfsOptions: string | undefined;
  readonly existing: boolean;
}

export interface Autopart {
  readonly at: At;
  /** Undefined: not said; the distribution's own. */
  readonly type: 'lvm' | 'plain' | 'btrfs' | 'thinp' | undefined;
  readonly fstype: string | undefined;
  readonly noHome: boolean;
  readonly noBoot: boolean;
  readonly noSwap: boolean;
  readonly hibernation: boolean;
  readonly encryption: Encryption | undefined;
}
