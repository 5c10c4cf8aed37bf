// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StageContext } from '../../run/context.js';
import { hasInTree } from '../files.js';
import { type Firmware, grubPlatform } from './platforms.js';

/** Whose GRUB makes the core images, and where its modules for one platform lie. */
export interface GrubHome {
  /** The tree's own, or the one of the machine that builds. */
  readonly root: 'tree' | 'builder';
  /** The program's name: Fedora's and SUSE's end in 2. */
  readonly mkimage: string;
  /** The platform's folder as it is called inside that root. */
  readonly modules: string;
}

/** Where distributions keep GRUB's modules, a folder for each platform. */
const MODULES = ['usr/lib/grub', 'usr/share/grub2'] as const;

/** What the folder of the boot menu, and the programs, are called: `grub` of deb systems, `grub2` of rpm systems. */
export function grubName({ plan }: StageContext): 'grub' | 'grub2' {
  return plan.os.family === 'deb' ? 'grub' : 'grub2';
}

/** A file below `boot/`, by its path on the file system that GRUB reads. */
export function pathForGrub({ plan }: StageContext, file: string): string {
  return `${plan.storage.boot.path}${file.slice('boot'.length)}`;
}

/**
 * The GRUB that makes a platform's core image: the system's own, or, for an rpm system that has none for it, the one of
 * the machine that builds. Undefined where there is neither.
 */
export function findGrub(context: StageContext, platform: string): GrubHome | undefined {
  const mkimage = `${grubName(context)}-mkimage`;
  const own = MODULES.find((folder) => existsSync(join(context.tree, folder, platform, 'normal.mod')));
  if (own !== undefined && (context.plan.os.family === 'deb' || hasInTree(context.tree, `usr/bin/${mkimage}`)))
    return { root: 'tree', mkimage, modules: `${own}/${platform}` };
  if (context.plan.os.family === 'deb' || !existsSync(join('/', MODULES[0], platform, 'normal.mod'))) return undefined;
  return { root: 'builder', mkimage: 'grub-mkimage', modules: `${MODULES[0]}/${platform}` };
}

/** GRUB's folder of a platform as this process reads it. */
export function modulesPath({ tree }: StageContext, home: GrubHome): string {
  return join(home.root === 'tree' ? tree : '/', home.modules);
}

/** The distribution's own programs for UEFI, signed and whole, as its packages lay them on the ESP. */
export interface EfiVendor {
  /** `boot/efi/EFI/fedora` */
  readonly folder: string;
  /** The names there: GRUB's, and shim's where it is installed. */
  readonly grub: string;
  readonly shim: string | undefined;
}

/** Finds them; undefined where no package brought a GRUB for UEFI as one file. */
export function findEfiVendor({ tree, plan }: StageContext): EfiVendor | undefined {
  const suffix = grubPlatform(plan.arch.name, 'uefi')
    ?.efiFile?.replace(/^BOOT|\.EFI$/g, '')
    .toLowerCase();
  const top = 'boot/efi/EFI';
  if (plan.os.family === 'deb' || suffix === undefined || !existsSync(join(tree, top))) return undefined;
  for (const name of readdirSync(join(tree, top)).filter((one) => one !== 'BOOT')) {
    const folder = `${top}/${name}`;
    const grub = `grub${suffix}.efi`;
    if (!existsSync(join(tree, folder, grub))) continue;
    const shim = `shim${suffix}.efi`;
    return { folder, grub, shim: existsSync(join(tree, folder, shim)) ? shim : undefined };
  }
  return undefined;
}

/** The distribution's own programs, where the system is started by them and not by a core image made here. */
export function usedEfiVendor(context: StageContext): EfiVendor | undefined {
  return hasOwnGrub(context) ? findEfiVendor(context) : undefined;
}

/** Whether each firmware that the plan is for is served by the system's own GRUB, so that its own menu can be used. */
export function hasOwnGrub(context: StageContext): boolean {
  const serves = (firmware: Firmware): boolean => {
    const platform = grubPlatform(context.plan.arch.name, firmware);
    if (platform && findGrub(context, platform.name)?.root === 'tree') return true;
    return firmware === 'uefi' && findEfiVendor(context) !== undefined;
  };
  return context.plan.boot.firmware.every(serves);
}
