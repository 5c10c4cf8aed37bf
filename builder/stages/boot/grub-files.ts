// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { Plan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { mountPoints } from '../disks/folders.js';
import { insideTree, readTreeFile } from '../files.js';
import { findGrub, type GrubHome, grubName, modulesPath } from './grub-home.js';
import { grubPlatform } from './platforms.js';

/** Puts what GRUB loads after its core image beside the boot menu: the modules of each firmware's platform. */
export function copyGrubModules(context: StageContext): void {
  for (const firmware of ['bios', 'uefi'] as const) {
    const platform = grubPlatform(context.plan.arch.name, firmware);
    const home = platform && findGrub(context, platform.name);
    if (home) copyModules(context, home, platform.name);
  }
}

function copyModules(context: StageContext, home: GrubHome, platform: string): void {
  const { tree, plan } = context;
  const from = modulesPath(context, home);
  const to = insideTree(tree, join('boot', grubName(context), platform, 'normal.mod'));
  mkdirSync(dirname(to), { recursive: true });
  // A second name takes no room, and is one on the same file system only. grub-install(8) puts the old ones aside before it writes others, and dpkg(1) writes new
  // files. With SELinux a file has one label, and /boot another than /usr.
  const shares =
    home.root === 'tree' &&
    plan.os.family === 'deb' &&
    mountOf(plan, `/${home.modules}`) === mountOf(plan, `/boot/${grubName(context)}/${platform}`);
  for (const name of readdirSync(from).filter((one) => /\.(mod|lst)$/.test(one))) {
    const target = join(dirname(to), name);
    rmSync(target, { force: true });
    if (shares) linkSync(join(from, name), target);
    else cpSync(join(from, name), target, { preserveTimestamps: true });
  }
}

/** The mount point that a path of the finished system lies on. */
function mountOf({ disks, storage }: Pick<Plan, 'disks' | 'storage'>, path: string): string | undefined {
  return mountPoints(disks, storage).findLast((point) => point.path === '/' || `${path}/`.startsWith(`${point.path}/`))
    ?.path;
}

const FONT = 'usr/share/grub/unicode.pf2';

/**
 * Puts GRUB's font where its menu looks for it, if it does: one on text consoles needs none, and in a small
 * image it is one of the large files.
 */
export function provideGrubFont(context: StageContext): void {
  const { tree } = context;
  const folder = `boot/${grubName(context)}`;
  const to = insideTree(tree, `${folder}/fonts/unicode.pf2`);
  if (!existsSync(join(tree, FONT)) || lstatSync(to, { throwIfNoEntry: false })) return;
  if (!readMenu(tree, `${folder}/grub.cfg`).includes('loadfont')) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(insideTree(tree, FONT), to, { preserveTimestamps: true });
}

/** Nothing where `%post` took it away or put a link in its place. */
function readMenu(tree: string, path: string): string {
  try {
    return readTreeFile(tree, path).toString('latin1');
  } catch (error) {
    if (error instanceof WorkError) return '';
    throw error;
  }
}
