// SPDX-License-Identifier: Apache-2.0
import { join, relative } from 'node:path';
import picocolors from 'picocolors';
import type { BootTestResult } from '../../builder/boot-test/boot-test.js';
import type { Plan } from '../../builder/plan/types.js';
import type { BuildResult } from '../../builder/run/build.js';
import { STAGES } from '../../builder/run/progress.js';
import { showCommand } from '../../osinfo/doors/process.js';
import { formatQemu } from '../../osinfo/formats/index.js';

const { bold, dim, green } = picocolors;

/** `1.4 GiB`, `156 MiB`, `384 KiB`: three figures are enough to compare. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 100 || unit === 0 || Number.isInteger(value) ? Math.round(value) : value.toPrecision(3)} ${units[unit]}`;
}

/** What a finished build tells: what was made, its sizes, the times, how to start it, how to log in. */
export function formatSummary(plan: Plan, result: BuildResult, boots: readonly BootTestResult[]): string {
  const folder = relative(process.cwd(), result.outputFolder) || '.';
  const { recommendation } = plan;
  const lines = [
    '',
    `${green('✓')} ${bold(plan.name)}: ${plan.os.name} for ${plan.arch.name}, in ${bold(folder)}/`,
    '',
    ...sizesTable(result),
    '',
    ...stageTable(result),
    ...boots.map(
      (boot) =>
        `  ${green('✓')} starts from ${boot.firmware === 'bios' ? 'BIOS' : 'UEFI'}: login prompt after ${boot.seconds} s (${boot.accelerator === 'kvm' ? 'KVM' : 'emulated, without KVM'})`,
    ),
    ...(boots.length > 0 ? [''] : []),
    `${bold('The machine')} (${result.manifest.packages.length} packages; recommended for ${plan.os.shortId} on ${recommendation.platform.name ?? recommendation.platform.id})`,
    `  ${recommendation.cpu.count} CPU${recommendation.cpu.count === 1 ? '' : 's'}, ${formatBytes(recommendation.memoryBytes)} of memory, ${recommendation.machine.family}, ${recommendation.disk.bus} disks, ${recommendation.nic.model} network`,
    '',
    bold('Start it'),
    `  virt-image ${join(folder, result.virtImage)}`,
    `  virsh define ${join(folder, result.libvirt)} && virsh start --console ${plan.name}`,
    ...qemuLines(plan, result, folder),
    '',
    bold('Log in'),
    ...loginLines(plan),
    '',
    dim(`Packages, checksums and reasons: ${join(folder, `${plan.name}.manifest.json`)}`),
    '',
  ];
  return lines.join('\n');
}

function sizesTable(result: BuildResult): string[] {
  const width = Math.max(...result.images.map((image) => image.file.length));
  const cell = (text: string): string => text.padStart(12);
  return [
    dim(`  ${''.padEnd(width)}${cell('capacity')}${cell('length')}${cell('allocation')}${cell('commitment')}`),
    ...result.images.map(({ file, sizes }) => {
      const commitment = sizes.commitmentBytes === null ? 'unbounded' : formatBytes(sizes.commitmentBytes);
      return `  ${file.padEnd(width)}${cell(formatBytes(sizes.capacityBytes))}${cell(formatBytes(sizes.lengthBytes))}${cell(formatBytes(sizes.allocationBytes))}${cell(commitment)}`;
    }),
  ];
}

function stageTable(result: BuildResult): string[] {
  const shown = result.stages.filter((one) => one.ms >= 50 || one.cached);
  const total = result.stages.reduce((sum, one) => sum + one.ms, 0);
  return [
    ...shown.map(
      (one) =>
        `  ${STAGES.find((stage) => stage.name === one.stage)!.title.padEnd(38)}${one.cached ? '  kept' : `${(one.ms / 1000).toFixed(1).padStart(6)} s`}`,
    ),
    `  ${bold('in all'.padEnd(38))}${(total / 1000).toFixed(1).padStart(6)} s`,
  ];
}

function qemuLines(plan: Plan, result: BuildResult, folder: string): string[] {
  const format = result.images[0]!.format;
  const { argv } = formatQemu(
    { ...plan.recommendation, firmware: { type: 'bios', secureBoot: false, enrolledKeys: false, smm: false } },
    {
      name: plan.name,
      disks: plan.disks.map((disk) => ({
        path: join(folder, result.images.find((image) => image.disk === disk.name && image.format === format)!.file),
        format,
      })),
      serial: 'stdio',
      network: 'user',
      display: 'none',
    },
  );
  return [`  ${showCommand(argv)}`];
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
