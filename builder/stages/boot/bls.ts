// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StageContext } from '../../run/context.js';
import { insideTree, writeTreeFile } from '../files.js';
import type { OsRelease } from '../os-release.js';
import { pathForGrub } from './grub-home.js';
import type { Kernel } from './rpm.js';

const FOLDER = 'boot/loader/entries';

/** Entries begin with the machine's id; those of an image are of no machine, and sort and work like others. */
const NO_MACHINE = 'f'.repeat(32);

/**
 * Entries of the Boot Loader Specification (uapi-group.org, type 1), a file for each kernel: Fedora's and Red Hat's GRUB
 * reads them, and grubby(8) changes them. Those that packages wrote while they were installed have the words of the
 * machine that builds, and are replaced.
 */
export function writeEntries(
  context: StageContext,
  kernels: readonly Kernel[],
  words: string,
  release: OsRelease,
): void {
  const { tree } = context;
  const folder = insideTree(tree, `${FOLDER}/x`).slice(0, -2);
  if (existsSync(folder)) {
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.conf'))) rmSync(join(folder, name));
  }
  for (const { version, image, initramfs } of kernels) {
    const lines = [
      `title ${release.name} (${version})`,
      `version ${version}`,
      `linux ${pathForGrub(context, image)}`,
      `initrd ${pathForGrub(context, initramfs)}`,
      `options ${words}`,
      'grub_users $grub_users',
      'grub_arg --unrestricted',
      `grub_class ${release.id}`,
    ];
    writeTreeFile(tree, `${FOLDER}/${NO_MACHINE}-${version}.conf`, `${lines.join('\n')}\n`);
  }
}
