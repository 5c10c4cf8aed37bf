// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import picocolors from 'picocolors';
import type { BootTestResult } from '../../builder/boot-test/boot-test.js';
import { emulatorOf } from '../../builder/boot-test/emulators.js';
import { machineArch } from '../../builder/plan/host.js';
import { machineFormat, OUTPUTS, unpackedName } from '../../builder/plan/outputs.js';
import type { Plan } from '../../builder/plan/types.js';
import type { BuildResult } from '../../builder/run/build.js';
import { STAGES } from '../../builder/run/progress.js';
import { formatBytes } from '../../builder/sizes/format-sizes.js';
import { showCommand } from '../../osinfo/doors/process.js';
import { formatBoots } from './boot-tests.js';
import { formatHelper, seconds } from './progress-lines.js';

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
    ...startLines(plan, result, folder, boots),
    bold('Log in'),
    ...loginLines(plan),
    '',
    dim(`Packages, checksums and reasons: ${join(folder, `${plan.name}.manifest.json`)}`),
    '',
  ];
  return lines.join('\n');
}

/** Ways to start the machine; there is none without a disk. */
function startLines(plan: Plan, result: BuildResult, folder: string, boots: readonly BootTestResult[]): string[] {
  const { virtImage, libvirt } = result;
  if (libvirt === undefined) return [];
  return [
    bold('Start it'),
    ...(virtImage === undefined
      ? []
      : [
          `  virt-image ${join(folder, virtImage)}${dim('  (of virt-manager up to 1.0, or another reader of the format)')}`,
        ]),
    `  virsh define ${join(folder, libvirt)} && virsh start --console ${plan.name}`,
    `  ${qemuLine(plan, result, folder, boots)}`,
    dim('  (the last one: its console is this terminal, Ctrl-a x ends it)'),
    '',
  ];
}

/** As it would be typed here: relative where that is shorter to read. */
function shownFolder(folder: string): string {
  const near = relative(process.cwd(), folder);
  return near === '' ? '.' : near.startsWith('..') ? folder : near;
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
        `  ${STAGES.find((stage) => stage.name === one.stage)!.title.padEnd(38)}${one.ms === 0 ? '        ' : seconds(one.ms).padStart(8)}${stageSize(one)}${one.cached ? '  kept' : ''}`,
    ),
    ...result.helpers.map((one) => `  ${dim(`of that, ${formatHelper(one)}`)}`),
    `  ${bold('in all'.padEnd(38))}${(total / 1000).toFixed(1).padStart(6)} s`,
  ];
}

function stageSize({ bytes }: BuildResult['stages'][number]): string {
  return bytes === undefined ? '' : formatBytes(bytes).padStart(12);
}

/** A short line that can be typed: what `guestwright recommend --format qemu` says in full. Nothing is written to the disks. */
function qemuLine(plan: Plan, result: BuildResult, folder: string, boots: readonly BootTestResult[]): string {
  const { machine, cpu, memoryBytes } = plan.recommendation;
  const arch = plan.arch.name;
  const accelerator = boots[0]?.accelerator ?? (arch === machineArch() && existsSync('/dev/kvm') ? 'kvm' : 'tcg');
  const chosen = machineFormat(plan.outputs.formats)!;
  const { container, packed } = OUTPUTS[chosen];
  const drives = plan.disks.flatMap((disk) => {
    const file = result.images.find((image) => image.disk === disk.name && image.format === chosen)!.file;
    return [
      '-drive',
      `file=${join(folder, packed ? unpackedName(file) : file)},format=${container},if=virtio,snapshot=on`,
    ];
  });
  return showCommand([
    emulatorOf(arch),
    ...['-machine', machine.family, '-accel', accelerator],
    ...['-cpu', accelerator === 'kvm' ? 'host' : arch === 'aarch64' ? 'max,pauth-impdef=on' : 'max'],
    // A board without firmware of its own.
    ...(arch === 'aarch64' ? ['-bios', '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd'] : []),
    ...['-smp', String(cpu.count), '-m', String(memoryBytes / 1024 ** 2)],
    ...drives,
    ...['-nic', 'user,model=virtio-net-pci', '-nographic'],
  ]);
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
