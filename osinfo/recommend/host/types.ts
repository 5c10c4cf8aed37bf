// SPDX-License-Identifier: Apache-2.0

/**
 * What one host has, told by its libvirt (capabilities and domain capabilities) or by its QEMU: plain data, so that it
 * can be kept, sent and compared. What the source does not tell is absent, and then nothing is taken to be missing.
 */
export interface HostFacts {
  /** As reasons and errors name it: `qemu:///system`, `caps.xml`, `/usr/bin/qemu-system-x86_64`. */
  readonly name: string;
  /** Architecture of the host's own processor, by the database's name. */
  readonly arch?: string;
  /** Processors of the host. */
  readonly cpus?: number;
  readonly memoryBytes?: number;
  /** Sizes of pages that the host's processor has, in bytes. */
  readonly pageBytes?: readonly number[];
  /** The host's own processor. */
  readonly cpu?: HostCpu;
  /** What guests it runs, an architecture each. */
  readonly guests: readonly HostGuest[];
  /** What it gives to guests of one architecture and machine; empty where only capabilities were given. */
  readonly domains: readonly HostDomain[];
}

/** A processor by name, with what its maker's name does not say. */
export interface HostCpu {
  /** libvirt's name of the nearest model: `Skylake-Client-noTSX-IBRS`. */
  readonly model?: string;
  readonly vendor?: string;
  /** The x86-64 level that it reaches: `x86-64-v1` to `x86-64-v4`; absent where it is not known. */
  readonly level?: string;
}

export interface HostGuest {
  /** The database's name: `x86_64`, `i686`. */
  readonly arch: string;
  /** `hvm`, `xen`, `xenpvh`, `exe`… */
  readonly osType: string;
  /** Accelerators: `qemu`, `kvm`, `xen`, `bhyve`… */
  readonly domainTypes: readonly string[];
  readonly emulator?: string;
  /** Path of what starts every guest of this kind: Xen's hvmloader. */
  readonly loader?: string;
  readonly machines: readonly HostMachine[];
  /** Machines of an accelerator that has its own: `machines` holds them too. */
  readonly machinesOf?: Readonly<Record<string, readonly HostMachine[]>>;
  /** `acpi`, `apic`, `pae`: what the guest may be given. */
  readonly features?: readonly string[];
}

export interface HostMachine {
  readonly name: string;
  /** What an alias (`pc`, `q35`) stands for. */
  readonly canonical?: string;
  readonly maxCpus?: number;
  /** Whether the emulator means to give it up. */
  readonly deprecated?: boolean;
}

/** Domain capabilities. A list that is absent was not told; one that is empty says that there is none. */
export interface HostDomain {
  readonly arch: string;
  /** `kvm`, `qemu`, `xen`… */
  readonly virt: string;
  /** The versioned machine that it was asked for. */
  readonly machine?: string;
  readonly emulator?: string;
  readonly maxCpus?: number;
  /** Whether disks may have threads of their own. */
  readonly iothreads?: boolean;
  /** Firmware for which there is a descriptor or a file: `efi`, `bios`. */
  readonly firmware?: readonly string[];
  /** Whether libvirt picks the file itself by the kind that is asked for; older ones are told its path. */
  readonly picksFirmware?: boolean;
  /** Whether one of them enforces Secure Boot. */
  readonly secureBoot?: boolean;
  /** Paths of loaders. */
  readonly loaders?: readonly string[];
  readonly cpu?: HostDomainCpu;
  readonly diskBuses?: readonly string[];
  readonly graphics?: readonly string[];
  readonly video?: readonly string[];
  readonly nics?: readonly string[];
  readonly sounds?: readonly string[];
  readonly usb?: readonly string[];
  readonly rng?: readonly string[];
  readonly balloons?: readonly string[];
  readonly channels?: readonly string[];
  /** Buses of devices that a viewer passes through. */
  readonly redirections?: readonly string[];
  readonly tpm?: {
    readonly models: readonly string[];
    readonly backends: readonly string[];
    readonly versions: readonly string[];
  };
  readonly panics?: readonly string[];
  readonly watchdogs?: readonly string[];
  readonly vsock?: boolean;
  readonly generationId?: boolean;
  readonly hyperv?: readonly string[];
  /** Sources of memory: `memfd`, `file`, `anonymous`. */
  readonly memorySources?: readonly string[];
}

export interface HostDomainCpu {
  /** Whether each mode can be had: `host-passthrough`, `maximum`, `host-model`, `custom`. */
  readonly modes: Readonly<Record<string, boolean>>;
  /** What `host-model` stands for. */
  readonly hostModel?: HostCpu & {
    readonly fallback?: string;
    readonly features: readonly { readonly name: string; readonly policy: string }[];
  };
  /** Whether the passed-through processor may migrate, where that is told. */
  readonly passthroughMigratable?: readonly string[];
  readonly models: readonly { readonly name: string; readonly usable?: boolean; readonly vendor?: string }[];
}
