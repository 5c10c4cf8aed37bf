// SPDX-License-Identifier: Apache-2.0
import { formatIssue } from '../../builder/kickstart/index.js';
import { formatAptSource } from '../../builder/plan/apt-sources.js';
import { imageFiles } from '../../builder/plan/outputs.js';
import { withoutPassword } from '../../builder/plan/rpm/address.js';
import type { BootPlan, DeviceContent, DiskPlan, InstallPlan, Plan, StorageLayers } from '../../builder/plan/types.js';

const MIB = 1024 * 1024;

/** A plan as a person reads it: what `guestwright build --dry-run` prints. */
export function formatPlan(plan: Plan): string {
  const { install, recommendation } = plan;
  return `${[
    `${plan.name}: ${plan.os.name} (${plan.os.shortId}, by ${plan.os.why}), ${plan.arch.name}`,
    '',
    `packages from (${install.sourcesWhy})`,
    ...formatSources(install),
    `packages: ${formatBase(install)} and ${install.packages.length} named, ${install.recommends ? 'with' : 'without'} recommended ones`,
    ...install.packages.filter((one) => one.why !== undefined).map((one) => `  ${one.name}: ${one.why}`),
    '',
    ...plan.disks.flatMap(formatDisk),
    ...formatLayers(plan.storage),
    `boot loader: ${formatBoot(plan.boot)}`,
    `%post scripts: ${plan.scripts.length}`,
    `images: ${imageFiles(plan.name, plan.disks, plan.outputs).join(', ')}`,
    `machine: ${recommendation.machine.family}, ${recommendation.firmware.type}, ${recommendation.cpu.count} CPU, ${recommendation.memoryBytes / MIB} MiB, ${recommendation.disk.bus} disk, ${recommendation.nic.model} network`,
    ...(plan.notices.length > 0 ? ['', ...plan.notices.map(formatIssue)] : []),
  ].join('\n')}\n`;
}

function formatSources(install: InstallPlan): string[] {
  if (install.family === 'deb') return install.sources.map((source) => `  ${formatAptSource(source)}`);
  return install.repositories.map(
    ({ id, address, gpgCheck }) =>
      `  ${id}: ${address.kind === 'baseurl' ? '' : `${address.kind} `}${withoutPassword(address.url)}${gpgCheck ? '' : ', signatures are not checked'}`,
  );
}

function formatBase(install: InstallPlan): string {
  if (install.family === 'deb') return install.variant === 'minbase' ? 'essential ones' : 'a base system';
  const groups = install.groups.map((one) => `${one.kind === 'environment' ? '@^' : '@'}${one.name}`).join(', ');
  return `by ${install.tool}, ${groups === '' ? 'no group' : groups}`;
}

function formatBoot({ loader, firmware, append }: BootPlan): string {
  if (loader === 'none') return 'none';
  const from = firmware.map((one) => one.toUpperCase()).join(' and ');
  return `${loader === 'grub' ? 'GRUB' : loader}${from === '' ? '' : ` for ${from}`}; ${append}`;
}

function formatDisk(disk: DiskPlan): string[] {
  return [
    `disk ${disk.name}: ${disk.sizeBytes / MIB} MiB, ${disk.label}`,
    ...disk.partitions.map(
      (one) =>
        `  ${String(one.number).padStart(2)}  ${formatSize(one.sizeBytes)}  ${formatContent(one)}${one.at === undefined ? '  (added)' : ''}`,
    ),
    '',
  ];
}

function formatLayers({ raids, luks, volumeGroups, btrfs }: StorageLayers): string[] {
  return [
    ...raids.flatMap((raid) => [
      `array ${raid.name}: RAID${raid.level} of ${raid.members.map((one) => one.device + (one.slot === undefined ? ' (spare)' : '')).join(', ')}, metadata ${raid.metadata}`,
      `      ${formatSize(raid.sizeBytes)}  ${formatContent(raid)}`,
      '',
    ]),
    ...luks.flatMap((one) => [
      `encrypted ${one.device}: LUKS${one.version}, ${one.cipher}, ${one.pbkdf.kind}`,
      `      ${formatSize(one.sizeBytes)}  ${formatContent(one)}`,
      '',
    ]),
    ...volumeGroups.flatMap((group) => [
      `volume group ${group.name} of ${group.physicalVolumes.map((one) => one.device).join(', ')}: extents of ${group.extentBytes / MIB} MiB, ${group.freeExtents} free`,
      ...group.logicalVolumes.map((one) => {
        const kind = one.kind === 'thin' ? ` (thin, in ${one.pool})` : one.kind === 'thin-pool' ? ' (thin pool)' : '';
        return `      ${formatSize(one.sizeBytes)}  ${one.name}${kind}: ${formatContent(one)}`;
      }),
      '',
    ]),
    ...btrfs.flatMap((volume) => [
      `btrfs ${volume.filesystem.label ?? volume.id} of ${volume.devices.join(', ')}: data ${volume.dataProfile}, metadata ${volume.metadataProfile}`,
      `      ${formatSize(volume.sizeBytes)}  ${volume.mountpoint ?? 'not mounted at its top'}`,
      ...volume.subvolumes.map((one) => `${' '.repeat(20)}${one.path}: ${one.mountpoint ?? 'not mounted'}`),
      '',
    ]),
  ];
}

function formatSize(bytes: number): string {
  return `${String(Math.round((bytes / MIB) * 10) / 10).padStart(8)} MiB`;
}

function formatContent({ role, mountpoint, filesystem }: DeviceContent): string {
  return [mountpoint ?? role, filesystem?.type ?? ''].join(' ').trim();
}
