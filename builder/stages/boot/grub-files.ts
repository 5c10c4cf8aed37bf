// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StageContext } from '../../run/context.js';
import { grubPlatform } from './platforms.js';

/** Puts what GRUB loads after its core image beside the boot menu: modules of each firmware's platform, and its font. */
export function copyGrubFiles({ tree, plan }: StageContext): void {
  for (const firmware of ['bios', 'uefi'] as const) {
    const platform = grubPlatform(plan.arch.name, firmware);
    if (platform) copyModules(tree, platform.name);
  }
  copyFont(tree);
}

function copyModules(tree: string, platform: string): void {
  const from = join(tree, 'usr/lib/grub', platform);
  if (!existsSync(from)) return;
  const to = join(tree, 'boot/grub', platform);
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (/\.(mod|lst)$/.test(name)) cpSync(join(from, name), join(to, name), { preserveTimestamps: true });
  }
}

function copyFont(tree: string): void {
  const from = join(tree, 'usr/share/grub/unicode.pf2');
  if (!existsSync(from)) return;
  mkdirSync(join(tree, 'boot/grub/fonts'), { recursive: true });
  cpSync(from, join(tree, 'boot/grub/fonts/unicode.pf2'), { preserveTimestamps: true });
}
