// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync, openSync, readSync, rmSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../../osinfo/errors.js';
import type { DiskFormat, ReadDisk, ReadVirtImage } from './model.js';

/** A disk of the descriptor as it is found on this machine. */
export interface FoundDisk {
  readonly disk: ReadDisk;
  /** Absolute; a name in the descriptor is looked for beside it. */
  readonly path: string;
  readonly kind: 'file' | 'block';
  /** Size of the disk that is to be made, since there is none; absent where there is one. */
  readonly blankBytes?: number;
}

const MiB = 1024 ** 2;
const SECTOR = 512;
/** The largest file that file systems in use hold. */
const MOST_BYTES = 16 * 1024 ** 4;

/**
 * Finds every disk of a descriptor: those of the system have to be there, others are to be made where they are not.
 * @param needed the disks that the chosen boot descriptor attaches; of others only what is there is looked at
 * @param warn gets a sentence for what is there and is likely not what was meant
 * @throws InputError with file:line for a disk that is missing, packed, or not what its format says
 */
export function findDisks(
  image: Pick<ReadVirtImage, 'file' | 'disks'>,
  needed: ReadonlySet<ReadDisk>,
  warn: (message: string) => void,
): FoundDisk[] {
  const folder = dirname(resolve(image.file));
  return image.disks.flatMap((disk): FoundDisk[] => {
    const path = resolve(folder, disk.file);
    const at = { file: image.file, line: disk.line };
    const found = statSync(path, { throwIfNoEntry: false });
    if (found) {
      if (!found.isFile() && !found.isBlockDevice())
        throw new InputError('disk-kind', `${path} is no disk image and no block device`, at);
      checkFormat(path, found, disk.format, at, warn);
      return [{ disk, path, kind: found.isBlockDevice() ? 'block' : 'file' }];
    }
    return needed.has(disk) ? [missingDisk(disk, path, folder, at)] : [];
  });
}

type At = { readonly file: string; readonly line: number };

function missingDisk(disk: ReadDisk, path: string, folder: string, at: At): FoundDisk {
  const packed = [disk.transport?.file, ...['.xz', '.zst', '.gz'].map((end) => `${disk.file}${end}`)];
  const there = packed.find((file) => file !== undefined && existsSync(resolve(folder, file)));
  if (there !== undefined)
    throw new InputError('disk-packed', `disk ${path} does not exist: unpack ${resolve(folder, there)} first`, at);
  if (disk.use === 'system') throw new InputError('disk-missing', `System disk ${path} does not exist`, at);
  if (disk.format === 'iso') throw new InputError('disk-iso', 'Cannot create storage for cdrom device.', at);
  // A blank could not have the content that the digest is of.
  if (Object.keys(disk.checksums).some((type) => type !== ''))
    throw new InputError('disk-missing', `disk ${path} does not exist, and its checksum says that it is no blank`, at);
  const blankBytes = sizeOf(disk, path, at);
  if (!existsSync(dirname(path)))
    throw new InputError('disk-folder', `the folder ${dirname(path)} does not exist: make it first`, at);
  return { disk, path, kind: 'file', blankBytes };
}

/** MiB, with a fraction if need be, as whole sectors. */
function sizeOf({ size }: ReadDisk, path: string, at: At): number {
  if (size === undefined)
    throw new InputError('disk-size', `Size must be specified for non existent volume path '${path}'`, at);
  const bytes = /^\d{1,12}(?:\.\d{1,9})?$/.test(size.trim()) ? Math.ceil((Number(size) * MiB) / SECTOR) * SECTOR : 0;
  if (bytes > 0 && bytes <= MOST_BYTES) return bytes;
  throw new InputError('disk-size', `the size of a disk is a number of MiB, but is '${size.slice(0, 80)}'`, at);
}

/** How images of a format begin; the others cannot be told by it. */
const MAGIC: Readonly<Partial<Record<DiskFormat, readonly string[]>>> = {
  qcow2: ['QFI\u00fb'],
  qcow: ['QFI\u00fb'],
  vmdk: ['KDMV', 'COWD', '# Di'],
  vhdx: ['vhdx'],
};

/**
 * A guest can write any header into a raw disk: what the file looks like is never taken, only said.
 * @throws InputError for a format whose header is not there
 */
function checkFormat(path: string, found: Stats, format: DiskFormat, at: At, warn: (message: string) => void): void {
  const head = readHead(path, found, at);
  const looks = head === 'QFI\u00fb' ? 'qcow2' : head === 'KDMV' ? 'vmdk' : undefined;
  if (format === 'raw' && looks !== undefined)
    warn(`${at.file}:${at.line}: the disk ${path} is raw by the descriptor, but begins as a ${looks} image`);
  const magic = MAGIC[format];
  // A flat extent of VMware's is raw, and old descriptors call it vmdk.
  if (magic && format !== 'vmdk' && !magic.includes(head))
    throw new InputError('disk-format', `${path} is no ${format} image, as the descriptor says`, at);
}

function readHead(path: string, found: Stats, at: At): string {
  const bytes = Buffer.alloc(4);
  try {
    if (found.isFile() && found.size < 4) return '';
    const handle = openSync(path, 'r');
    try {
      readSync(handle, bytes, 0, 4, 0);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw new InputError('disk-unreadable', `${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`, at);
  }
  return bytes.toString('latin1');
}

/** Takes away what was made, if it is still there. */
export function removeFiles(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}
