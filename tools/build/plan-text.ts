// SPDX-License-Identifier: Apache-2.0
import { formatIssue } from '../../builder/kickstart/index.js';
import { formatAptSource } from '../../builder/plan/apt-sources.js';
import type { DiskPlan, Plan } from '../../builder/plan/types.js';

const MIB = 1024 * 1024;

/** A plan as a person reads it: what `guestwright build --dry-run` prints. */
export function formatPlan(plan: Plan): string {
  const { install, recommendation } = plan;
  const why = install.packages.filter((one) => one.why !== undefined);
  return `${[
    `${plan.name}: ${plan.os.name} (${plan.os.shortId}, by ${plan.os.why}), ${plan.arch.name}`,
    '',
    `packages from (${install.sourcesWhy})`,
    ...install.sources.map((source) => `  ${formatAptSource(source)}`),
    `packages: ${install.variant === 'minbase' ? 'essential ones' : 'a base system'} and ${install.packages.length} named, ${install.recommends ? 'with' : 'without'} recommended ones`,
    ...why.map((one) => `  ${one.name}: ${one.why}`),
    '',
    ...plan.disks.flatMap(formatDisk),
    `boot loader: ${plan.boot.loader === 'none' ? 'none' : `GRUB for ${plan.boot.firmware.map((one) => one.toUpperCase()).join(' and ')}; ${plan.boot.append}`}`,
    `%post scripts: ${plan.scripts.length}`,
    `images: ${plan.disks.flatMap((disk) => plan.outputs.formats.map((format) => `${plan.name}-${disk.name}.${format}`)).join(', ')}`,
    `machine: ${recommendation.machine.family}, ${recommendation.firmware.type}, ${recommendation.cpu.count} CPU, ${recommendation.memoryBytes / MIB} MiB, ${recommendation.disk.bus} disk, ${recommendation.nic.model} network`,
    ...(plan.notices.length > 0 ? ['', ...plan.notices.map(formatIssue)] : []),
  ].join('\n')}\n`;
}

function formatDisk(disk: DiskPlan): string[] {
  return [
    `disk ${disk.name}: ${disk.sizeBytes / MIB} MiB, ${disk.label}`,
    ...disk.partitions.map((one) => {
      const what = [one.mountpoint ?? one.role, one.filesystem?.type ?? ''].join(' ').trim();
      return `  ${String(one.number).padStart(2)}  ${String(one.sizeBytes / MIB).padStart(8)} MiB  ${what}${one.at === undefined ? '  (added)' : ''}`;
    }),
    '',
  ];
}
