// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Deployment, ReadBoot, ReadVirtImage } from '../virt-image/model.js';
import { readVirtImage } from '../virt-image/read.js';
import { deploymentOf } from '../virt-image/recommend-machine.js';
import { cpuCount, diskBytes } from './numbers.js';
import { field, Losses, maybe, quoted, refuseTooMany } from './said.js';
import type { MachineDescription, SourceBus, SourceDisk } from './types.js';

const BUSES: ReadonlySet<string> = new Set(['virtio', 'scsi', 'sata', 'ide', 'nvme', 'xen', 'usb']);

/**
 * Reads a virt-image descriptor: the first of its boots that is of full virtualization.
 * @throws InputError with file:line for what is none, or has no such boot
 */
export function readVirtImageMachine(xml: string | Uint8Array, file: string): MachineDescription {
  const image = readVirtImage(xml, file);
  const losses = new Losses();
  for (const { line, message } of image.warnings) losses.note(line, message);
  const index = image.boots.findIndex(({ type }) => type === 'hvm');
  const boot = image.boots[index];
  if (boot === undefined)
    throw new InputError('convert-virt-image', 'it describes no machine of full virtualization', { file });
  for (const other of image.boots)
    if (other !== boot) losses.add(other.line, `another way to start it: ${other.type}, ${other.arch}`);
  const { kernel } = boot;
  if (kernel !== undefined)
    losses.add(boot.line, `the kernel that the host starts it with (${quoted(kernel)}): it has to start from its disk`);
  const own = deploymentOf(image, index);
  const drives = drivesOf(boot, file);
  refuseTooMany(drives.disks, 'disks', file);
  const used = new Set(boot.drives.map(({ disk }) => disk));
  for (const disk of image.disks)
    if (!used.has(disk)) losses.add(disk.line, `the whole disk ${quoted(disk.file)}, which is plugged in nowhere`);
  const count = cpuCount(image.vcpus);
  if (count === undefined)
    throw new InputError('convert-cpus', `${quoted(image.vcpus)} is no number of processors`, { file });
  return {
    kind: 'virt-image',
    file,
    ...field('name', image.name, 1),
    ...osOf(image),
    ...field('arch', boot.arch, boot.line),
    firmware: { value: own?.firmware?.type === 'uefi' ? 'uefi' : 'bios', line: boot.line },
    ...(own?.firmware?.type === 'uefi' ? field('secureBoot', own.firmware.secureBoot, boot.line) : {}),
    ...field('memoryBytes', image.memoryKiB === undefined ? undefined : image.memoryKiB * 1024, 1),
    cpus: { value: count, line: boot.line },
    ...drives,
    nics: Array.from({ length: Math.min(image.interfaces, 64) }, () => ({
      ...maybe('model', image.interfaceModel),
      line: boot.line,
    })),
    ...(image.graphics ? {} : field('graphics', 'none' as const, boot.line)),
    ...extensionOf(own, boot.line),
    lost: losses.all,
  };
}

function osOf({ modern }: ReadVirtImage): Pick<MachineDescription, 'os'> {
  const os = modern?.os;
  return os === undefined ? {} : { os: { value: { id: os.id, ...maybe('word', os.shortId) }, line: 1 } };
}

function drivesOf(boot: ReadBoot, file: string): Pick<MachineDescription, 'disks' | 'cdroms'> {
  const bus = (word: string | undefined): SourceBus | undefined =>
    word !== undefined && BUSES.has(word) ? (word as SourceBus) : undefined;
  const isIso = ({ disk }: ReadBoot['drives'][number]): boolean => disk.format === 'iso';
  return {
    disks: boot.drives
      .filter((drive) => !isIso(drive))
      .map(({ disk, bus: word, line }): SourceDisk => {
        const mebibytes = disk.size === undefined ? undefined : Math.ceil(Number(disk.size));
        const capacity = mebibytes === undefined ? undefined : diskBytes(String(mebibytes), 1024 ** 2);
        if (disk.size !== undefined && capacity === undefined)
          throw new InputError('disk-size', `the size of a disk is a number of MiB, but is ${quoted(disk.size)}`, {
            file,
            line: disk.line,
          });
        return {
          file: disk.file,
          format: disk.format,
          ...maybe('bus', bus(word)),
          ...(disk.use === 'system' ? {} : maybe('capacityBytes', capacity)),
          digests: disk.checksums,
          line: disk.line ?? line,
        };
      }),
    cdroms: boot.drives
      .filter(isIso)
      .map(({ disk, bus: word }) => ({ file: disk.file, ...maybe('bus', bus(word)), line: disk.line })),
  };
}

/** What the writer of the descriptor had decided. */
function extensionOf(own: Deployment | undefined, line: number): Partial<MachineDescription> {
  if (own === undefined) return {};
  const { version, model } = own.tpm ?? {};
  return {
    ...field('machine', own.machine, line),
    ...field('video', own.video, line),
    tpm: {
      value: own.tpm
        ? { ...maybe('model', model), ...(version === '1.2' || version === '2.0' ? { version } : {}) }
        : false,
      line,
    },
    rng: { value: own.rng, line },
    serialConsole: { value: own.serialConsole, line },
    agentChannel: { value: own.channels.includes('org.qemu.guest_agent.0'), line },
    ...field('clock', own.clockOffset, line),
  };
}
