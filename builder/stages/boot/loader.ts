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
 * Makes the disks start from each firmware of the plan: from BIOS by boot code and a core image on every disk that is
 * started from, from UEFI by the path of removable media on the EFI system partitions, so that no firmware variable is
 * needed. The images are made by the system's own GRUB.
 *
 * Called when the tables are written, and before the file systems are made, since one of them takes the UEFI part.
 */
export async function installBootLoader(context: StageContext): Promise<void> {
  const { plan } = context;
  for (const firmware of plan.boot.firmware) {
    // The configuration has put the distribution's own, signed programs in place.
    if (firmware === 'uefi' && usedEfiVendor(context)) continue;
    context.detail('disks', `boot loader for ${firmware === 'bios' ? 'BIOS' : 'UEFI'}`);
    const core = await makeCore(context, firmware);
    if (firmware === 'uefi') writeEfiFile(context, core);
    else {
      const boot = readBootSector(context, core);
      for (const disk of plan.disks.filter((one) => one.boot))
        writeBiosCode(disk, rawPath(context, disk), boot, core.bytes);
    }
  }
}

/** GRUB's boot.img, of the same GRUB that made the core image. */
function readBootSector({ tree }: StageContext, { home }: GrubCore): Uint8Array {
  const path = `${home.modules}/boot.img`;
  return home.root === 'tree' ? readTreeFile(tree, path) : readFileSync(join('/', path));
}
