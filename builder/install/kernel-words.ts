// SPDX-License-Identifier: Apache-2.0
import type { Os } from '../../osinfo/model/types.js';

/** The serial console of each architecture's machine, in the words of Linux. */
const CONSOLES: Readonly<Record<string, string>> = {
  x86_64: 'console=ttyS0',
  i686: 'console=ttyS0',
  aarch64: 'console=ttyAMA0',
  armv7l: 'console=ttyAMA0',
  riscv64: 'console=ttyS0',
  loongarch64: 'console=ttyS0',
  ppc64le: 'console=hvc0',
  s390x: 'console=ttysclp0',
};

/** What installers are told so that they speak in lines. */
const TEXT: readonly { readonly distro: RegExp; readonly words: readonly string[] }[] = [
  // https://www.debian.org/releases/stable/amd64/ch05s03: DEBIAN_FRONTEND. On any serial terminal that is not `dumb` it
  // runs within screen (its lib/debian-installer.d/S70menu), whose clock ticks on while a question waits.
  { distro: /^debian$/, words: ['DEBIAN_FRONTEND=text', 'TERM=dumb'] },
  // https://anaconda-installer.readthedocs.io/en/latest/boot-options.html: inst.text.
  { distro: /^(?:fedora|rhel|centos|almalinux|rocky|ol|eurolinux|circle|scientificlinux)$/, words: ['inst.text'] },
  // https://en.opensuse.org/SDB:Linuxrc: TextMode.
  { distro: /^(?:opensuse|sles?|sled)$/, words: ['textmode=1'] },
];

/** What the kernel of an installer is told so that it is heard on the serial console. */
export function consoleWords({ family, distro = '' }: Pick<Os, 'family' | 'distro'>, arch: string): readonly string[] {
  if (family !== 'linux') return [];
  const console = CONSOLES[arch];
  return [...(console === undefined ? [] : [console]), ...(TEXT.find((one) => one.distro.test(distro))?.words ?? [])];
}

/** Names of the first disk in Linux, by the bus that it is on. */
const LINUX_DISKS: Readonly<Record<string, string>> = {
  virtio: '/dev/vda',
  scsi: '/dev/sda',
  sata: '/dev/sda',
  ide: '/dev/sda',
  usb: '/dev/sda',
  nvme: '/dev/nvme0n1',
};

/** The disk that is installed to, as a script is told it; undefined where the installer takes the only one by itself. */
export function targetDisk({ family }: Pick<Os, 'family'>, bus: string): string | undefined {
  return family === 'linux' ? LINUX_DISKS[bus] : undefined;
}
