// SPDX-License-Identifier: Apache-2.0
import { hostDomain, isQemuMachine, osFact } from './conditions.js';
import type { Context } from './context.js';
import { showBytes } from './sizes.js';

/** Something that a person should do or know, and when. */
interface Note {
  readonly when: (context: Context) => boolean;
  readonly text: (context: Context) => string;
}

const versionOf = ({ os }: Context): number =>
  os.family === 'winnt' ? Number.parseFloat(os.version ?? '10') : Number.NaN;
const isWindows = ({ os }: Context): boolean => os.family === 'winnt';
const onVirtio = (context: Context): boolean =>
  context.chosen('disk').bus === 'virtio' || context.chosen('disk').controller === 'virtio-scsi';

/** The folder of virtio-win that has the drivers of a Windows. */
const folders: readonly (readonly [string, RegExp])[] = [
  ['w11', /windows 11\b/i],
  ['w10', /windows 10\b/i],
  ['w8.1', /windows 8\.1\b/i],
  ['w8', /windows 8\b/i],
  ['w7', /windows 7\b/i],
  ['xp', /windows xp\b/i],
  ['2k25', /server 2025\b/i],
  ['2k22', /server 2022\b/i],
  ['2k19', /server 2019\b/i],
  ['2k16', /server 2016\b/i],
  ['2k12R2', /server 2012 ?r2\b/i],
  ['2k12', /server 2012\b/i],
  ['2k8R2', /server 2008 ?r2\b/i],
  ['2k8', /server 2008\b/i],
  ['2k3', /server 2003\b/i],
];

const folderOf = ({ os, arch }: Context): string => {
  const name = folders.find(([, pattern]) => pattern.test(os.name ?? ''))?.[0] ?? 'w11';
  return `${name}\\${arch === 'i686' ? 'x86' : arch === 'aarch64' ? 'ARM64' : 'amd64'}`;
};

const level = /^x86-64-v[234]$/;

const notes: readonly Note[] = [
  {
    when: (context) =>
      isWindows(context) && versionOf(context) >= 6.1 && isQemuMachine(context) && context.x86 && !onVirtio(context),
    text: (context) =>
      `Windows has no virtio drivers of its own, which is why it gets slower devices: to have fast ones, add the ISO of virtio-win (version 0.1.173 is the last for Windows 7 and 2008 R2), say --disk-bus virtio --nic virtio, and load viostor\\${folderOf(context)} and NetKVM\\${folderOf(context)} when the installer asks where to install.`,
  },
  {
    when: (context) =>
      isWindows(context) && versionOf(context) >= 6 && onVirtio(context) && context.image === undefined,
    text: (context) =>
      `The installer of Windows sees no disk until it has a driver: add the ISO of virtio-win as a second CD-ROM, and load ${context.chosen('disk').bus === 'virtio' ? 'viostor' : 'vioscsi'}\\${folderOf(context)} from it.`,
  },
  {
    when: (context) => versionOf(context) >= 5 && versionOf(context) < 6 && context.chosen('disk').bus !== 'ide',
    text: (context) =>
      `The installer of ${context.osKnows.name} has no driver for a disk on ${context.chosen('disk').bus}: press F6 when it begins, and give it the driver on a floppy disk.`,
  },
  {
    when: (context) => context.chosen('tpm') !== undefined && isQemuMachine(context),
    text: () =>
      'The TPM is emulated by swtpm, which has to be on the host (package swtpm); its state belongs to the machine and has to be copied and saved with it.',
  },
  {
    when: (context) => context.chosen('firmware.secureBoot') && isQemuMachine(context) && context.x86,
    text: () =>
      'Secure Boot needs the UEFI firmware that has keys enrolled on the host: OVMF_CODE_4M.ms.fd of the package ovmf, or that of edk2-ovmf.',
  },
  {
    when: (context) =>
      context.chosen('cpu.mode') === 'host-passthrough' &&
      context.host === undefined &&
      level.test(context.chosen('cpu.baseline') ?? ''),
    text: (context) =>
      `${context.osKnows.name} needs a processor of ${context.chosen('cpu.baseline')}, and no host was given to check (--host qemu:///system does).`,
  },
  {
    when: (context) => context.chosen('memory.hugepages') !== undefined,
    text: (context) => {
      const size = context.chosen('memory.hugepages') === '1G' ? 1024 ** 3 : 2 * 1024 ** 2;
      const count = Math.ceil(context.chosen('memoryBytes') / size);
      return `The host has to set ${count} pages of ${showBytes(size)} aside before the machine starts: /sys/kernel/mm/hugepages/hugepages-${size / 1024}kB/nr_hugepages, or hugepages= on the kernel's command line.`;
    },
  },
  {
    when: (context) => context.chosen('channels').length > 0 && context.chosen('guestAgent')?.package !== undefined,
    text: (context) =>
      `Install ${context.chosen('guestAgent')!.package} in the guest, so that the channel of the guest agent is answered.`,
  },
  {
    when: (context) => context.os.family === 'darwin',
    text: () =>
      'macOS may run only on computers by Apple, and starts only where an Apple SMC and a boot loader such as OpenCore are added, which is not described here.',
  },
  {
    when: ({ os }) => os.family === 'win9x',
    text: () =>
      'Windows 95, 98 and ME stop on present processors, because they count on slower translation buffers: the free patch patcher9x mends that.',
  },
  {
    when: (context) =>
      isWindows(context) &&
      versionOf(context) === 10 &&
      context.chosen('tpm') === undefined &&
      osFact(context, 'tpm')?.attributes.state === 'required',
    text: (context) =>
      `The installer of ${context.osKnows.name} refuses a machine without a TPM, unless LabConfig\\BypassTPMCheck is set in its registry.`,
  },
  {
    when: (context) => context.chosen('disk.cache') === 'none',
    text: () =>
      'The file system that has the image must allow direct access (O_DIRECT): ext4, xfs, btrfs and NFS do, some FUSE file systems do not.',
  },
  {
    when: (context) => context.chosen('vsock') && isQemuMachine(context),
    text: () => 'The host needs the kernel module vhost_vsock.',
  },
  {
    when: (context) => context.host !== undefined && hostDomain(context) === undefined && isQemuMachine(context),
    text: ({ host }) =>
      `${host!.name} tells its machines and accelerators; with its domain capabilities too (--domcapabilities) devices and firmware are checked.`,
  },
];

/** What a person should do or know about the machine; whole sentences. */
export function findNotes(context: Context): readonly string[] {
  return notes.filter((note) => note.when(context)).map((note) => note.text(context));
}
