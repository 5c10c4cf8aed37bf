// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import picocolors from 'picocolors';
import type { BootTestResult } from '../../builder/boot-test/boot-test.js';
import type { Plan } from '../../builder/plan/types.js';
import type { BuildResult } from '../../builder/run/build.js';
import { STAGES } from '../../builder/run/progress.js';
import { formatBytes } from '../../builder/sizes/format-sizes.js';
import { showCommand } from '../../osinfo/doors/process.js';
import { ownProgram } from '../show/own-program.js';
import { shownFolder } from '../show/shown-folder.js';
import { formatBoots } from './boot-tests.js';
import { formatHelper, seconds, titleOf } from './progress-lines.js';

const { bold, dim, green, red } = picocolors;

/** What a finished build tells: what was made, its sizes, the times, how to start it, how to log in. */
export function formatSummary(plan: Plan, result: BuildResult, boots: readonly BootTestResult[]): string {
  const folder = shownFolder(result.outputFolder);
  const { recommendation } = plan;
  const lines = [
    '',
    `${green('✓')} ${bold(plan.name)}: ${plan.os.name} for ${plan.arch.name}, in ${bold(folder)}/`,
    '',
    ...sizesTable(result),
    '',
    ...stageTable(result),
    ...formatBoots(boots, green('✓'), red('✗')),
    '',
    `${bold('The machine')} (${result.manifest.packages.length} packages; recommended for ${plan.os.shortId} on ${recommendation.platform.name ?? recommendation.platform.id})`,
    `  ${recommendation.cpu.count} CPU${recommendation.cpu.count === 1 ? '' : 's'}, ${formatBytes(recommendation.memoryBytes)} of memory, ${recommendation.machine.family}, ${recommendation.disk.bus} disks, ${recommendation.nic.model} network`,
    '',
    ...startLines(plan, result, folder),
    bold('Log in'),
    ...loginLines(plan),
    '',
    dim(`Packages, checksums and reasons: ${join(folder, `${plan.name}.manifest.json`)}`),
    '',
  ];
  return lines.join('\n');
}

/** Ways to start the machine; there is none without a disk. */
function startLines(plan: Plan, result: BuildResult, folder: string): string[] {
  const { virtImage, libvirt } = result;
  if (virtImage === undefined) return [];
  return [
    bold('Start it'),
    `  ${showCommand([...ownProgram('guestwright'), 'run', folder])}${dim('  (its console is this terminal, Ctrl-] ends it)')}`,
    ...(libvirt === undefined
      ? []
      : [
          `  ${showCommand([...ownProgram('virt-image'), '--connect', 'qemu:///system', join(folder, virtImage)])}${dim('  (recommended anew for that host)')}`,
          `  virsh define ${join(folder, libvirt)} && virsh start --console ${plan.name}`,
        ]),
    '',
  ];
}

function sizesTable(result: BuildResult): string[] {
  const { tree, bundles, kernel } = result.manifest;
  const others = [...(bundles ?? []), ...(kernel?.files ?? []), ...(tree ? [tree] : [])];
  const width = Math.max(...[...result.images, ...others].map(({ file }) => file.length));
  const cell = (text: string): string => text.padStart(12);
  return [
    dim(`  ${''.padEnd(width)}${cell('capacity')}${cell('length')}${cell('allocation')}${cell('commitment')}`),
    ...result.images.map(({ file, sizes }) => {
      const commitment = sizes.commitmentBytes === null ? 'unbounded' : formatBytes(sizes.commitmentBytes);
      return `  ${file.padEnd(width)}${cell(formatBytes(sizes.capacityBytes))}${cell(formatBytes(sizes.lengthBytes))}${cell(formatBytes(sizes.allocationBytes))}${cell(commitment)}`;
    }),
    ...others.map((one) => `  ${one.file.padEnd(width)}${cell('')}${cell(formatBytes(one.lengthBytes))}`),
  ];
}

function stageTable(result: BuildResult): string[] {
  const order = STAGES.map((stage) => stage.name);
  const shown = result.stages
    .filter((one) => one.ms >= 50 || one.cached)
    .sort((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage));
  const total = result.stages.reduce((sum, one) => sum + one.ms, 0);
  return [
    ...shown.map(
      (one) =>
        `  ${titleOf(one.stage).padEnd(38)}${one.ms === 0 ? '        ' : seconds(one.ms).padStart(8)}${stageSize(one)}${one.cached ? '  kept' : ''}`,
    ),
    ...result.helpers.map((one) => `  ${dim(`of that, ${formatHelper(one)}`)}`),
    `  ${bold('in all'.padEnd(38))}${seconds(total).padStart(8)}`,
  ];
}

function stageSize({ bytes }: BuildResult['stages'][number]): string {
  return bytes === undefined ? '' : formatBytes(bytes).padStart(12);
}

function loginLines(plan: Plan): string[] {
  const { rootPassword, users, sshKeys } = plan.system;
  const lines: string[] = [];
  const readable = (password: string | undefined, crypted: boolean): string =>
    password === undefined
      ? 'no password'
      : crypted
        ? 'the password whose hash the kickstart has'
        : `password ${password}`;
  if (rootPassword && !rootPassword.lock && rootPassword.password !== undefined)
    lines.push(`  root, ${readable(rootPassword.password, rootPassword.crypted)}`);
  for (const user of users)
    if (!user.lock && user.password !== undefined)
      lines.push(`  ${user.name}, ${readable(user.password, user.crypted)}`);
  for (const name of new Set(sshKeys.map((key) => key.username)))
    lines.push(`  ${name}, by the ssh key of the kickstart`);
  return lines.length > 0 ? lines : ['  nobody can: the kickstart has no rootpw, user or sshkey that lets anyone in'];
}
