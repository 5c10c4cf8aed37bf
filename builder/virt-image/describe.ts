// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../../osinfo/recommend/types.js';
import type { Digests, DiskFacts, DiskFormat, Resources, StorageDisk, VirtImage } from './model.js';

export interface ApplianceDisk extends Omit<DiskFacts, 'transport'> {
  /** Name of the file beside the descriptor; `.xz`, `.zst` and `.gz` stand for a packed disk. */
  readonly file: string;
  readonly format: DiskFormat;
  readonly use: StorageDisk['use'];
  readonly sizeMiB?: number;
  /** Of the file as it is stored. */
  readonly checksums: Digests;
}

export interface Appliance {
  readonly name: string;
  readonly version?: string;
  readonly release?: string;
  readonly label?: string;
  readonly description?: string;
  readonly recommendation: Recommendation;
  /** Guest architecture: `x86_64`. */
  readonly arch: string;
  readonly disks: readonly ApplianceDisk[];
  /** Network interfaces. Default 1. */
  readonly interfaces?: number;
  /** Where they are known: what the OS asks for at least. */
  readonly minimum?: Resources;
  /** What the disks can be started with. An old reader only knows BIOS, and is told when that is not among them. */
  readonly imageFirmware?: readonly ('bios' | 'uefi')[];
}

/**
 * The descriptor of an appliance: what was recommended, in the format's own words where it has them (IDE names as in the
 * files of appliance-creator: old readers attach the disks to what they find) and in ours where it has none.
 */
export function describeAppliance(appliance: Appliance): VirtImage {
  const { recommendation } = appliance;
  const disks = appliance.disks.map(storageDisk);
  const description = describe(appliance);
  return {
    name: appliance.name,
    ...(appliance.version === undefined ? {} : { version: appliance.version }),
    ...(appliance.release === undefined ? {} : { release: appliance.release }),
    ...(appliance.label === undefined ? {} : { label: appliance.label }),
    ...(description === '' ? {} : { description }),
    boots: [
      {
        type: 'hvm',
        arch: appliance.arch,
        loaderDev: 'hd',
        drives: disks.map((disk, index) => ({
          disk: disk.file,
          target: `hd${driveLetters(index)}`,
          bus: recommendation.disk.bus,
        })),
      },
    ],
    vcpus: recommendation.cpu.count,
    memoryKiB: Math.ceil(recommendation.memoryBytes / 1024),
    interfaces: appliance.interfaces ?? 1,
    interfaceModel: recommendation.nic.model,
    graphics: recommendation.graphics.type !== 'none',
    disks,
    modern: {
      os: recommendation.os,
      ...(appliance.minimum ? { minimum: appliance.minimum } : {}),
      recommended: {
        vcpus: recommendation.cpu.count,
        memoryBytes: recommendation.memoryBytes,
        storageBytes: recommendation.storageBytes,
      },
      deployments: [
        {
          boot: 0,
          platform: recommendation.platform.id,
          machine: recommendation.machine.family,
          firmware: recommendation.firmware,
          cpu: {
            mode: recommendation.cpu.mode,
            ...(recommendation.cpu.baseline === undefined ? {} : { baseline: recommendation.cpu.baseline }),
          },
          video: recommendation.video.model,
          ...(recommendation.tpm ? { tpm: recommendation.tpm } : {}),
          rng: recommendation.rng,
          serialConsole: recommendation.serialConsole,
          channels: recommendation.channels,
          clockOffset: recommendation.clock.offset,
        },
      ],
    },
  };
}

/** A packed disk is described as what it will be; the digests are those of the packed file. */
function storageDisk(disk: ApplianceDisk): StorageDisk {
  const unpacked = /^(.+)\.(?:xz|zst|gz)$/.exec(disk.file)?.[1];
  if (unpacked === undefined) return disk;
  const { lengthBytes: _, allocationBytes: __, commitmentBytes: ___, ...facts } = disk;
  return { ...facts, file: unpacked, checksums: {}, transport: { file: disk.file, checksums: disk.checksums } };
}

function describe(appliance: Appliance): string {
  const parts = appliance.description === undefined ? [] : [appliance.description];
  if (appliance.imageFirmware && !appliance.imageFirmware.includes('bios')) {
    parts.push('It starts with UEFI firmware only.');
  }
  return parts.join(' ');
}

/** `a` to `z`, then `aa`, `ab`…: the names that Linux and libvirt give to disks. */
export function driveLetters(index: number): string {
  const last = String.fromCharCode('a'.charCodeAt(0) + (index % 26));
  return index < 26 ? last : driveLetters(Math.floor(index / 26) - 1) + last;
}
