// SPDX-License-Identifier: Apache-2.0
import { existsSync, lstatSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { StorageNeed } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';
import { hasInTree, insideTree, writeTreeFile } from '../files.js';
import { OVERLAY_MODULE, writeOverlayModule } from './dracut-overlay.js';

/** dracut's modules (dracut(8), --list-modules) for what the root stands on. File systems need none: all are in. */
const MODULES: Readonly<Partial<Record<StorageNeed, string>>> = {
  lvm: 'lvm',
  thin: 'lvm',
  luks: 'crypt',
  raid: 'mdraid',
  btrfs: 'btrfs',
  overlay: OVERLAY_MODULE,
};

/** Read by every later run too, when a kernel is updated: what was not probed here is not probed by chance there. */
const CONFIGURATION = 'etc/dracut.conf.d/50-kickstart.conf';

/**
 * Makes the initramfs of each kernel by the tree's own dracut, for any machine (`--no-hostonly`): the devices of the
 * machine that builds are not those that the image will find.
 * @throws WorkError where the system has no dracut, or it made nothing
 */
export async function makeInitramfsByDracut(
  context: StageContext,
  kernels: readonly { readonly version: string; readonly initramfs: string }[],
): Promise<void> {
  const { tree, plan } = context;
  if (!hasInTree(tree, 'usr/bin/dracut') && !hasInTree(tree, 'usr/sbin/dracut'))
    throw new WorkError('no-dracut', 'nothing here makes an initramfs: add dracut to %packages');
  if (plan.storage.root.readOnly) writeOverlayModule(tree);
  writeTreeFile(tree, CONFIGURATION, formatConfiguration(context));
  const modules = dracutModules(plan.storage.initramfs);
  const epoch = plan.outputs.sourceDateEpoch;
  for (const { version, initramfs } of kernels) {
    context.detail('configure', `initramfs of ${version}`);
    // What the packages made before its configuration stood: gone, so that a run that makes nothing is seen.
    rmSync(insideTree(tree, initramfs), { force: true });
    await sandboxed(
      context,
      [
        'dracut',
        '--force',
        '--no-hostonly',
        // Its files are then no younger than dracut itself, and in the same order.
        ...(epoch === undefined ? [] : ['--reproducible']),
        ...(plan.storage.mdadm.length > 0 ? ['--mdadmconf'] : []),
        ...(modules.length > 0 ? ['--add', modules.join(' ')] : []),
        '--kver',
        version,
        `/${initramfs}`,
      ],
      { ...(epoch === undefined ? {} : { env: { SOURCE_DATE_EPOCH: String(epoch) } }), timeoutMs: 1_800_000 },
    );
    const file = insideTree(tree, initramfs);
    if (!lstatSync(file, { throwIfNoEntry: false })?.isFile() || statSync(file).size === 0)
      throw new WorkError('no-initramfs', `dracut made no initramfs of ${version}; see the build log`);
  }
}

export function dracutModules(needs: readonly StorageNeed[]): string[] {
  return [...new Set(needs.flatMap((need) => MODULES[need] ?? []))];
}

/** dracut.conf(5). Keys and crypttab come in only when they are asked for: they are no machine's by themselves. */
function formatConfiguration({ tree, plan }: StageContext): string {
  const { storage } = plan;
  const modules = dracutModules(storage.initramfs);
  const keys = storage.crypttab.flatMap(({ key }) => key ?? []);
  const items =
    storage.initramfs.includes('luks') && existsSync(join(tree, 'etc/crypttab')) ? ['/etc/crypttab', ...keys] : [];
  return [
    '# what the initramfs is made of: dracut.conf(5)',
    'hostonly="no"',
    ...(modules.length > 0 ? [`add_dracutmodules+=" ${modules.join(' ')} "`] : []),
    ...(storage.mdadm.length > 0 ? ['mdadmconf="yes"'] : []),
    ...(items.length > 0 ? [`install_items+=" ${items.join(' ')} "`] : []),
    '',
  ].join('\n');
}
