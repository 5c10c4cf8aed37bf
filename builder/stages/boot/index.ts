// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { StageContext } from '../../run/context.js';
import { kernelVersions } from '../configure.js';
import { makeInitramfsByDracut } from './dracut.js';
import { hasInitramfsTools, makeInitramfs, restoreUpdateInitramfs } from './initramfs.js';
import { checkInitramfs } from './initramfs-check.js';
import { initramfsWords } from './kernel-words.js';
import { makeBootMenu } from './menu.js';
import { setUpRpmBootFiles } from './rpm.js';
import { writeStorageFiles } from './storage-files.js';

export { provideGrubFont } from './grub-files.js';
export { writeBiosLoader, writeUefiLoader } from './loader.js';

/**
 * What the system starts from: what it is told of its devices, the initramfs that is made of that, and the boot menu, all
 * by the system's own tools, which find no disks here. The order matters: what the initramfs is made of is written before
 * it is made, once.
 * @throws WorkError where there is no kernel, or an initramfs that could not find the root
 */
export async function setUpBootFiles(context: StageContext): Promise<void> {
  if (context.plan.os.family === 'rpm') {
    await setUpRpmBootFiles(context);
    return;
  }
  writeStorageFiles(context, 'etc/mdadm/mdadm.conf');
  const versions = kernelVersions(readdirSync(join(context.tree, 'boot')));
  if (versions.length === 0)
    throw new WorkError(
      'no-kernel',
      'no kernel was installed in /boot; add one to %packages, such as linux-image-amd64',
    );
  if (hasInitramfsTools(context.tree)) {
    await makeInitramfs(context, versions);
    await checkBoot(context);
    await makeBootMenu(context, []);
  } else {
    await restoreUpdateInitramfs(context);
    await makeInitramfsByDracut(
      context,
      versions.map((version) => ({ version, initramfs: imageOf(version) })),
    );
    await makeBootMenu(context, initramfsWords(context.plan.storage));
  }
}

const imageOf = (version: string): string => `boot/initrd.img-${version}`;

/** Looks whether each kernel's initramfs, where initramfs-tools made it, finds the root: `%post` may have made it anew. */
export async function checkBoot(context: StageContext): Promise<void> {
  const { tree, plan } = context;
  if (plan.os.family !== 'deb' || !hasInitramfsTools(tree)) return;
  for (const version of kernelVersions(readdirSync(join(tree, 'boot'))))
    await checkInitramfs(context, imageOf(version), version);
}

/**
 * What the files of /boot are, to see whether somebody changed one: what a change does to a file's state cannot be taken
 * back (stat(2), ctime). Folders are none: a mount point is made for the scripts.
 */
export function bootFilesState(tree: string): string {
  const folder = join(tree, 'boot');
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return '';
  return readdirSync(folder)
    .map((name) => ({ name, stat: lstatSync(join(folder, name), { bigint: true }) }))
    .filter(({ stat }) => !stat.isDirectory())
    .map(({ name, stat: { ino, size, ctimeNs } }) => `${name}\0${ino} ${size} ${ctimeNs}`)
    .sort()
    .join('\0');
}
