// SPDX-License-Identifier: Apache-2.0
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../errors.js';
import type { Db } from '../../model/types.js';
import { efiFiles, hasBiosCode, isEfiPartition } from './boot.js';
import { Budget, counted } from './budget.js';
import { type Bytes, damaged, unsupported } from './bytes.js';
import { openDisk } from './container/open.js';
import type { Disk, OpenBeside } from './container/types.js';
import { attempt, guarded } from './guarded.js';
import { findGuests } from './guest/find.js';
import { HostFile } from './host-file.js';
import { readPartitions } from './partitions/scan.js';
import type { GuestInspection, ImageFormat, ImageInspection, InspectOptions, VolumeInspection } from './types.js';
import { openVolumes } from './volumes.js';

/**
 * Which OS is installed in a disk image: raw, qcow2, vmdk, vhdx, vdi or vpc; GPT, MBR, LVM or neither; ext2/3/4, xfs,
 * btrfs, vfat, ntfs. The file is only read, by readers of our own: no program is started, nothing is mounted, and no
 * other file is opened but the extents of a VMDK descriptor in its own folder. What cannot be read is said in `notes`
 * and `skipped`.
 * @throws InputError when there is no such file, or it is no disk image that can be read
 */
export async function inspectImage(path: string, options: InspectOptions = {}): Promise<ImageInspection> {
  const db = options.db ?? (await import('../../open.js')).openDb();
  const opened: HostFile[] = [];
  const budget = new Budget(options.limits);
  const open = (name: string, follow: boolean) => {
    const file = new HostFile(name, follow);
    opened.push(file);
    return counted(file, budget);
  };
  const openBeside = (name: string) => {
    const plain = name !== '' && name === basename(name) && !name.includes('\0') && name !== '.' && name !== '..';
    if (!plain) throw unsupported('the VMDK descriptor names a file in another folder, which is never opened');
    if (opened.some((file) => file.path === join(dirname(path), name))) throw damaged('a VMDK that is its own extent');
    return open(join(dirname(path), name), false);
  };
  try {
    return guarded(() => inspectBytes(path, open(path, true), openBeside, budget, db, options.format));
  } catch (error) {
    if (!(error instanceof InputError) || error.at) throw error;
    throw new InputError(error.code, error.message, { file: path }, { cause: error });
  } finally {
    for (const file of opened) file.close();
  }
}

/**
 * As `inspectImage`, for a file that is open.
 * @throws InputError when it is no disk image that can be read
 */
export function inspectBytes(
  path: string,
  file: Bytes,
  openBeside: OpenBeside,
  budget: Budget,
  db: Db,
  format?: ImageFormat,
): ImageInspection {
  if (file.length === 0) throw damaged('the file is empty');
  const opened = openDisk(file, openBeside, format);
  const disk: Disk = { ...opened, bytes: counted(opened.bytes, budget) };
  const notes = [...disk.notes];
  const table = readPartitions(disk.bytes);
  notes.push(...table.notes);
  const volumes: VolumeInspection[] = [];
  const guests: GuestInspection[] = [];
  const loaders: string[] = [];
  for (const { inspection, fileSystem } of openVolumes(disk.bytes, table)) {
    let skipped: string | undefined;
    if (fileSystem) {
      const found = attempt(() => findGuests(inspection.name, fileSystem, db, notes));
      if ('failure' in found) skipped = found.failure;
      else guests.push(...found.value);
      if (isEfiPartition(inspection.partitionType) || fileSystem.type === 'vfat') {
        const files = attempt(() => efiFiles(fileSystem));
        if ('failure' in files) skipped = files.failure;
        else loaders.push(...files.value);
      }
    }
    volumes.push(skipped === undefined ? inspection : { ...inspection, skipped });
  }
  return {
    path,
    format: disk.format,
    capacityBytes: disk.bytes.length,
    partitionTable: table.kind,
    volumes,
    boot: { bios: hasBiosCode(disk.bytes, table), uefi: loaders.length > 0, efiFiles: loaders },
    guests,
    notes,
  };
}
