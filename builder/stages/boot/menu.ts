// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { Plan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';
import { writeTreeFile } from '../files.js';
import { writeGrubEnvironment } from './environment.js';
import { copyGrubModules } from './grub-files.js';
import { grubName } from './grub-home.js';
import { guardBootMenu } from './password.js';
import { planProbe, probeScript, relativeScript } from './probe.js';
import { serialOf } from './serial.js';

/**
 * The distribution's own boot menu, by its grub-mkconfig, with /etc/default/grub honoured: for this call stand-ins answer
 * what the plan knows of devices. On the finished system `update-grub` finds the same by itself.
 * @param words of the kernel's command line beyond those of the plan
 */
export async function makeBootMenu(context: StageContext, words: readonly string[]): Promise<void> {
  const { tree, plan } = context;
  context.detail('configure', 'boot menu');
  writeTreeFile(tree, 'etc/default/grub', formatGrubDefaults(plan, words));
  checkMenu(plan, await runMkconfig(context));
}

/**
 * Runs the distribution's grub-mkconfig, with /etc/default/grub as it stands there.
 * @returns the menu
 */
export async function runMkconfig(context: StageContext): Promise<string> {
  const { tree, plan, scratch } = context;
  const name = grubName(context);
  const grub = join(tree, 'boot', name);
  mkdirSync(grub, { recursive: true });
  copyGrubModules(context);
  const answers = planProbe(plan);
  const probe = join(scratch, 'grub-probe');
  writeFileSync(probe, probeScript(answers), { mode: 0o755 });
  const relative = join(scratch, 'grub-mkrelpath');
  writeFileSync(relative, relativeScript(plan), { mode: 0o755 });
  if (plan.boot.password) guardBootMenu(context, plan.boot.password);
  await sandboxed(context, [`${name}-mkconfig`, '-o', `/boot/${name}/grub.cfg`], {
    binds: [
      [probe, `/usr/sbin/${name}-probe`],
      [relative, `/usr/bin/${name}-mkrelpath`],
      ...rootLink(scratch, answers.root.device),
    ],
  });
  writeGrubEnvironment(context);
  return readFileSync(join(grub, 'grub.cfg'), 'utf8');
}

/**
 * grub-mkconfig names the root by an id only where it sees the id below /dev/disk, and else by its device, which is what
 * the plan wants of volumes and containers.
 */
function rootLink(scratch: string, device: string): [string, string][] {
  const [, folder, name] = /^(\/dev\/disk\/by-(?:part)?uuid)\/(.+)$/.exec(device) ?? [];
  if (folder === undefined) return [];
  const own = join(scratch, 'by-id');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, name!), '');
  return [[own, folder]];
}

/**
 * /etc/default/grub, by which the running system makes its menu again. What the root needs on the kernel's command line
 * (`root=`, `rootflags=` of a subvolume) is not in it: GRUB's scripts find that out there, as they are told it here.
 */
export function formatGrubDefaults(
  { boot, storage, arch }: Pick<Plan, 'boot' | 'storage' | 'arch'>,
  words: readonly string[],
): string {
  const serial = serialOf(boot, arch.name);
  return [
    '# Settings of the boot menu: run update-grub after a change.',
    'GRUB_DEFAULT=0',
    `GRUB_TIMEOUT=${boot.timeoutSeconds}`,
    'GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`',
    'GRUB_CMDLINE_LINUX_DEFAULT=""',
    `GRUB_CMDLINE_LINUX="${[...words, boot.append].join(' ').trim()}"`,
    ...(serial === undefined ? [] : ['GRUB_TERMINAL="console serial"', `GRUB_SERIAL_COMMAND="${serial}"`]),
    // The firmware's console is on the screen and on the serial line at once, which GRUB's own graphics are not.
    ...(arch.name === 'aarch64' ? ['GRUB_TERMINAL=console'] : []),
    ...(storage.boot.grubUnlocks.length > 0 ? ['GRUB_ENABLE_CRYPTODISK=y'] : []),
    'GRUB_DISABLE_OS_PROBER=true',
    '',
  ].join('\n');
}

/** @throws WorkError where the menu would not start this system */
export function checkMenu({ storage }: Pick<Plan, 'storage'>, menu: string): void {
  const { argument, flags } = storage.root;
  const starts = menu.split('\n').filter((line) => /^\s*linux(?:16|efi)?\s/.test(line));
  const isRight = (line: string): boolean => {
    const words = line.trim().split(/\s+/);
    return words.includes(`root=${argument}`) && (flags === undefined || words.includes(`rootflags=${flags}`));
  };
  if (starts.length === 0 || !starts.every(isRight))
    throw new WorkError('boot-menu', 'grub-mkconfig wrote no entry that starts this system; see the build log');
}
