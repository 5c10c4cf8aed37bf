// SPDX-License-Identifier: Apache-2.0

/** What a description says, and the line that says it. */
export interface Said<T> {
  readonly value: T;
  readonly line: number;
}

/** The kinds of descriptions that are read. */
export type SourceKind = 'libvirt' | 'ovf' | 'ova' | 'vmx' | 'virt-image';

/** Buses in the recommender's words. */
export type SourceBus = 'virtio' | 'scsi' | 'sata' | 'ide' | 'nvme' | 'xen' | 'usb';

export interface SourceDisk {
  /** As the description names it; absent: a disk that is to be blank, of `capacityBytes`. */
  readonly file?: string;
  /** QEMU's name of the image format, where it is said. */
  readonly format?: string;
  readonly bus?: SourceBus;
  /** Model of its SCSI controller, in the recommender's words: `virtio-scsi`, `lsilogic`. */
  readonly controller?: string;
  readonly readonly?: true;
  /** The host has to decrypt it. */
  readonly encrypted?: true;
  /** What the guest sees, where it is said. */
  readonly capacityBytes?: number;
  /** Lower-case hex digests by algorithm. */
  readonly digests?: Readonly<Record<string, string>>;
  readonly line: number;
}

export interface SourceCdrom {
  /** Absent: an empty drive. */
  readonly file?: string;
  readonly bus?: SourceBus;
  readonly line: number;
}

export interface SourceNic {
  /** In the recommender's words: `virtio`, `e1000e`. */
  readonly model?: string;
  /** Lower case, with colons. */
  readonly mac?: string;
  /** What it is plugged into, in the source's words: `network default`, `bridge br0`. */
  readonly network?: string;
  readonly line: number;
}

/** What a source says of which OS it is for. */
export interface SourceOs {
  /** Id or short id of the database. */
  readonly id?: string;
  /** A name for people, or the hypervisor's own word: `debian12_64Guest`. */
  readonly word?: string;
}

/** A fact of the source that no description of ours carries. A sentence without its full stop. */
export interface LostFact {
  readonly line: number;
  readonly text: string;
  /** Nothing is lost: a person should know it. The text is a whole sentence then. */
  readonly note?: true;
}

/** A machine as somebody described it, in neutral words. Sizes are bytes. What is absent is not said. */
export interface MachineDescription {
  readonly kind: SourceKind;
  /** Path of the description; of an OVA, of the archive. */
  readonly file: string;
  readonly name?: Said<string>;
  readonly os?: Said<SourceOs>;
  readonly arch?: Said<string>;
  /** QEMU's name of the machine, or its family. */
  readonly machine?: Said<string>;
  readonly firmware: Said<'bios' | 'uefi'>;
  readonly secureBoot?: Said<boolean>;
  readonly memoryBytes?: Said<number>;
  readonly maximumMemoryBytes?: Said<number>;
  readonly cpus?: Said<number>;
  readonly topology?: Said<{ readonly sockets: number; readonly cores: number; readonly threads: number }>;
  readonly cpuMode?: Said<'host-passthrough' | 'host-model' | 'maximum'>;
  readonly cpuModel?: Said<string>;
  readonly disks: readonly SourceDisk[];
  readonly cdroms: readonly SourceCdrom[];
  readonly nics: readonly SourceNic[];
  readonly graphics?: Said<'vnc' | 'spice' | 'none'>;
  readonly video?: Said<string>;
  readonly sound?: Said<string | false>;
  readonly usb?: Said<string | false>;
  readonly tpm?: Said<{ readonly model?: string; readonly version?: '1.2' | '2.0' } | false>;
  readonly rng?: Said<boolean>;
  readonly balloon?: Said<boolean>;
  readonly watchdog?: Said<string | false>;
  readonly vsock?: Said<boolean>;
  readonly serialConsole?: Said<boolean>;
  readonly agentChannel?: Said<boolean>;
  readonly clock?: Said<'utc' | 'localtime'>;
  readonly boot?: Said<readonly ('disk' | 'cdrom' | 'network')[]>;
  readonly lost: readonly LostFact[];
}
