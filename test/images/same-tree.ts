// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Plan } from '../../builder/plan/types.js';
import { listTar } from './list-tar.js';
import { readBack } from './read-back.js';
import { type CompareRules, compareTrees } from './tree-listing.js';

/** Reads the tree back from the images, and says in what it is not the one of the `tar` that was installed. */
export async function treeDifferences(
  plan: Plan,
  disks: readonly { readonly path: string; readonly format: string }[],
  tar: string,
): Promise<readonly string[]> {
  const image = await readBack({ disks, mounts: mountsOf(plan), luks: plan.storage.luks });
  return compareTrees(listTar(tar), image, compareRules(plan));
}

/** What is mounted where; a root that is never written to is in no fstab. */
function mountsOf({ system, storage, boot }: Plan): Plan['system']['fstab'] {
  const { readOnly, argument } = storage.root;
  if (!readOnly) return system.fstab;
  return [{ source: argument, target: '/', type: boot.rootFilesystem, options: 'ro', pass: 0 }, ...system.fstab];
}

/** What no file system of the plan holds, or makes by itself. */
function compareRules(plan: Plan): CompareRules {
  const at = (types: readonly string[]): string[] =>
    mountsOf(plan)
      .filter(({ type }) => types.includes(type))
      .map(({ target }) => target);
  return {
    fat: at(['vfat']),
    squashfs: at(['squashfs']),
    seconds: at(['ext2']),
    ignored: at(['ext2', 'ext3', 'ext4']).map((target) => join(target, 'lost+found')),
  };
}
