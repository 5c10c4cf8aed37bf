// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { StageContext } from '../../run/context.js';
import { kernelVersions } from '../configure.js';
import { makeInitramfs } from './initramfs.js';
import { makeBootMenu } from './menu.js';

export { installBootLoader } from './loader.js';

/**
 * Initramfs and boot menu, made by the system's own tools, which find no disks here: the configuration says what they
 * would have probed. The order matters: what the initramfs is made of is written before it is made, once.
 */
export async function setUpBootFiles(context: StageContext): Promise<void> {
  const versions = kernelVersions(readdirSync(join(context.tree, 'boot')));
  if (versions.length === 0)
    throw new WorkError(
      'no-kernel',
      'no kernel was installed in /boot; add one to %packages, such as linux-image-amd64',
    );
  await makeInitramfs(context, versions);
  await makeBootMenu(context);
}
