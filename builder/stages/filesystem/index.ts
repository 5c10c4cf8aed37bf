// SPDX-License-Identifier: Apache-2.0
import { WorkError } from '../../../osinfo/errors.js';
import type { FilesystemPlan, FilesystemType } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { Place } from '../place.js';
import { makeBtrfs } from './btrfs.js';
import { makeErofs } from './erofs.js';
import { makeExt } from './ext.js';
import { makeFat } from './fat.js';
import { settleFolder } from './settle.js';
import { makeSquashfs } from './squashfs.js';
import { makeSwap } from './swap.js';
import type { FilesystemMaker, FilesystemSource } from './types.js';
import { makeXfs } from './xfs.js';

export { makeBtrfsVolume } from './btrfs.js';
export type { FilesystemSource } from './types.js';

const MAKERS: { readonly [type in FilesystemType]?: FilesystemMaker } = {
  ext2: makeExt,
  ext3: makeExt,
  ext4: makeExt,
  btrfs: makeBtrfs,
  vfat: makeFat,
  swap: makeSwap,
  squashfs: makeSquashfs,
  erofs: makeErofs,
  xfs: makeXfs,
};

/**
 * Makes one file system at its place in a file, with the files of its source. No device, no mount.
 * @throws InputError with the kickstart's line where the file system cannot hold what is in the source
 * @throws ToolError where its maker fails, as it does when the place is too small
 */
export async function makeFilesystem(
  context: StageContext,
  place: Place,
  filesystem: FilesystemPlan,
  source: FilesystemSource,
): Promise<void> {
  const make = MAKERS[filesystem.type];
  if (!make) throw new WorkError('no-maker', `no maker of ${filesystem.type} is known`);
  if (source.folder !== undefined) await settleFolder(context, source.folder);
  await make(context, place, filesystem, source);
}
