// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';
import { type Firmware, type GrubPlatform, grubPlatform } from './platforms.js';

/** GRUB's first stage for one firmware: its platform, and the bytes that firmware or boot code loads. */
export interface GrubCore {
  readonly platform: GrubPlatform;
  readonly bytes: Buffer;
}

/** Modules that find and read the boot menu from either firmware; the rest is loaded from /boot/grub. */
const COMMON_MODULES = [
  'search',
  'search_fs_uuid',
  'configfile',
  'normal',
  'linux',
  'serial',
  'terminal',
  'echo',
  'test',
  'ls',
] as const;

/**
 * Makes GRUB's core image for a firmware, by the system's own GRUB.
 * @throws WorkError where the tree has no GRUB for it
 */
export async function makeCore(context: StageContext, firmware: Firmware): Promise<GrubCore> {
  const { plan, tree, scratch } = context;
  const platform = grubPlatform(plan.arch.name, firmware);
  if (!platform || !existsSync(join(tree, 'usr/lib/grub', platform.name))) {
    throw new WorkError(
      'no-boot-loader',
      `the tree has no GRUB for ${firmware === 'bios' ? 'BIOS' : 'UEFI'}: %post must not remove it`,
    );
  }
  const work = join(scratch, 'grub');
  mkdirSync(work, { recursive: true });
  const prefix = `${plan.boot.bootPath}/grub`;
  writeFileSync(
    join(work, 'early.cfg'),
    `search --no-floppy --fs-uuid --set=root ${plan.boot.bootUuid}\nset prefix=($root)${prefix}\nconfigfile $prefix/grub.cfg\n`,
  );
  const modules = new Set([...platform.modules, ...plan.storage.boot.grubModules, ...COMMON_MODULES]);
  const words = ['-O', platform.name, '-p', prefix, '-c', '/run/grub/early.cfg', '-o', `/run/grub/core-${firmware}`];
  await sandboxed(context, ['grub-mkimage', ...words, ...modules], { binds: [[work, '/run/grub']] });
  return { platform, bytes: readFileSync(join(work, `core-${firmware}`)) };
}
