// SPDX-License-Identifier: Apache-2.0
import type { ImageFormat as ContainerFormat } from '../sizes/types.js';
import type { BundleFormat, DiskFormat, ImageFormat, OutputPlan } from './types.js';

/** A format that every disk is written in: `NAME-DISK.SUFFIX`. */
export interface DiskOutput {
  readonly kind: 'disk';
  readonly suffix: string;
  /** What QEMU, libvirt and our own reader of sizes call the image; of a packed one, what is in it. */
  readonly container: ContainerFormat;
  /** For transport: nothing starts it before it is unpacked. */
  readonly packed?: true;
  /** It is about as large as what lies on the disk. */
  readonly plain?: true;
  /** Who reads it, for people. */
  readonly about: string;
}

/** The tree without a disk, files to start it without a boot loader, or something made of disks: each once an appliance. */
export interface OtherOutput {
  readonly kind: 'tree' | 'kernel' | 'bundle';
  readonly suffix: string;
  readonly about: string;
}

/** The words of `-f`, in the order that they are told in. */
export const OUTPUTS: Readonly<Record<DiskFormat, DiskOutput>> &
  Readonly<Record<ImageFormat, DiskOutput | OtherOutput>> = {
  qcow2: { kind: 'disk', suffix: 'qcow2', container: 'qcow2', about: 'QEMU 5.1 and newer' },
  'qcow2-zlib': {
    kind: 'disk',
    suffix: 'zlib.qcow2',
    container: 'qcow2',
    about: 'any QEMU, and clouds with an old one',
  },
  raw: { kind: 'disk', suffix: 'raw', container: 'raw', plain: true, about: 'everything' },
  'raw.xz': { kind: 'disk', suffix: 'raw.xz', container: 'raw', packed: true, about: 'for transport' },
  'raw.zst': { kind: 'disk', suffix: 'raw.zst', container: 'raw', packed: true, about: 'for transport' },
  vmdk: { kind: 'disk', suffix: 'vmdk', container: 'vmdk', about: 'VMware and VirtualBox, to import' },
  'vmdk-sparse': {
    kind: 'disk',
    suffix: 'sparse.vmdk',
    container: 'vmdk',
    plain: true,
    about: 'VMware Workstation, in place',
  },
  vhdx: { kind: 'disk', suffix: 'vhdx', container: 'vhdx', plain: true, about: 'Hyper-V' },
  vpc: { kind: 'disk', suffix: 'vhd', container: 'vpc', plain: true, about: 'Azure' },
  vdi: { kind: 'disk', suffix: 'vdi', container: 'vdi', plain: true, about: 'VirtualBox' },
  ova: { kind: 'bundle', suffix: 'ova', about: 'VMware and VirtualBox: the machine and its disks' },
  containerdisk: { kind: 'bundle', suffix: 'containerdisk.tar', about: 'KubeVirt' },
  kernel: {
    kind: 'kernel',
    suffix: 'vmlinuz',
    about: 'kernel, initrd and command line, to start without a boot loader',
  },
  tar: { kind: 'tree', suffix: 'tar', about: 'the tree of the system, without a disk' },
};

/** All words of `-f`. */
export const IMAGE_FORMATS = Object.keys(OUTPUTS) as readonly ImageFormat[];

/** Those first that a machine can write to, then the one that only a snapshot makes writable, then what is unpacked first. */
const MACHINE_FORMATS: readonly DiskFormat[] = [
  'qcow2',
  'qcow2-zlib',
  'raw',
  'vmdk-sparse',
  'vdi',
  'vhdx',
  'vpc',
  'vmdk',
  'raw.zst',
  'raw.xz',
];

type Formats = Pick<OutputPlan, 'formats' | 'namedByFormat'>;

/** The formats that every disk is written in; none where only the tree or a bundle is asked for. */
export function diskFormats({ formats }: Pick<Formats, 'formats'>): DiskFormat[] {
  return formats.filter((format): format is DiskFormat => OUTPUTS[format].kind === 'disk');
}

/** Which of several formats a machine is started from; undefined where there is no disk. */
export function machineFormat(formats: readonly ImageFormat[]): DiskFormat | undefined {
  return MACHINE_FORMATS.find((one) => formats.includes(one));
}

/**
 * How much space the formats of one disk take, in that of one packed image of it: what is not packed takes about twice as
 * much, and what is put into a bundle is there twice.
 */
export function imagesOfSpace(outputs: Pick<OutputPlan, 'formats' | 'compress'>): number {
  const isPlain = (format: DiskFormat): boolean =>
    OUTPUTS[format].plain === true || (!outputs.compress && !OUTPUTS[format].packed);
  const disks = diskFormats(outputs).reduce((sum, format) => sum + (isPlain(format) ? 2 : 1), 0);
  return disks + 2 * bundleFormats(outputs).length;
}

/** What is made of disks, once an appliance. */
export function bundleFormats({ formats }: Pick<Formats, 'formats'>): BundleFormat[] {
  return formats.filter((format): format is BundleFormat => OUTPUTS[format].kind === 'bundle');
}

/** Whether disks have to be made at all. */
export function needsDisks({ formats }: Pick<Formats, 'formats'>): boolean {
  return formats.some((format) => OUTPUTS[format].kind === 'disk' || OUTPUTS[format].kind === 'bundle');
}

/** The file of one disk in one format. */
export function diskFile(
  name: string,
  disk: { readonly name: string },
  format: DiskFormat,
  outputs: Pick<Formats, 'namedByFormat'>,
): string {
  return `${name}-${disk.name}.${outputs.namedByFormat ? format : OUTPUTS[format].suffix}`;
}

/** What the file of a packed disk is called when it is unpacked. */
export function unpackedName(file: string): string {
  return file.replace(/\.(?:xz|zst)$/, '');
}

/** Names of the files that a plan's outputs are. */
export function imageFiles(name: string, disks: readonly { readonly name: string }[], outputs: Formats): string[] {
  return [
    ...disks.flatMap((disk) => diskFormats(outputs).map((format) => diskFile(name, disk, format, outputs))),
    ...bundleFormats(outputs).flatMap((format) => bundleFiles(name, disks, format).map(({ file }) => file)),
    ...(outputs.formats.includes('kernel') ? Object.values(kernelFiles(name)) : []),
    ...(outputs.formats.includes('tar') ? [treeFile(name)] : []),
  ];
}

/** The file of a bundle. */
function bundleFile(name: string, format: BundleFormat): string {
  return `${name}.${OUTPUTS[format].suffix}`;
}

/**
 * The files of a bundle, with the disks in each: an OVA has all of them, a containerDisk one. What the machine starts from
 * is called by the appliance's name, the others by their own too.
 */
export function bundleFiles<Disk extends { readonly name: string; readonly boot?: boolean }>(
  name: string,
  disks: readonly Disk[],
  format: BundleFormat,
): { readonly name: string; readonly file: string; readonly disks: readonly Disk[] }[] {
  if (format === 'ova') return [{ name, file: bundleFile(name, format), disks }];
  const first = disks.find((disk) => disk.boot) ?? disks[0];
  return disks.map((disk) => {
    const own = disk === first ? name : `${name}-${disk.name}`;
    return { name: own, file: bundleFile(own, format), disks: [disk] };
  });
}

/** The file of the system's tree. */
export function treeFile(name: string): string {
  return `${name}.${OUTPUTS.tar.suffix}`;
}

/** The files that a machine without a boot loader is started from: QEMU's `-kernel`, `-initrd` and `-append`. */
export function kernelFiles(name: string): {
  readonly kernel: string;
  readonly initrd: string;
  readonly commandLine: string;
} {
  return { kernel: `${name}.vmlinuz`, initrd: `${name}.initrd`, commandLine: `${name}.cmdline` };
}
