// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { Plan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';
import { findGrub, type GrubHome, grubName } from './grub-home.js';
import { type Firmware, type GrubPlatform, grubPlatform } from './platforms.js';
import { serialOf } from './serial.js';

/** GRUB's first stage for one firmware: its platform, and the bytes that firmware or boot code loads. */
export interface GrubCore {
  readonly platform: GrubPlatform;
  readonly home: GrubHome;
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

/** How often GRUB asks for a passphrase: a container that is open is passed over. */
const TRIES = 3;

/**
 * Makes GRUB's core image for a firmware, by the system's own GRUB.
 * @throws WorkError where the tree has no GRUB for it
 */
export async function makeCore(context: StageContext, firmware: Firmware): Promise<GrubCore> {
  const { plan, scratch } = context;
  const platform = grubPlatform(plan.arch.name, firmware);
  const home = platform && findGrub(context, platform.name);
  if (!platform || !home) {
    const name = firmware === 'bios' ? 'BIOS' : 'UEFI';
    const message =
      context.plan.os.family === 'deb'
        ? `the tree has no GRUB for ${name}: %post must not remove it`
        : `neither the tree nor this machine has a GRUB for ${name}: run apt-get install grub-common grub-pc-bin grub-efi-amd64-bin`;
    throw new WorkError('no-boot-loader', message);
  }
  const work = join(scratch, 'grub');
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'early.cfg'), formatEarly(plan, firmware, grubName(context)));
  const modules = new Set([...platform.modules, ...plan.storage.boot.grubModules, ...COMMON_MODULES]);
  const prefix = `${plan.boot.bootPath}/${grubName(context)}`;
  const words = ['-O', platform.name, '-d', `/${home.modules}`, '-p', prefix, '-c', '/run/grub/early.cfg'];
  await sandboxed(context, [home.mkimage, ...words, '-o', `/run/grub/core-${firmware}`, ...modules], {
    root: home.root,
    binds: [[work, '/run/grub']],
  });
  return { platform, home, bytes: readFileSync(join(work, `core-${firmware}`)) };
}

/**
 * What GRUB does before it has a menu, in its simplest language (no conditions, a failing line is passed over): it opens
 * what is encrypted, finds /boot by its UUID, whatever the disks are called and however many of a mirror are there, and
 * goes on there. From BIOS the serial line is set up first, so that it can be typed on; UEFI firmware has its own consoles,
 * and would take the letters away.
 */
export function formatEarly(
  { boot, storage, arch }: Pick<Plan, 'boot' | 'storage' | 'arch'>,
  firmware: Firmware,
  folder: 'grub' | 'grub2' = 'grub',
): string {
  const unlocks = storage.boot.grubUnlocks.map((uuid) => `cryptomount -u ${uuid.replaceAll('-', '')}`);
  const serial = firmware === 'bios' && unlocks.length > 0 ? serialOf(boot, arch.name) : undefined;
  return [
    ...(serial === undefined ? [] : [serial, 'terminal_input console serial', 'terminal_output console serial']),
    ...unlocks.flatMap((line) => Array.from({ length: TRIES }, () => line)),
    `search --no-floppy --fs-uuid --set=root ${boot.bootUuid}`,
    `set prefix=($root)${boot.bootPath}/${folder}`,
    'configfile $prefix/grub.cfg',
    '',
  ].join('\n');
}
