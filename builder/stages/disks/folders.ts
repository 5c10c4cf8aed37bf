// SPDX-License-Identifier: Apache-2.0
import { lstatSync, mkdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../osinfo/errors.js';
import type { At } from '../../kickstart/model.js';
import type { DiskPlan, StorageLayers } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { WHOLE_TREE } from '../../run/tar-words.js';

/** A path that the finished system mounts something at. */
export interface MountPoint {
  readonly path: string;
  /** The kickstart's line; absent where the planner added it. */
  readonly at: At | undefined;
}

/** The folders of the tree that go into the file systems. */
export interface Folders {
  /** What lies below a mount point, with an empty folder for each mount point below that. */
  of(mountpoint: string): string;
  /** Takes the mounts away that hid what lies below other mount points. */
  close(): Promise<void>;
}

/** Every mount point of a plan, once, those above others first. */
export function mountPoints(disks: readonly DiskPlan[], storage: StorageLayers): MountPoint[] {
  const devices = [
    ...disks.flatMap((disk) => disk.partitions),
    ...storage.raids,
    ...storage.luks,
    ...storage.volumeGroups.flatMap((group) => group.logicalVolumes),
    ...storage.btrfs,
    ...storage.btrfs.flatMap((volume) => volume.subvolumes),
  ];
  return devices
    .flatMap(({ mountpoint, at }) => (mountpoint === undefined ? [] : [{ path: mountpoint, at }]))
    .sort((a, b) => depth(a.path) - depth(b.path));
}

function depth(path: string): number {
  return path.split('/').filter((one) => one !== '').length;
}

/**
 * Makes for each mount point a folder with its part of the tree. What lies below another mount point is hidden in a view
 * of the folder by mounts in the build's own name space: the tree stays whole, so that the file systems can be made in any
 * order.
 */
export async function openFolders(context: StageContext, points: readonly MountPoint[]): Promise<Folders> {
  const views = new Map<string, string>();
  for (const { path } of points) {
    const below = points.map((one) => one.path).filter((other) => isBelow(other, path));
    const nearest = below.filter((one) => !below.some((other) => isBelow(one, other)));
    if (nearest.length > 0) views.set(path, await makeView(context, path, nearest, views.size));
  }
  return {
    of: (mountpoint) => views.get(mountpoint) ?? join(context.tree, mountpoint),
    close: async () => {
      for (const view of views.values()) await context.tool(['umount', '--recursive', '--', view]);
    },
  };
}

function isBelow(path: string, above: string): boolean {
  return path !== above && path.startsWith(above === '/' ? '/' : `${above}/`);
}

/**
 * Makes a mount point that the tree lacks, step by step from the top: `%post` may have made any of the folders a link.
 * @throws InputError where one is, which would lead into files of this machine
 */
export function provideMountPoint(context: StageContext, { path, at }: MountPoint): void {
  let folder = context.tree;
  for (const name of path.split('/').filter((one) => one !== '' && one !== '.')) {
    const parent = folder;
    folder = join(folder, name);
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (found?.isDirectory()) continue;
    if (found) {
      throw new InputError(
        'mount-point-link',
        `${path} is a link in the finished tree; a mount point has to be a folder`,
        at,
      );
    }
    makeFolder(context, parent, folder);
  }
}

/** A new folder; where outputs are to be the same bytes each time, it is as old as they, and its parent as it was. */
function makeFolder(context: StageContext, parent: string, folder: string): void {
  const { atimeMs, mtimeMs } = statSync(parent);
  mkdirSync(folder);
  utimesSync(parent, atimeMs / 1000, mtimeMs / 1000);
  const epoch = context.plan.outputs.sourceDateEpoch;
  if (epoch !== undefined) utimesSync(folder, epoch, epoch);
}

/** A folder of the tree seen apart, with a stand-in over each mount point in it. */
async function makeView(
  context: StageContext,
  path: string,
  hidden: readonly string[],
  index: number,
): Promise<string> {
  const view = join(context.scratch, `view-${index}`);
  mkdirSync(view);
  await context.tool(['mount', '--bind', '--', join(context.tree, path), view]);
  for (const [number, below] of hidden.entries()) {
    const standIn = join(context.scratch, `view-${index}-${number}`);
    mkdirSync(standIn);
    await copyFolderItself(context, join(context.tree, below), standIn);
    await context.tool(['mount', '--bind', '--', standIn, join(view, below.slice(path === '/' ? 1 : path.length + 1))]);
  }
  return view;
}

/** Owner, mode, times and attributes of a folder, without what lies in it. */
async function copyFolderItself(context: StageContext, from: string, to: string): Promise<void> {
  const archive = join(context.scratch, 'folder.tar');
  const kept = [...WHOLE_TREE, '--file', archive];
  await context.tool(['tar', '--create', ...kept, '--format=posix', '--no-recursion', '--directory', from, '.']);
  await context.tool(['tar', '--extract', ...kept, '--preserve-permissions', '--same-owner', '--directory', to]);
}
