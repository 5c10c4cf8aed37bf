// SPDX-License-Identifier: Apache-2.0
import { parseKickstart } from '../../../../builder/kickstart/index.js';
import { planStorage, type StorageContext, type StoragePlan } from '../../../../builder/plan/storage.js';

export const MIB = 1024 * 1024;
export const GIB = 1024 * MIB;

/** A machine of 2 GiB for which the database recommends a disk of 20 GiB. */
export const CONTEXT: StorageContext = {
  name: 'test',
  bootable: true,
  arch: 'x86_64',
  osName: 'Test OS',
  defaultFilesystem: 'ext4',
  recommended: () => ({ memoryBytes: 2 * GIB, storageBytes: 20 * GIB }),
};

/** The layout of a kickstart's text. */
export function plan(text: string, change: Partial<StorageContext> = {}): StoragePlan {
  return planStorage(parseKickstart(text, 'test.ks'), { ...CONTEXT, ...change });
}

/** Disk, role, mount point, start and size in MiB of every partition. */
export function rows({ disks }: StoragePlan): (string | number)[][] {
  return disks.flatMap((disk) =>
    disk.partitions.map((one) => [one.id, one.role, one.mountpoint ?? '-', one.startBytes / MIB, one.sizeBytes / MIB]),
  );
}
