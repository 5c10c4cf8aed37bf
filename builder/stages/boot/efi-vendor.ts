// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StageContext } from '../../run/context.js';
import { insideTree, writeTreeFile } from '../files.js';
import { type EfiVendor, grubName } from './grub-home.js';
import { grubPlatform } from './platforms.js';

/**
 * Makes the distribution's own, signed programs start the system: they read a menu beside themselves, which leads to the
 * one in /boot; and one of them stands where firmware looks on a disk that it knows nothing of.
 */
export function prepareEfiVendor(context: StageContext, { folder, grub, shim }: EfiVendor): void {
  const { tree, plan } = context;
  const prefix = `${plan.storage.boot.path}/${grubName(context)}`;
  const stub = [
    `search --no-floppy --fs-uuid --set=root ${plan.boot.bootUuid}`,
    `set prefix=($root)${prefix}`,
    'export $prefix',
    'configfile $prefix/grub.cfg',
    '',
  ].join('\n');
  writeTreeFile(tree, `${folder}/grub.cfg`, stub, 0o700);
  const removable = `boot/efi/EFI/BOOT/${grubPlatform(plan.arch.name, 'uefi')!.efiFile}`;
  if (existsSync(join(tree, removable))) return;
  // A folder of its own for them: shim looks for GRUB beside itself, and GRUB for its menu.
  mkdirSync(join(insideTree(tree, removable), '..'), { recursive: true });
  copyFileSync(join(tree, folder, shim ?? grub), insideTree(tree, removable));
  if (shim !== undefined) copyFileSync(join(tree, folder, grub), insideTree(tree, `boot/efi/EFI/BOOT/${grub}`));
  writeTreeFile(tree, 'boot/efi/EFI/BOOT/grub.cfg', stub, 0o700);
}
