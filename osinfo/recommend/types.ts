// SPDX-License-Identifier: Apache-2.0
import type { Deployment, Media, Os, Platform } from '../model/types.js';
import type { HostFacts } from './host/types.js';

export type * from './host/types.js';

/** What a recommendation is asked for. Sizes are bytes. */
export interface RecommendInput {
  readonly os: Os;
  readonly platform: Platform;
  /** Guest architecture. Default: `x86_64` where OS and platform have it, else the best both have. */
  readonly arch?: string;
  /** The accelerator. Default `kvm`, or `qemu` (pure emulation) where the host has no KVM for the architecture. */
  readonly virt?: 'kvm' | 'qemu';
  /** What the machine is for. Default: `desktop` for an OS that is only a desktop (Windows client, macOS, Haiku), else `server`. */
  readonly intent?: Intent;
  /** The caller's own choices: they always win, and what speaks against them becomes a warning. */
  readonly overrides?: Overrides;
  /** The least that the caller's use needs; sizes are raised to it, never lowered. */
  readonly requires?: Requirements;
  /** What a finished image can boot and drive, where it is narrower (or wider) than what the OS can. */
  readonly image?: ImageSupport;
  /** The medium that the OS is installed or started from, as detection tells it: it narrows architecture, firmware, memory and boot order. */
  readonly media?: MediaSupport;
  /** What the very host has: with it only that is recommended. `readCapabilities` and its kin read it. */
  readonly host?: HostFacts;
  /** What the OS and the platform want together: its machine and its devices come first. `deploymentFor` finds it. */
  readonly deployment?: Deployment;
}

/** An installation or live medium. */
export interface MediaSupport {
  /** The entry of the database that detection found. */
  readonly entry?: Media;
  /** Architecture that was found; that of the entry where it is left out. */
  readonly arch?: string;
  /** Firmware that the medium itself starts from, where its boot catalogue was read. Empty: that is not known. */
  readonly firmware?: readonly ('bios' | 'uefi')[];
  /** Whether it fetches what it installs from the network. */
  readonly networkInstall?: boolean;
}

/** What a machine is for; `docs/recommendations.md` says what each changes. */
export type Intent = 'server' | 'desktop' | 'windows-server' | 'density' | 'performance' | 'legacy-safe';

/**
 * Choices of the caller. Each wins over every rule; one that the platform, the host or another choice makes impossible
 * is a contradiction, one that the OS has no driver for or speaks against is a warning.
 */
export interface Overrides {
  readonly memoryBytes?: number;
  /** How far memory may grow. */
  readonly maximumMemoryBytes?: number;
  readonly hugepages?: '2M' | '1G' | false;
  readonly cpus?: number;
  /** Their product has to be the number of CPUs; what is left out is 1, or what makes it so. */
  readonly topology?: { readonly sockets?: number; readonly cores?: number; readonly threads?: number };
  readonly cpuMode?: Recommendation['cpu']['mode'];
  /** A named processor; the mode is then `custom`. */
  readonly cpuModel?: string;
  readonly storageBytes?: number;
  /** A family (`q35`) or one version of it (`pc-q35-8.2`). */
  readonly machine?: string;
  readonly firmware?: 'bios' | 'uefi';
  readonly secureBoot?: boolean;
  readonly diskBus?: Recommendation['disk']['bus'];
  readonly diskCache?: Recommendation['disk']['cache'];
  readonly diskIo?: NonNullable<Recommendation['disk']['io']>;
  readonly iothread?: boolean;
  readonly discard?: boolean;
  readonly cdromBus?: Recommendation['cdrom']['bus'];
  /** As `nic.model` names them: `virtio`, `e1000e`, `rtl8139`. */
  readonly nicModel?: string;
  /** Pairs of queues of the card. */
  readonly nicQueues?: number;
  readonly graphics?: Recommendation['graphics']['type'];
  /** As `video.model` names them: `virtio`, `vga`, `qxl`. */
  readonly video?: string;
  /** As `sound.model` names them, or none. */
  readonly sound?: string | false;
  /** As `usb.model` names them, or none. */
  readonly usb?: string | false;
  readonly rng?: boolean;
  readonly balloon?: boolean;
  readonly freePageReporting?: boolean;
  readonly vsock?: boolean;
  readonly tpm?: boolean;
  readonly tpmModel?: string;
  readonly tpmVersion?: '1.2' | '2.0';
  /** As `watchdog.model` names them, or none. */
  readonly watchdog?: string | false;
  readonly serialConsole?: boolean;
  /** Whether there is a channel for the guest agent. */
  readonly agentChannel?: boolean;
  readonly hyperv?: boolean;
  readonly clock?: Recommendation['clock']['offset'];
  readonly boot?: Recommendation['boot'];
}

export interface Requirements {
  readonly memoryBytes?: number;
  readonly cpus?: number;
  readonly storageBytes?: number;
}

export interface ImageSupport {
  /** The firmware that the image's boot loader is made for: one or both. */
  readonly firmware: readonly ('bios' | 'uefi')[];
  /** Whether its boot chain is signed with keys that firmware enrols. Default false: a boot loader made on the spot is not. */
  readonly secureBoot?: boolean;
  /** Ids of devices that the image has drivers for beyond those of the OS entry (virtio in a Windows image). */
  readonly drivers?: readonly string[];
}

/** What a machine for an OS on a platform should be. Neutral: every output format is a function of this. Sizes are bytes. */
export interface Recommendation {
  readonly format: 'guestwright/recommendation/1';
  /** Whose words are the database's: formats choose by them what their hypervisor calls the OS. */
  readonly os: {
    readonly id: string;
    readonly shortId?: string;
    readonly name?: string;
    readonly family?: string;
    readonly distro?: string;
    readonly version?: string;
    readonly releaseDate?: string;
  };
  readonly platform: { readonly id: string; readonly shortId?: string; readonly name?: string };
  /** Guest architecture: `x86_64`, `i686`, `aarch64`… */
  readonly arch: string;
  /** The accelerator that the choice of CPU counts on. */
  readonly virt: 'kvm' | 'qemu';
  /** Machine family (`q35`, `pc`, `virt`, `pseries`, `s390-ccw-virtio`) and, where the platform pins one, the versioned name. */
  readonly machine: { readonly family: string; readonly version?: string; readonly pcie: boolean };
  readonly firmware: {
    readonly type: 'bios' | 'uefi' | 'none';
    readonly secureBoot: boolean;
    readonly enrolledKeys: boolean;
    readonly smm: boolean;
  };
  readonly cpu: {
    readonly mode: 'host-passthrough' | 'host-model' | 'maximum' | 'custom' | 'default';
    /** A named model, for mode `custom`: `Haswell`, `x86-64-v3`. */
    readonly model?: string;
    /** The level that the OS asks for, such as `x86-64-v3`. */
    readonly baseline?: string;
    readonly count: number;
    /** Their product is `count`. */
    readonly topology: { readonly sockets: number; readonly cores: number; readonly threads: number };
  };
  readonly memoryBytes: number;
  /** What more is to be said of memory: how far it may grow while the machine runs, and the size of huge pages to back it. */
  readonly memory: { readonly maximumBytes?: number; readonly hugepages?: '2M' | '1G' };
  readonly storageBytes: number;
  readonly disk: {
    /** `xen`: the paravirtual disk of Xen (`xvda`). `usb` only where the caller asks for it. */
    readonly bus: 'virtio' | 'scsi' | 'sata' | 'ide' | 'nvme' | 'xen' | 'usb';
    /** Controller model for bus `scsi`: `virtio-scsi`, `lsisas1068`… */
    readonly controller?: string;
    readonly discard: boolean;
    readonly detectZeroes: boolean;
    /** `default` leaves it to the hypervisor. */
    readonly cache: 'default' | 'none' | 'writeback';
    /** How the host reads and writes; absent: left to the hypervisor. */
    readonly io?: 'native' | 'io_uring' | 'threads';
    /** Whether the disk gets a thread of its own on the host. */
    readonly iothread: boolean;
    /** How many queues; absent: left to the hypervisor, which is one for each processor in newer ones. */
    readonly queues?: number;
    /** The device of the database that both sides have. */
    readonly device: string;
  };
  readonly cdrom: { readonly bus: 'sata' | 'ide' | 'scsi' };
  readonly nic: {
    /** QEMU's and libvirt's names: `virtio`, `e1000e`, `rtl8139`; `netfront` is Xen's; `vmxnet3`, `hv-net`, `ena` those of others. */
    readonly model: string;
    readonly device: string;
    /** How many pairs of queues; absent: one. */
    readonly queues?: number;
  };
  readonly video: { readonly model: string };
  readonly graphics: { readonly type: 'vnc' | 'spice' | 'none' };
  readonly sound?: { readonly model: string };
  readonly inputs: readonly {
    readonly type: 'tablet' | 'keyboard' | 'mouse';
    readonly bus: 'usb' | 'ps2' | 'virtio';
  }[];
  readonly usb?: { readonly model: string };
  readonly rng: boolean;
  readonly balloon: boolean;
  /** Whether the guest tells the host which pages it does not use; only with a balloon. */
  readonly freePageReporting: boolean;
  /** A socket between guest and host, with a free address that the hypervisor chooses. */
  readonly vsock: boolean;
  readonly tpm?: { readonly model: string; readonly version: '1.2' | '2.0' };
  readonly watchdog?: { readonly model: string; readonly action: string };
  readonly panic?: { readonly model: string };
  /** An id that changes when the machine is restored or copied, so that directory servers notice. */
  readonly generationId?: boolean;
  readonly serialConsole: boolean;
  /** `org.qemu.guest_agent.0` where the OS has virtio-serial. */
  readonly channels: readonly string[];
  readonly clock: {
    readonly offset: 'utc' | 'localtime';
    readonly timers: readonly { readonly name: string; readonly present?: boolean; readonly tickPolicy?: string }[];
  };
  /** Package and service of the guest agent, as the OS calls them, where its entry says. */
  readonly guestAgent?: { readonly package?: string; readonly service?: string };
  /** What the machine starts from, in this order. */
  readonly boot: readonly ('disk' | 'cdrom' | 'network')[];
  /** What a person should do or know: drivers to load, packages to install. Whole sentences. */
  readonly notes: readonly string[];
  /** Hyper-V enlightenments by libvirt's names, in libvirt's order; empty for what is not Windows. */
  readonly hyperv: readonly string[];
  readonly why: readonly Decision[];
  readonly warnings: readonly string[];
}

/** One decision and its reasons. */
export interface Decision {
  /** Path of the field it decided: `disk.bus`, `firmware.type`. */
  readonly decision: string;
  readonly value: string;
  /** The rule's name, stable. */
  readonly rule: string;
  /** The sentence that a person reads. */
  readonly reason: string;
  readonly facts: readonly DecisionFact[];
  /** Alternatives that were looked at and lost. */
  readonly lost: readonly { readonly value: string; readonly because: string }[];
}

export interface DecisionFact {
  readonly text: string;
  /** `file:line` in the database, where the fact has one. */
  readonly at?: string;
  /** The entity that said it, where it is inherited. */
  readonly from?: string;
}
