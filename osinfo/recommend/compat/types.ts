// SPDX-License-Identifier: Apache-2.0
import type { Os } from '../../model/types.js';
import type { HostFacts } from '../host/types.js';
import type { Decision } from '../types.js';

/** Whose decisions: virt-install 4.1.0, or that of virt-manager's git after 5.1.0 (March 2026). */
export type CompatVersion = '4.1' | '5';

/** What virt-install is asked, in its own options' meaning. Sizes are bytes. */
export interface CompatInput {
  readonly os: Os;
  readonly version: CompatVersion;
  /** The host that it looks at. Default: a server of our own making, `usualHost(arch)`. */
  readonly host?: HostFacts;
  /** `--arch`. Default: the host's own, whatever the OS has. */
  readonly arch?: string;
  /** `--virt-type`: `kvm`, `qemu`, `xen`… Default: the best that the host has. */
  readonly virt?: string;
  /** `--hvm`, `--paravirt`. Default: the first kind of guest of the host. */
  readonly osType?: string;
  /** `--boot uefi`, and in version 5 `--boot uefi=off`. */
  readonly uefi?: boolean;
  /** As `--unattended`: drivers that the database can put into Windows before its first start count as the OS's. */
  readonly preInstalledDrivers?: boolean;
  /** There is a CD-ROM drive. */
  readonly cdrom?: boolean;
  readonly memoryBytes?: number;
  readonly cpus?: number;
  readonly storageBytes?: number;
}

/**
 * What virt-install decides, by the words of libvirt's domain XML; `null` where it says nothing and leaves the matter to
 * libvirt. The fields are those of an exchange format, hence their spelling. Sizes carry their unit in the name.
 */
export interface CompatAnswer {
  readonly format: 'guestwright/virt-install/1';
  readonly tool: CompatVersion;
  readonly shortid: string | null;
  readonly osinfo_id: string;
  readonly family: string | null;
  /** Empty where it is not known. */
  readonly distro: string;
  readonly virt_type: string;
  readonly os_type: string;
  readonly arch: string;
  readonly machine: string | null;
  readonly memory_kib: number;
  readonly memory_from_db: boolean;
  readonly vcpus: number;
  readonly vcpus_from_db: boolean;
  readonly disk_gb: number;
  readonly disk_from_db: boolean;
  readonly firmware: 'bios' | 'efi';
  /** Path of a loader, where the host is too old to choose one by `firmware='efi'`. */
  readonly loader: string | null;
  /** `yes` where the loader's name says that it enforces Secure Boot; else nothing is said. */
  readonly secure_boot: 'yes' | null;
  readonly disk_bus: string;
  readonly disk_dev: string;
  readonly disk_driver: { readonly name?: string; readonly type?: string; readonly discard?: string };
  /** `null` where there is no drive. */
  readonly cdrom_bus: string | null;
  readonly nic_type: string;
  readonly nic_model: string | null;
  readonly video: string | null;
  readonly graphics: readonly string[];
  /** `tablet/usb`. */
  readonly input: readonly string[];
  readonly sound: string | null;
  /** `virtio:/dev/urandom`. */
  readonly rng: string | null;
  readonly balloon: string | null;
  readonly tpm: { readonly model: string | null; readonly backend: string; readonly version: string | null } | null;
  readonly watchdog: null;
  readonly panic: null;
  readonly iommu: null;
  readonly usb: readonly string[];
  readonly scsi: readonly string[];
  readonly pcie_root_ports: number;
  readonly redirdev: number;
  readonly channels: readonly string[];
  readonly console: readonly string[];
  readonly clock: string | null;
  /** By name: the tick policy, or `present=yes`. */
  readonly timers: Readonly<Record<string, string>>;
  readonly hyperv: readonly string[];
  /** `acpi`, `vmport=off`. */
  readonly features: readonly string[];
  readonly cpu_mode: string | null;
  readonly cpu_model: string | null;
  readonly pm: Readonly<Record<string, string>>;
  /** `on_reboot` and its like: never said. */
  readonly on: Readonly<Record<string, string>>;
  /** `<boot dev>` of `<os>`; version 5 gives devices their order instead. */
  readonly boot: readonly string[];
  /** The rule of virt-install behind each decision, and the fact that it asked for. */
  readonly why: readonly Decision[];
  readonly warnings: readonly string[];
}
