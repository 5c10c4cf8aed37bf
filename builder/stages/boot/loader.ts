// SPDX-License-Identifier: Apache-2.0
import type { DiskPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { writeBiosCode } from './bios.js';
import { makeCore } from './core.js';
import { writeEfiFile } from './uefi.js';

/**
 * Makes the disk start from each firmware of the plan: from BIOS by boot code and a core image, from UEFI by the path of
 * removable media on the ESP, so that no firmware variable is needed. The images are made by the system's own GRUB.
 */
export async function installBootLoader(context: StageContext, disk: DiskPlan, image: string): Promise<void> {
  for (const firmware of context.plan.boot.firmware) {
    const core = await makeCore(context, firmware);
    context.detail('disks', `${disk.name}: boot loader for ${firmware === 'bios' ? 'BIOS' : 'UEFI'}`);
    if (firmware === 'bios') writeBiosCode(context, disk, image, core);
    else await writeEfiFile(context, disk, image, core);
  }
}
