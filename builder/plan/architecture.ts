// SPDX-License-Identifier: Apache-2.0
import { knownArch } from '../../osinfo/arch-names.js';
import { InputError, NotFoundError, nearest } from '../../osinfo/errors.js';
import { DEB_ARCH } from './os-facts.js';
import type { BootPlan } from './types.js';

/** What a finished system of one architecture is like, whoever made it. */
interface Architecture {
  /**
   * Words of the kernel's command line for the consoles where the kickstart has none: the screen, where machines of the
   * kind have one, and the serial line, as the default one.
   */
  readonly consoles: string;
  /** The boot loader that Linux distributions start it by. */
  readonly loader: Exclude<BootPlan['loader'], 'none'>;
  /** The stages make images for it; the others can be planned. */
  readonly built: boolean;
}

/** By the database's names. The serial lines are those of QEMU's machines (`virt`, `pseries`, `s390-ccw-virtio`). */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x86_64: { consoles: 'console=tty0 console=ttyS0,115200n8', loader: 'grub', built: true },
  i686: { consoles: 'console=tty0 console=ttyS0,115200n8', loader: 'grub', built: true },
  aarch64: { consoles: 'console=tty0 console=ttyAMA0,115200', loader: 'grub', built: true },
  armv7l: { consoles: 'console=tty0 console=ttyAMA0,115200', loader: 'grub', built: false },
  ppc64le: { consoles: 'console=tty0 console=hvc0', loader: 'grub', built: false },
  s390x: { consoles: 'console=ttysclp0', loader: 'zipl', built: false },
  riscv64: { consoles: 'console=tty0 console=ttyS0,115200n8', loader: 'grub', built: false },
  loongarch64: { consoles: 'console=tty0 console=ttyS0,115200n8', loader: 'grub', built: false },
};

/**
 * The architecture that a plan is for: what was asked for, in any of its names, else that of the machine that builds.
 * @throws InputError for a name that is none, or of which no plan can be made
 */
export function chooseArchitecture(asked: string | undefined, machine: string): string {
  const arch = knownArch(asked ?? machine) ?? asked ?? machine;
  if (Object.hasOwn(ARCHITECTURES, arch)) return arch;
  const names = Object.keys(ARCHITECTURES);
  if (asked === undefined)
    throw new InputError('arch', `this machine is ${machine}; say for which architecture: --arch ${names.join(', ')}`);
  const known = [...names, ...Object.values(DEB_ARCH)];
  throw new NotFoundError('arch', `--arch ${asked}: plans are made for ${names.join(', ')}`, nearest(asked, known));
}

/** The words of the kernel's command line for the consoles of an architecture. */
export function consolesOf(arch: string): string {
  return ARCHITECTURES[arch]!.consoles;
}

/** What starts a system of an architecture. */
export function loaderOf(arch: string): Architecture['loader'] {
  return ARCHITECTURES[arch]!.loader;
}

/**
 * Stops a build for an architecture that can only be planned, before anything is downloaded.
 * @throws InputError saying which can be built
 */
export function refuseArchitecture(arch: string): void {
  if (ARCHITECTURES[arch]?.built) return;
  const names = Object.keys(ARCHITECTURES).filter((name) => ARCHITECTURES[name]!.built);
  throw new InputError(
    'arch-not-built',
    `images are built for ${names.join(', ')}, not for ${arch}: --dry-run shows the plan`,
  );
}
