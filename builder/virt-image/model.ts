// SPDX-License-Identifier: Apache-2.0

/** Our facts in a descriptor are in this namespace; old readers pass them by. */
export const extensionNamespace = 'urn:guestwright:virt-image:1';

/** Formats that readers of the format know, by its own names. */
export const diskFormats = ['raw', 'qcow', 'qcow2', 'vmdk', 'iso', 'vdi'] as const;

/**
 * Microsoft's. appliance-creator wrote these words too, and no reader of the format ever took them: whoever knows our
 * namespace finds them there once more, and takes them from there.
 */
export const laterDiskFormats = ['vpc', 'vhdx'] as const;
export type DiskFormat = (typeof diskFormats)[number] | (typeof laterDiskFormats)[number];

export const featureStates = ['on', 'off'] as const;

/** A condition on the host that also becomes a setting of the guest: `pae`, `acpi`, `apic`. */
export interface Feature {
  readonly name: string;
  readonly state: (typeof featureStates)[number];
}

/** Lower-case hex digests by algorithm. */
export type Digests = Readonly<Record<string, string>>;

/** The sizes of a disk image in bytes, and how it travels. */
export interface DiskFacts {
  readonly capacityBytes?: number;
  readonly lengthBytes?: number;
  readonly allocationBytes?: number;
  readonly commitmentBytes?: number;
  /** The packed file that the disk comes in; it has to be unpacked first. */
  readonly transport?: { readonly file: string; readonly checksums: Digests };
}

/** What the format has no word for. Kept in one block at the end of the document. */
export interface ModernFacts {
  readonly os?: { readonly id: string; readonly shortId?: string; readonly name?: string };
  readonly minimum?: Resources;
  readonly recommended?: Resources;
  readonly deployments: readonly Deployment[];
}

export interface Resources {
  readonly vcpus?: number;
  readonly memoryBytes?: number;
  readonly storageBytes?: number;
}

/** The machine for one of the document's `boot` elements. */
export interface Deployment {
  /** Index of the `boot`, from 0. */
  readonly boot: number;
  readonly platform?: string;
  /** Machine family: `q35`, `virt`. */
  readonly machine?: string;
  readonly firmware?: {
    readonly type: 'bios' | 'uefi' | 'none';
    readonly secureBoot: boolean;
    readonly enrolledKeys: boolean;
    readonly smm: boolean;
  };
  readonly cpu?: { readonly mode: string; readonly baseline?: string };
  readonly video?: string;
  readonly tpm?: { readonly model: string; readonly version: string };
  readonly rng: boolean;
  readonly serialConsole: boolean;
  /** Names of virtio-serial channels. */
  readonly channels: readonly string[];
  readonly clockOffset?: 'utc' | 'localtime';
}

/** A descriptor as it is written. */
export interface VirtImage {
  readonly name: string;
  readonly version?: string;
  readonly release?: string;
  readonly label?: string;
  readonly description?: string;
  /** In order of preference. */
  readonly boots: readonly Boot[];
  readonly vcpus: number;
  readonly memoryKiB: number;
  readonly interfaces: number;
  readonly interfaceModel?: string;
  readonly graphics: boolean;
  readonly disks: readonly StorageDisk[];
  readonly modern?: ModernFacts;
}

export interface Boot {
  readonly type: 'hvm';
  readonly arch: string;
  readonly loaderDev: 'hd' | 'cdrom';
  readonly features?: readonly Feature[];
  readonly drives: readonly Drive[];
}

export interface Drive {
  /** The disk's id, or its file where it has none. */
  readonly disk: string;
  readonly target: string;
  readonly bus?: string;
}

export interface StorageDisk extends DiskFacts {
  readonly id?: string;
  /** Relative to the descriptor. */
  readonly file: string;
  readonly use: 'system' | 'user' | 'scratch';
  /** For a disk that is made when it is missing (user, scratch). */
  readonly sizeMiB?: number;
  readonly format: DiskFormat;
  readonly checksums: Digests;
}

/** A descriptor as it was read: whatever the format's first readers took. */
export interface ReadVirtImage {
  readonly file: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly release: string | undefined;
  readonly label: string | undefined;
  readonly description: string | undefined;
  readonly boots: readonly ReadBoot[];
  /** As written: readers only looked at it when they made the machine. `1` where it is absent. */
  readonly vcpus: string;
  readonly memoryKiB: number | undefined;
  readonly interfaces: number;
  readonly interfaceModel: string | undefined;
  readonly graphics: boolean;
  readonly disks: readonly ReadDisk[];
  readonly modern: ModernFacts | undefined;
  readonly warnings: readonly DescriptorWarning[];
}

export interface ReadBoot {
  readonly type: 'hvm' | 'xen';
  readonly arch: string;
  readonly features: readonly Feature[];
  readonly loader: 'pygrub' | undefined;
  readonly loaderDev: 'hd' | 'cdrom' | undefined;
  readonly kernel: string | undefined;
  readonly initrd: string | undefined;
  readonly cmdline: string | undefined;
  readonly drives: readonly ReadDrive[];
  readonly line: number;
}

export interface ReadDrive {
  readonly disk: ReadDisk;
  readonly target: string | undefined;
  readonly bus: string | undefined;
  readonly line: number;
}

export interface ReadDisk extends DiskFacts {
  readonly id: string;
  readonly file: string;
  /** `system`, `user`, `scratch`; anything else is treated as `scratch`. */
  readonly use: string;
  /** MiB, as written. */
  readonly size: string | undefined;
  readonly format: DiskFormat;
  /** By type, as written (`''` for a digest without a type), ours included. */
  readonly checksums: Digests;
  readonly line: number;
}

/** What loads and is likely to disappoint. */
export interface DescriptorWarning {
  readonly code: string;
  readonly line: number;
  readonly message: string;
}
