// SPDX-License-Identifier: Apache-2.0
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';
import { writeTreeFile } from '../files.js';

/** Makes the initramfs of each kernel, from configuration that is written first: nothing can be probed here. */
export async function makeInitramfs(context: StageContext, versions: readonly string[]): Promise<void> {
  const { tree, plan } = context;
  const swap = plan.system.fstab.find((entry) => entry.type === 'swap');
  writeTreeFile(tree, 'etc/initramfs-tools/conf.d/resume', `RESUME=${swap ? swap.source : 'none'}\n`);
  // Without it the hook probes a device that is not there, and leaves fsck out of the initramfs.
  writeTreeFile(tree, 'etc/initramfs-tools/conf.d/fstype', `FSTYPE=${plan.boot.rootFilesystem}\n`);
  rmSync(join(tree, 'usr/sbin/update-initramfs'), { force: true });
  await sandboxed(context, [
    'dpkg-divert',
    '--quiet',
    '--local',
    '--no-rename',
    '--remove',
    '/usr/sbin/update-initramfs',
  ]);
  const diverted = join(tree, 'usr/sbin/update-initramfs.distrib');
  if (existsSync(diverted)) await context.tool(['mv', diverted, join(tree, 'usr/sbin/update-initramfs')]);
  for (const version of versions) {
    context.detail('configure', `initramfs of ${version}`);
    await sandboxed(context, ['update-initramfs', '-c', '-k', version]);
  }
}
