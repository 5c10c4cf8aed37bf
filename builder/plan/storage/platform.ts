// SPDX-License-Identifier: Apache-2.0
import type { DeviceRole } from './types.js';

/** What a machine needs on the disk that it starts from. */
export interface BootPlatform {
  /** Partitions that are made where the kickstart has none, by kind of table. */
  readonly required: Readonly<Record<'gpt' | 'dos', readonly DeviceRole[]>>;
  /** BIOS is one of its firmwares: from a GPT it starts by the BIOS boot partition, from an MBR by the gap behind it. */
  readonly bios: boolean;
}

const UEFI: BootPlatform = { required: { gpt: ['esp'], dos: ['esp'] }, bios: false };

/** By the database's names of architectures. An MBR disk of a PC is made for UEFI too only where the kickstart has an ESP. */
const PLATFORMS: Readonly<Record<string, BootPlatform>> = {
  x86_64: { required: { gpt: ['esp', 'biosboot'], dos: [] }, bios: true },
  i686: { required: { gpt: ['esp', 'biosboot'], dos: [] }, bios: true },
  aarch64: UEFI,
  armv7l: UEFI,
  riscv64: UEFI,
  loongarch64: UEFI,
  ppc64le: { required: { gpt: ['prepboot'], dos: ['prepboot'] }, bios: false },
};

export function bootPlatform(arch: string): BootPlatform {
  return PLATFORMS[arch] ?? { required: { gpt: [], dos: [] }, bios: false };
}

/** Sizes in MiB of what is added or has no size of its own. */
export const PLATFORM_SIZE: Readonly<Partial<Record<DeviceRole, number>>> = { biosboot: 1, prepboot: 8, esp: 64 };

/** Partition types: of GPT (UEFI specification, Discoverable Partitions Specification), and of an MBR. */
export const PARTITION_TYPE: Readonly<Record<DeviceRole, { readonly gpt: string; readonly dos: string }>> = {
  biosboot: { gpt: '21686148-6449-6E6F-744E-656564454649', dos: '83' },
  prepboot: { gpt: '9E1A2D38-C612-4316-AA26-8B49521E5A8B', dos: '41' },
  esp: { gpt: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', dos: 'ef' },
  filesystem: { gpt: '0FC63DAF-8483-4772-8E79-3D69D8477DE4', dos: '83' },
  btrfs: { gpt: '0FC63DAF-8483-4772-8E79-3D69D8477DE4', dos: '83' },
  unused: { gpt: '0FC63DAF-8483-4772-8E79-3D69D8477DE4', dos: '83' },
  swap: { gpt: '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F', dos: '82' },
  lvm: { gpt: 'E6D6D379-F507-44C2-A23C-238F2A3DF928', dos: '8e' },
  raid: { gpt: 'A19D880F-05FC-4D3B-A006-743F0F84911E', dos: 'fd' },
  luks: { gpt: 'CA7D7CCB-63ED-4C53-861C-1742536059CC', dos: 'e8' },
};
