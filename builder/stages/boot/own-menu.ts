// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { Plan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { hasInTree, writeTreeFile } from '../files.js';
import { writeGrubEnvironment } from './environment.js';
import { findEfiVendor, findGrub, hasOwnGrub, modulesPath } from './grub-home.js';
import { otherWords } from './kernel-words.js';
import { checkMenu, runMkconfig } from './menu.js';
import { grubPlatform } from './platforms.js';
import { serialOf } from './serial.js';

/**
 * The menu of an rpm system by its own grub2-mkconfig, so that later kernels come into it as the distribution does it.
 * @returns false where the system has no GRUB of its own for what it is started from, or no such program; a failure of
 *   that is told
 */
export async function makeOwnMenu(context: StageContext): Promise<boolean> {
  const { tree, plan } = context;
  if (!hasOwnGrub(context) || !hasInTree(tree, 'usr/sbin/grub2-mkconfig')) return false;
  const entries = readsEntries(context);
  writeTreeFile(tree, 'etc/default/grub', formatDefaults(plan, entries));
  try {
    const menu = await runMkconfig(context);
    if (!entries || !/^\s*blscfg\b/m.test(menu)) checkMenu(plan, menu);
    // GRUB looks for entries at the top of what /boot is on, unless its variables say otherwise.
    if (entries && plan.storage.boot.path !== '')
      writeGrubEnvironment(context, { blsdir: `${plan.storage.boot.path}/loader/entries` });
    return true;
  } catch (error) {
    if (!(error instanceof WorkError)) throw error;
    context.emit({ type: 'notice', message: `the boot menu is a plain one: ${error.message}` });
    return false;
  }
}

/** Whether this GRUB reads entries of the Boot Loader Specification: Fedora's and Red Hat's from 8 on. */
function readsEntries(context: StageContext): boolean {
  const homes = context.plan.boot.firmware.flatMap((firmware) => {
    const platform = grubPlatform(context.plan.arch.name, firmware);
    return (platform && findGrub(context, platform.name)) ?? [];
  });
  const own = homes.filter((home) => home.root === 'tree');
  if (own.length === 0) return findEfiVendor(context) !== undefined;
  return own.every((home) => existsSync(join(modulesPath(context, home), 'blscfg.mod')));
}

/** /etc/default/grub of Red Hat's and SUSE's kind. */
function formatDefaults(plan: Pick<Plan, 'boot' | 'storage' | 'arch'>, entries: boolean): string {
  const serial = serialOf(plan.boot, plan.arch.name);
  return [
    '# Settings of the boot menu: run grub2-mkconfig -o /boot/grub2/grub.cfg after a change.',
    `GRUB_TIMEOUT=${plan.boot.timeoutSeconds}`,
    'GRUB_DISTRIBUTOR="$(. /etc/os-release; echo "$NAME")"',
    'GRUB_DEFAULT=saved',
    'GRUB_DISABLE_SUBMENU=true',
    'GRUB_DISABLE_RECOVERY="true"',
    `GRUB_CMDLINE_LINUX="${otherWords(plan)}"`,
    ...(serial === undefined
      ? ['GRUB_TERMINAL_OUTPUT="console"']
      : ['GRUB_TERMINAL="console serial"', `GRUB_SERIAL_COMMAND="${serial}"`]),
    ...(plan.storage.boot.grubUnlocks.length > 0 ? ['GRUB_ENABLE_CRYPTODISK=y'] : []),
    ...(entries ? ['GRUB_ENABLE_BLSCFG=true'] : []),
    'GRUB_DISABLE_OS_PROBER=true',
    '',
  ].join('\n');
}
