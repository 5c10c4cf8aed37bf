// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { InstalledSystem } from '../../builder/install/install.js';
import { fileNames, type InstallPlan } from '../../builder/install/plan-install.js';
import { formatBytes } from '../../builder/sizes/format-sizes.js';
import { showCommand } from '../../osinfo/doors/process.js';
import { ownProgram } from '../show/own-program.js';
import { shownFolder } from '../show/shown-folder.js';

/** What would be done, for a person. */
export function formatInstallPlan(plan: InstallPlan): string {
  const { medium, answers, start, machine } = plan;
  const from = medium.from.kind === 'file' ? medium.from.path : medium.from.address;
  const cpus = `${machine.cpu.count} ${machine.cpu.count === 1 ? 'CPU' : 'CPUs'}`;
  const firmware =
    machine.firmware.type === 'uefi' ? 'UEFI' : machine.firmware.type === 'bios' ? 'BIOS' : 'its own firmware';
  const rows: readonly (readonly [string, string])[] = [
    ['system', `${plan.os.name ?? plan.os.id} for ${plan.arch}`],
    ['medium', `${from} (${medium.why})`],
    ...medium.checksums.map((address, index) => [index === 0 ? 'checksum' : '', address] as const),
    ['answers', answers === undefined ? 'yours, on the console' : `${answers.scripts.join(', ')} (${answers.why})`],
    [
      'starts',
      start.by === 'medium'
        ? 'the medium’s own loader'
        : `${start.kernel} of the medium ${start.words.join(' ')}`.trimEnd(),
    ],
    [
      'machine',
      `${cpus}, ${formatBytes(machine.memoryBytes)} of memory, ${machine.machine.family}, ${firmware}, ${machine.disk.bus} disk, ${machine.nic.model} network`,
    ],
    ['disk', `${plan.disk.file}, ${formatBytes(plan.disk.bytes)}`],
    ['result', `${plan.folder}/: ${plan.files.join(', ')}${plan.to === 'libvirt' ? '; defined in libvirt' : ''}`],
    ...plan.warnings.map((warning) => ['warning', warning] as const),
  ];
  return rows.map(([name, text]) => `${name.padEnd(9)} ${text}\n`).join('');
}

/**
 * What was made, and how it is started.
 * @param connect the libvirt that was named; absent: its own choice
 */
export function formatInstalled(
  plan: InstallPlan,
  { folder, record, domain }: InstalledSystem,
  connect: string | undefined,
): string {
  const shown = shownFolder(folder);
  const { disk, installation, found } = record;
  const minutes =
    installation.seconds < 120
      ? `${Math.round(installation.seconds)} s`
      : `${Math.round(installation.seconds / 60)} min`;
  const lines = [
    `${plan.name}: ${found?.name ?? plan.os.name ?? plan.os.id}, installed in ${minutes}, in ${shown}/`,
    `  disk ${disk.file}: ${formatBytes(disk.capacityBytes)}, of which ${formatBytes(disk.allocationBytes)} are used`,
    ...(domain === undefined
      ? [
          `  start it: ${showCommand([...ownProgram('guestwright'), 'run', shown])}`,
          `  with libvirt: ${showCommand([...ownProgram('virt-image'), '--connect', 'qemu:///system', join(shown, fileNames(plan.name).virtImage)])}`,
        ]
      : [
          `  start it: ${showCommand(['virsh', ...(connect === undefined ? [] : ['--connect', connect]), 'start', '--console', domain.name])}`,
        ]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
