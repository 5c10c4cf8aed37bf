// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { Plan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { insideTree } from '../files.js';
import type { GrubCore } from './core.js';

/**
 * Puts GRUB into the tree, on each EFI system partition, where firmware looks for what it starts from a disk of which it
 * knows nothing. A partition that is the copy of another, and the members of a mirror, get what that has.
 * @throws WorkError where no EFI system partition is mounted
 */
export function writeEfiFile(context: StageContext, core: GrubCore): void {
  const mountpoints = espMountpoints(context.plan);
  if (mountpoints.length === 0)
    throw new WorkError('no-esp', 'no EFI system partition is mounted; add `part /boot/efi --fstype=efi --size=64`');
  for (const mountpoint of mountpoints) {
    const file = insideTree(context.tree, join(mountpoint, 'EFI/BOOT', core.platform.efiFile!));
    const changed = makeFolders(dirname(file));
    rmSync(file, { force: true });
    writeFileSync(file, core.bytes, { mode: 0o644 });
    const epoch = context.plan.outputs.sourceDateEpoch;
    if (epoch !== undefined) for (const path of [file, ...changed]) utimesSync(path, epoch, epoch);
  }
}

/** Where the finished system has its EFI system partitions, on plain partitions or on mirrors. */
export function espMountpoints({ disks, storage }: Pick<Plan, 'disks' | 'storage'>): string[] {
  const devices = [...disks.flatMap((disk) => disk.partitions), ...storage.raids];
  return devices.flatMap(({ role, mountpoint }) => (role === 'esp' && mountpoint !== undefined ? [mountpoint] : []));
}

/** Makes a folder and those above it, and names all that changed, from the top. */
function makeFolders(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })) return [folder];
  const changed = makeFolders(dirname(folder));
  mkdirSync(folder, { mode: 0o755 });
  return [...changed, folder];
}
