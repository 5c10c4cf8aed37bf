// SPDX-License-Identifier: Apache-2.0

import type { Recommendation } from '../../osinfo/recommend/types.js';
import type { At, Issue } from '../kickstart/model.js';
import type { RpmInstallPlan } from './rpm/types.js';
import type { DiskPlan, FilesystemType, StorageLayers } from './storage/types.js';
import type { SystemPlan } from './types-system.js';

export type * from './rpm/types.js';
export type * from './types-system.js';

/**
 * Everything that the stages will do, as plain data: they see nothing else. Sizes and offsets are bytes unless the name
 * says otherwise. Printable (`--dry-run --json`), with a schema (`schema/plan.schema.json`).
 */
export interface Plan {
  readonly format: 'guestwright/plan/1';
  readonly name: string;
  readonly version?: string;
  readonly release?: string;
  readonly kickstart: { readonly file: string; readonly sha256: string };
  readonly os: {
    readonly id: string;
    readonly shortId: string;
    readonly name: string;
    readonly family: 'deb' | 'rpm';
    /** How it was told: the header comment, `--os`, or the source's address. */
    readonly why: string;
  };
  /** The database's name (`x86_64`) and the package manager's (`amd64` of dpkg, `x86_64` of rpm). */
  readonly arch: { readonly name: string; readonly packages: string };
  readonly install: InstallPlan;
  readonly disks: readonly DiskPlan[];
  /** What lies on the partitions beyond plain file systems, layer by layer, and what it asks of the system and its boot. */
  readonly storage: StorageLayers;
  readonly boot: BootPlan;
  readonly system: SystemPlan;
  readonly scripts: readonly ScriptPlan[];
  readonly outputs: OutputPlan;
  readonly recommendation: Recommendation;
  /** The machine that an OVA describes, where one is asked for: VMware's. */
  readonly ovaMachine?: Recommendation;
  /** Decisions that the kickstart left open, each with who made it, and what will have no effect. */
  readonly notices: readonly Issue[];
}

export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly options?: string;
}

/** One rule about a package source; `packages` may hold `*` and `?`. */
export interface PinPlan {
  readonly packages: readonly string[];
  /** The versions that are meant: `origin "example.org"`, `release n=bookworm`. */
  readonly pin: string;
  readonly priority: number;
}

export type InstallPlan = DebInstallPlan | RpmInstallPlan;

export interface DebInstallPlan {
  readonly family: 'deb';
  /** Where packages are taken from during the build. */
  readonly sources: readonly AptSource[];
  /** Who named the mirror, as a sentence: the kickstart's line, `--mirror`, this host's own set-up, the database. */
  readonly sourcesWhy: string;
  /** What the finished system's own sources will say. */
  readonly imageSources: readonly AptSource[];
  /** apt options of this build only, as `Name "value"`. */
  readonly aptOptions: readonly string[];
  /** What apt prefers (apt_preferences(5)), in the build and in the system. */
  readonly pins: readonly PinPlan[];
  /** Answers to the questions of packages, a line each as debconf-set-selections(1) reads them. */
  readonly debconf: readonly string[];
  /** A keyring file on this host which signs the sources; absent: apt's own trust. */
  readonly keyring?: string;
  /** `minbase` installs only what is essential (`--nocore`), `important` adds a base system. */
  readonly variant: 'minbase' | 'important';
  readonly packages: readonly PackagePlan[];
  readonly exclude: readonly { readonly name: string; readonly at: At }[];
  readonly recommends: boolean;
  readonly docs: boolean;
  /** Languages whose translations are kept; absent: all. */
  readonly languages?: readonly string[];
  readonly ignoreMissing: boolean;
  /** Folders of the root that are made links to those of /usr first, so that `usr-is-merged` is enough. */
  readonly usrLinks: readonly string[];
}

export interface PackagePlan {
  readonly name: string;
  /** The kickstart's line, or the reason why it was added. */
  readonly at?: At;
  readonly why?: string;
}

export type * from './storage/types.js';

export interface BootPlan {
  readonly loader: 'grub' | 'zipl' | 'none';
  readonly firmware: readonly ('bios' | 'uefi')[];
  /** Words of the kernel command line after `root=`. */
  readonly append: string;
  readonly timeoutSeconds: number;
  /** File system that holds `/boot`, and the path of `/boot` in it. */
  readonly bootUuid: string;
  readonly bootPath: string;
  readonly rootUuid: string;
  readonly rootFilesystem: FilesystemType;
  /**
   * Without it nobody changes the boot menu's entries; starting them needs none. Clear, or a hash that
   * grub-mkpasswd-pbkdf2 made.
   */
  readonly password?: { readonly value: string; readonly crypted: boolean };
}

export interface ScriptPlan {
  /** `pre-install` runs before the packages are installed, `post` when everything is configured. */
  readonly type: 'pre-install' | 'post';
  readonly at: At;
  readonly interpreter: string;
  readonly chroot: boolean;
  readonly errorOnFail: boolean;
  readonly log?: string;
  readonly body: string;
}

/**
 * A format of a whole disk. `raw.xz` and `raw.zst` are raw images for transport: they are unpacked before use. `qcow2` and
 * `qcow2-zlib` differ in what the clusters are packed with, `vmdk` (streamOptimized) and `vmdk-sparse` in their layout.
 */
export type DiskFormat =
  | 'raw'
  | 'raw.xz'
  | 'raw.zst'
  | 'qcow2'
  | 'qcow2-zlib'
  | 'vmdk'
  | 'vmdk-sparse'
  | 'vhdx'
  | 'vpc'
  | 'vdi';

/** What is made of disks, once for the appliance. */
export type BundleFormat = 'ova' | 'containerdisk';

/** `tar` is the system's tree without any disk, `kernel` what it is started from without a boot loader: each once. */
export type ImageFormat = DiskFormat | BundleFormat | 'kernel' | 'tar';

export interface OutputPlan {
  readonly formats: readonly ImageFormat[];
  readonly compress: boolean;
  readonly checksum: boolean;
  /** Names of disks end in the format's word, as appliance-creator's do (`web-sda.vpc`), not in what is usual (`.vhd`). */
  readonly namedByFormat?: true;
  /** Seconds since 1970 for what the build writes; set only when SOURCE_DATE_EPOCH asked for it. */
  readonly sourceDateEpoch?: number;
}

/** What the planner is told about the machine that builds. */
export interface HostFacts {
  /** `ID` of /etc/os-release, and its version's code name. */
  readonly distro: string | undefined;
  readonly codename: string | undefined;
  readonly arch: string;
  /** Sources of this host's own apt set-up. */
  readonly aptSources: readonly AptSource[];
  readonly aptOptions: readonly string[];
  /** Keyring files present on this host, by path. */
  readonly keyrings: readonly string[];
}

export interface PlanOptions {
  readonly name: string;
  readonly os?: string;
  /** The architecture of the finished system, in any of its names. Absent: that of the machine that builds. */
  readonly arch?: string;
  readonly mirror?: string;
  readonly formats: readonly ImageFormat[];
  readonly compress: boolean;
  readonly checksum: boolean;
  readonly namedByFormat?: boolean;
  readonly version?: string;
  readonly release?: string;
  readonly memoryMiB?: number;
  readonly vcpus?: number;
  /** Sizes of disks in bytes, by name; the key `*` is the disk of the system. Absent: the plan decides. */
  readonly diskBytes?: Readonly<Record<string, number>>;
  readonly sourceDateEpoch?: number;
  /** Commands, sections and add-ons that the user accepts to be without effect. */
  readonly allowIgnored?: readonly string[];
  /** What became of `%pre`: it was run, or the files it writes were given. Absent: it is refused. */
  readonly pre?: 'run' | 'given';
}
