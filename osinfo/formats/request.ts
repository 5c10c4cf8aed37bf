// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import type { Recommendation } from '../recommend/types.js';
import type { FormatDisk, FormatRequest } from './types.js';

/** Most network cards that a machine is described with. */
export const MOST_NICS = 4;

/** Machines that QEMU has, by which libvirt means the same. */
export const qemuMachines: ReadonlySet<string> = new Set([
  'q35',
  'pc',
  'virt',
  'pseries',
  's390-ccw-virtio',
  'microvm',
]);

/**
 * Checks what every format is given.
 * @param families the machines that the format has words for, and whose they are
 * @throws InputError for a machine of another hypervisor, a name that hypervisors refuse, an unprintable path, a strange
 * image format, too many cards
 */
export function checkRequest(
  request: FormatRequest,
  recommendation: Recommendation,
  families: { readonly names: ReadonlySet<string>; readonly of: string; readonly platform: string },
): void {
  const { name, disks, cdrom, nics = 1 } = request;
  const { machine, platform } = recommendation;
  if (!families.names.has(machine.family)) {
    throw new InputError(
      'format-machine',
      `the ${machine.family} machine of ${platform.name ?? platform.id} is none of ${families.of}; take a platform that has one, such as ${families.platform}, or another format`,
    );
  }
  // Hypervisors make file names of it, and a leading dash would look like an option.
  if (!/^[\p{L}\p{N}][^/\p{C}]{0,119}$/u.test(name)) {
    throw new InputError(
      'format-name',
      `${JSON.stringify(name)} is no name for a machine: it begins with a letter or digit and has no / in it`,
    );
  }
  for (const path of [...disks.map((disk) => disk.path), ...(cdrom === undefined ? [] : [cdrom])]) {
    if (path === '' || /\p{Cc}/u.test(path)) {
      throw new InputError('format-path', `${JSON.stringify(path)} is no path of an image`);
    }
  }
  for (const { format } of disks) {
    if (!/^[a-z0-9]{1,16}$/.test(format)) {
      throw new InputError('format-image', `${JSON.stringify(format)} is no image format; qcow2, raw and vmdk are`);
    }
  }
  if (!Number.isInteger(nics) || nics < 0 || nics > MOST_NICS) {
    throw new InputError('format-nics', `${nics} network cards were asked for; 0 to ${MOST_NICS} can be had`);
  }
}

/**
 * Checks what a machine of QEMU's is given, by whatever tool describes it.
 * @throws InputError as `checkRequest` does, for a read-only disk where there are none, for more disks than there is room for
 */
export function checkQemuRequest(request: FormatRequest, recommendation: Recommendation): void {
  checkRequest(request, recommendation, { names: qemuMachines, of: "QEMU's", platform: 'kvm' });
  const { disks, cdrom } = request;
  const { bus } = recommendation.disk;
  const { machine } = recommendation;
  if (bus === 'ide' && machine.family !== 'pc') {
    throw new InputError(
      'format-ide',
      `the ${machine.family} machine has no IDE controller, and no other disk controller was found that the OS drives; take another platform`,
    );
  }
  if ((bus === 'ide' || bus === 'sata') && disks.some((disk) => disk.readonly)) {
    throw new InputError(
      'format-readonly',
      `a disk on ${bus} cannot be read-only: QEMU refuses it; give a copy to write to`,
    );
  }
  const drives = cdrom !== undefined && recommendation.cdrom.bus === bus ? 1 : 0;
  const most = (room[bus] ?? 20) - drives;
  if (disks.length > most) {
    throw new InputError(
      'format-disks',
      `${disks.length} disks were given, but ${bus} carries ${most} here; give fewer`,
    );
  }
}

/** Architectures whose emulator knows a processor with all that it can do; elsewhere the usual one is that. */
export const hasMaximumCpu = ({ arch }: Recommendation): boolean =>
  ['x86_64', 'i686', 'aarch64', 'armv7l', 's390x'].includes(arch);

/** What the controllers that machines are built with carry, and how many ports we leave to virtio disks. */
const room: Readonly<Record<string, number>> = { ide: 4, sata: 6, virtio: 12, scsi: 20 };

/** The guest's name for the n-th disk (from 0) of a bus: `vda`, `sdb`, `hdc`. */
export function targetName(bus: string, index: number): string {
  if (bus === 'nvme') return `nvme${index}n1`;
  const prefix = { virtio: 'vd', ide: 'hd', xen: 'xvd' }[bus] ?? 'sd';
  return `${prefix}${String.fromCharCode('a'.charCodeAt(0) + index)}`;
}

/** The OS is compiled for a level of x86-64 that some hosts in use do not reach. */
export const needsMoreThanAnyHost = ({ cpu: { baseline } }: Recommendation): boolean =>
  baseline !== undefined && /^x86-64-v[234]$/.test(baseline);

/**
 * The name of the machine: one version of it where the recommendation decided to pin one, else its family, which is the
 * newest version that the host has. The version that a platform merely goes up to pins nothing.
 */
export function machineName({ machine: { family, version }, why }: Recommendation): string {
  const pinned = why.some(({ decision, value }) => decision === 'machine.version' && value === version);
  return pinned ? (version ?? family) : family;
}

/** x86-64 levels as some hypervisors name them, by the oldest processor of QEMU's that reaches them. */
const levelModels: Readonly<Record<string, string>> = {
  'x86-64-v1': 'qemu64',
  'x86-64-v2': 'Nehalem',
  'x86-64-v3': 'Haswell-noTSX',
  'x86-64-v4': 'Skylake-Server-noTSX-IBRS',
};

/** QEMU's name of a processor model. */
export const qemuModel = (model: string): string => levelModels[model] ?? model;

/** The path of an image for what reads raw images only: of one in another format, the path that it is to be written to. */
export function rawImage({ path, format }: FormatDisk, reader: string, warnings: string[]): string {
  if (format === 'raw') return path;
  const raw = `${path.replace(/\.[a-z0-9]{1,8}$/i, '')}.raw`;
  warnings.push(`${reader} reads raw images only: qemu-img convert -O raw ${path} ${raw}`);
  return raw;
}
