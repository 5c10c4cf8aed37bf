// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { MissingError } from '../../osinfo/errors.js';
import { probeTools } from '../run/probes.js';

/** UEFI: the code, and the variables that each machine gets a copy of. */
interface Uefi {
  readonly code: string;
  readonly variables: string;
  readonly package: string;
}

interface Emulator {
  readonly program: string;
  readonly package: string;
  readonly uefi: Uefi;
}

/** QEMU's programs by the database's name of the architecture, and where Debian's packages keep the firmware. */
const EMULATORS: Readonly<Record<string, Emulator>> = {
  x86_64: {
    program: 'qemu-system-x86_64',
    package: 'qemu-system-x86',
    uefi: {
      code: '/usr/share/OVMF/OVMF_CODE_4M.fd',
      variables: '/usr/share/OVMF/OVMF_VARS_4M.fd',
      package: 'ovmf',
    },
  },
  i686: {
    program: 'qemu-system-i386',
    package: 'qemu-system-x86',
    uefi: {
      code: '/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd',
      variables: '/usr/share/OVMF/OVMF32_VARS_4M.fd',
      package: 'ovmf-ia32',
    },
  },
  aarch64: {
    program: 'qemu-system-aarch64',
    package: 'qemu-system-arm',
    uefi: {
      code: '/usr/share/AAVMF/AAVMF_CODE.fd',
      variables: '/usr/share/AAVMF/AAVMF_VARS.fd',
      package: 'qemu-efi-aarch64',
    },
  },
};

/** The QEMU program that starts guests of an architecture. */
export function emulatorOf(arch: string): string {
  return EMULATORS[arch]?.program ?? `qemu-system-${arch}`;
}

/**
 * What guests of an architecture are started by here.
 * @returns the UEFI firmware; undefined from BIOS, which comes with QEMU
 * @throws MissingError when QEMU or the firmware is missing, with the command that installs it
 */
export function probeEmulator(arch: string, firmware: 'bios' | 'uefi'): Uefi | undefined {
  const emulator = EMULATORS[arch];
  if (!emulator) throw new MissingError('no-emulator', `images for ${arch} are not started here`);
  probeTools([emulator]);
  if (firmware === 'bios') return undefined;
  if (!existsSync(emulator.uefi.code)) {
    const message = `missing: the UEFI firmware of ${arch}; sudo apt-get install ${emulator.uefi.package}`;
    throw new MissingError('no-ovmf', message);
  }
  return emulator.uefi;
}
