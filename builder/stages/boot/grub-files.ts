// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StageContext } from '../../run/context.js';
import { findGrub, grubName, modulesPath } from './grub-home.js';
import { grubPlatform } from './platforms.js';

/** Puts what GRUB loads after its core image beside the boot menu: modules of each firmware's platform, and its font. */
export function copyGrubFiles(context: StageContext): void {
  for (const firmware of ['bios', 'uefi'] as const) {
    const platform = grubPlatform(context.plan.arch.name, firmware);
    if (platform) copyModules(context, platform.name);
  }
  copyFont(context);
}

function copyModules(context: StageContext, platform: string): void {
  const home = findGrub(context, platform);
  if (!home) return;
  const from = modulesPath(context, home);
  const to = join(context.tree, 'boot', grubName(context), platform);
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (/\.(mod|lst)$/.test(name)) cpSync(join(from, name), join(to, name), { preserveTimestamps: true });
  }
}

function copyFont(context: StageContext): void {
  const from = join(context.tree, 'usr/share/grub/unicode.pf2');
  if (!existsSync(from)) return;
  const to = join(context.tree, 'boot', grubName(context), 'fonts');
  mkdirSync(to, { recursive: true });
  cpSync(from, join(to, 'unicode.pf2'), { preserveTimestamps: true });
}
