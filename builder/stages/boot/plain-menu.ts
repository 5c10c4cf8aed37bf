// SPDX-License-Identifier: Apache-2.0
import type { StageContext } from '../../run/context.js';
import { writeTreeFile } from '../files.js';
import type { OsRelease } from '../os-release.js';
import { copyGrubModules } from './grub-files.js';
import { grubName, pathForGrub } from './grub-home.js';
import { passwordLines } from './password.js';
import type { Kernel } from './rpm.js';
import { serialOf } from './serial.js';

/** GRUB's own size of a file of variables that it can write to (its manual, 15.2: the environment block). */
const ENVIRONMENT_BYTES = 1024;

/**
 * A boot menu of our own, for a system that has no program to make one: an entry for each kernel, the newest first. It
 * says only what every GRUB of the last ten years reads.
 */
export function writePlainMenu(
  context: StageContext,
  kernels: readonly Kernel[],
  words: string,
  release: OsRelease,
): void {
  const { tree, plan } = context;
  const { boot } = plan;
  const folder = `boot/${grubName(context)}`;
  copyGrubModules(context);
  const serial = serialOf(boot, plan.arch.name);
  const lines = [
    '# the boot menu: an entry for each kernel',
    ...(serial === undefined ? [] : [serial, 'terminal_input console serial', 'terminal_output console serial']),
    ...(boot.password ? passwordLines(context, boot.password) : []),
    'set default=0',
    `set timeout=${boot.timeoutSeconds}`,
    ...kernels.flatMap(({ version, image, initramfs }) => [
      `menuentry '${quoted(`${release.name} (${version})`)}' --class ${quoted(release.id)} --unrestricted {`,
      `  search --no-floppy --fs-uuid --set=root ${boot.bootUuid}`,
      `  linux ${pathForGrub(context, image)} ${words}`,
      `  initrd ${pathForGrub(context, initramfs)}`,
      '}',
    ]),
    '',
  ];
  writeTreeFile(tree, `${folder}/grub.cfg`, lines.join('\n'), boot.password ? 0o600 : 0o644);
  writeTreeFile(tree, `${folder}/grubenv`, '# GRUB Environment Block\n'.padEnd(ENVIRONMENT_BYTES, '#'));
}

/** A name between single quotes, which nothing inside can end. */
function quoted(text: string): string {
  return text.replace(/['\n]/g, '');
}
