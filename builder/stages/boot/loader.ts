// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StageContext } from '../../run/context.js';
import { rawPath } from '../disks/places.js';
import { readTreeFile } from '../files.js';
import { writeBiosCode } from './bios.js';
import { type GrubCore, makeCore } from './core.js';
import { usedEfiVendor } from './grub-home.js';
import { writeEfiFile } from './uefi.js';

/**
 * Makes the system start from UEFI by the path of removable media on its EFI system partitions, so that no firmware
 * variable is needed: the image, of the system's own GRUB, is a file of the tree.
 */
export async function writeUefiLoader(context: StageContext): Promise<void> {
  // The configuration may have put the distribution's own, signed programs in place.
  if (!context.plan.boot.firmware.includes('uefi') || usedEfiVendor(context)) return;
  context.detail('clean', 'boot loader for UEFI');
  writeEfiFile(context, await makeCore(context, 'uefi'));
}

/**
 * Makes the disks start from BIOS, by boot code and a core image of the system's own GRUB on every disk that is started
 * from. Called when the tables are written.
 */
export async function writeBiosLoader(context: StageContext): Promise<void> {
  const { boot, disks } = context.plan;
  if (!boot.firmware.includes('bios')) return;
  context.detail('disks', 'boot loader for BIOS');
  const core = await makeCore(context, 'bios');
  const sector = readBootSector(context, core);
  for (const disk of disks.filter((one) => one.boot)) writeBiosCode(disk, rawPath(context, disk), sector, core.bytes);
}

/** GRUB's boot.img, of the same GRUB that made the core image. */
function readBootSector({ tree }: StageContext, { home }: GrubCore): Uint8Array {
  const path = `${home.modules}/boot.img`;
  return home.root === 'tree' ? readTreeFile(tree, path) : readFileSync(join('/', path));
}
