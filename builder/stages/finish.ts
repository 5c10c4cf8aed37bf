// SPDX-License-Identifier: Apache-2.0
import type { StageContext } from '../run/context.js';
import { bootFilesState, checkBoot, provideGrubFont, writeUefiLoader } from './boot/index.js';
import { mountPoints, provideMountPoint } from './disks/folders.js';

/**
 * What the tree has from its disks, after the last of `%post`, which may have undone it: a folder for each mount point, the
 * font of a boot menu that wants one, and the boot loader of UEFI.
 * So the tree that is labelled and archived is the one that the images hold.
 * @param bootBefore what `bootFilesState` said before the scripts: what they left alone has been looked at
 * @throws InputError where a mount point is a link; WorkError for an initramfs that could not find the root
 */
export async function finishTree(context: StageContext, bootBefore: string): Promise<void> {
  const { disks, storage, boot } = context.plan;
  for (const point of mountPoints(disks, storage)) provideMountPoint(context, point);
  if (boot.loader !== 'grub') return;
  if (bootFilesState(context.tree) !== bootBefore) await checkBoot(context);
  provideGrubFont(context);
  await writeUefiLoader(context);
}
