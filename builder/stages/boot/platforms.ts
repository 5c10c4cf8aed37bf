// SPDX-License-Identifier: Apache-2.0
import type { BootPlan } from '../../plan/types.js';

export type Firmware = BootPlan['firmware'][number];

/** What GRUB is for one kind of machine. */
export interface GrubPlatform {
  /** GRUB's own name, of its folder of modules and for `grub-mkimage -O`. */
  readonly name: string;
  /** What the core image needs beyond the modules of every platform. */
  readonly modules: readonly string[];
  /** The name on the ESP by which firmware starts a disk that it knows nothing of (UEFI specification, 3.5.1.1). */
  readonly efiFile?: string;
}

const PC_BIOS: GrubPlatform = { name: 'i386-pc', modules: ['biosdisk'] };

/** What `all_video` is made of differs from release to release: it is not named. */
const UEFI_MODULES = ['fat', 'efi_gop', 'all_video', 'gzio'];

/** By the database's name of the architecture and the firmware. */
const PLATFORMS: Readonly<Record<string, Readonly<Partial<Record<Firmware, GrubPlatform>>>>> = {
  x86_64: {
    bios: PC_BIOS,
    uefi: { name: 'x86_64-efi', modules: UEFI_MODULES, efiFile: 'BOOTX64.EFI' },
  },
  i686: {
    bios: PC_BIOS,
    uefi: { name: 'i386-efi', modules: UEFI_MODULES, efiFile: 'BOOTIA32.EFI' },
  },
  aarch64: {
    uefi: { name: 'arm64-efi', modules: UEFI_MODULES, efiFile: 'BOOTAA64.EFI' },
  },
};

/** GRUB's platform for a firmware; undefined where such machines have no such firmware. */
export function grubPlatform(arch: string, firmware: Firmware): GrubPlatform | undefined {
  return PLATFORMS[arch]?.[firmware];
}
