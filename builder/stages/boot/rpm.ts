// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { StageContext } from '../../run/context.js';
import { insideTree, writeTreeFile } from '../files.js';
import { isSuse, readOsRelease } from '../os-release.js';
import { writeEntries } from './bls.js';
import { makeInitramfsByDracut } from './dracut.js';
import { prepareEfiVendor } from './efi-vendor.js';
import { usedEfiVendor } from './grub-home.js';
import { kernelWords } from './kernel-words.js';
import { makeOwnMenu } from './own-menu.js';
import { writePlainMenu } from './plain-menu.js';
import { writeStorageFiles } from './storage-files.js';

/** A kernel of the tree; paths without a slash at the beginning. */
export interface Kernel {
  readonly version: string;
  readonly image: string;
  readonly initramfs: string;
}

/**
 * Initramfs and boot menu of an rpm system. What its packages made of them while they were installed was made without
 * knowing the disks, so both are made anew, once.
 * @throws WorkError where the system has no kernel, or nothing that makes an initramfs
 */
export async function setUpRpmBootFiles(context: StageContext): Promise<void> {
  const { tree } = context;
  writeStorageFiles(context, 'etc/mdadm.conf');
  const kernels = placeKernels(context);
  if (kernels.length === 0)
    throw new WorkError(
      'no-kernel',
      'no kernel was installed; add one to %packages, such as kernel-core or kernel-default',
    );
  const words = kernelWords(context.plan);
  // Read by kernel-install(8) for every kernel that comes later, in place of the words of the running machine.
  writeTreeFile(tree, 'etc/kernel/cmdline', `${words}\n`);
  await makeInitramfsByDracut(context, kernels);
  context.detail('configure', 'boot menu');
  const release = readOsRelease(tree);
  if (!(await makeOwnMenu(context))) writePlainMenu(context, kernels, words, release);
  // After the menu: Fedora's grub2-mkconfig changes the entries that it finds.
  if (!isSuse(release)) writeEntries(context, kernels, words, release);
  const vendor = usedEfiVendor(context);
  if (vendor) prepareEfiVendor(context, vendor);
}

/** Versions of the kernels of a tree, the newest first. */
export function findKernels(tree: string, arch: string): string[] {
  const versions = new Set([...packagedVersions(tree), ...bootVersions(tree, imageName(tree, arch))]);
  return [...versions].sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

/** SUSE's kernels of 64-bit ARM are not packed, and are called so. */
function imageName(tree: string, arch: string): string {
  const isImage = arch === 'aarch64' && isSuse(readOsRelease(tree));
  return isImage ? 'Image' : 'vmlinuz';
}

/** Each kernel with its image in /boot, where the boot loader reads it. */
function placeKernels({ tree, plan }: StageContext): Kernel[] {
  const initramfs = isSuse(readOsRelease(tree)) ? (version: string) => `boot/initrd-${version}` : redHatName;
  const image = imageName(tree, plan.arch.name);
  return findKernels(tree, plan.arch.name).map((version) => {
    const path = `boot/${image}-${version}`;
    const place = insideTree(tree, path);
    if (!lstatSync(place, { throwIfNoEntry: false })) {
      mkdirSync(join(tree, 'boot'), { recursive: true });
      copyFileSync(insideTree(tree, `usr/lib/modules/${version}/${image}`), place);
    }
    return { version, image: path, initramfs: initramfs(version) };
  });
}

const redHatName = (version: string): string => `boot/initramfs-${version}.img`;

/** Kernels whose image lies beside their modules, as packages of Fedora, Red Hat and SUSE have it. */
function packagedVersions(tree: string): string[] {
  const folder = join(tree, 'usr/lib/modules');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((version) =>
    ['vmlinuz', 'Image'].some((image) => existsSync(join(folder, version, image))),
  );
}

/** Kernels in /boot whose modules are there; rescue images have none of their own. */
function bootVersions(tree: string, image: string): string[] {
  if (!existsSync(join(tree, 'boot'))) return [];
  return readdirSync(join(tree, 'boot'))
    .flatMap((name) => (name.startsWith(`${image}-`) ? [name.slice(image.length + 1)] : []))
    .filter((version) => ['usr/lib/modules', 'lib/modules'].some((one) => existsSync(join(tree, one, version))));
}
