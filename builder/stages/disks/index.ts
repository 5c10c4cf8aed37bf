// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { InputError, ToolError, WorkError } from '../../../osinfo/errors.js';
import type { DiskPlan, PartitionPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { installBootLoader } from '../boot/index.js';
import { makeFilesystem } from '../filesystem/index.js';

const SECTOR = 512;

/** Makes the raw disk images: table, file systems with their part of the tree, boot loader. Nothing is mounted. */
export async function runDisks(context: StageContext): Promise<void> {
  for (const disk of context.plan.disks) {
    context.detail('disks', `${disk.name}: partitions`);
    makeSparseFile(rawPath(context, disk), disk.sizeBytes);
    await writeTable(context, disk);
  }
  await makeFilesystems(context);
  const boot = context.plan.disks.find((disk) => disk.boot);
  if (boot && context.plan.boot.loader === 'grub') await installBootLoader(context, boot, rawPath(context, boot));
}

/** The raw image of a disk while it is built. */
export function rawPath(context: StageContext, disk: DiskPlan): string {
  return join(context.rawFolder, `${disk.name}.raw`);
}

function makeSparseFile(path: string, bytes: number): void {
  const file = openSync(path, 'w', 0o644);
  try {
    ftruncateSync(file, bytes);
  } finally {
    closeSync(file);
  }
}

/** sfdisk(8) reads the table as text; what it really wrote is read back and compared, since it may round. */
async function writeTable(context: StageContext, disk: DiskPlan): Promise<void> {
  const path = rawPath(context, disk);
  const lines = ['label: gpt', `label-id: ${disk.diskGuid}`, 'unit: sectors', 'sector-size: 512', ''];
  for (const partition of disk.partitions) {
    lines.push(
      `start=${partition.startBytes / SECTOR}, size=${partition.sizeBytes / SECTOR}, type=${partition.typeGuid}, uuid=${partition.partitionGuid}, name="${partition.partitionName}"`,
    );
  }
  await context.tool(['sfdisk', '--quiet', '--no-reread', '--no-tell-kernel', '--wipe', 'never', path], {
    input: `${lines.join('\n')}\n`,
  });
  const { stdout } = await context.tool(['sfdisk', '--json', path]);
  const written = (JSON.parse(stdout) as { partitiontable: { partitions: { start: number; size: number }[] } })
    .partitiontable.partitions;
  for (const [index, partition] of disk.partitions.entries()) {
    const real = written[index];
    if (real?.start !== partition.startBytes / SECTOR || real.size !== partition.sizeBytes / SECTOR) {
      throw new WorkError(
        'table-differs',
        `sfdisk placed partition ${index + 1} of ${disk.name} elsewhere than planned`,
      );
    }
  }
}

interface Mounted {
  readonly disk: DiskPlan;
  readonly partition: PartitionPlan;
}

/**
 * A file system gets the part of the tree below its mount point, less what lies below another mount point: those are
 * made first, deepest first, and then hidden under an empty folder for the ones above.
 */
async function makeFilesystems(context: StageContext): Promise<void> {
  const all: Mounted[] = context.plan.disks.flatMap((disk) =>
    disk.partitions.map((partition) => ({ disk, partition })),
  );
  const mounted = all.filter((one) => one.partition.filesystem && one.partition.mountpoint !== undefined);
  mounted.sort((a, b) => depth(b.partition.mountpoint!) - depth(a.partition.mountpoint!));
  for (const { disk, partition } of all.filter((one) => one.partition.role === 'swap')) {
    context.detail('disks', `${disk.name}: swap`);
    await makeAt(context, disk, partition, undefined);
  }
  for (const { disk, partition } of mounted) {
    const mountpoint = partition.mountpoint!;
    context.detail('disks', `${disk.name}: ${partition.filesystem!.type} ${mountpoint}`);
    const source = sourceFolder(context, partition);
    await makeFor(context, disk, partition, source);
    if (mountpoint !== '/') await hide(context, source);
  }
}

async function makeFor(context: StageContext, disk: DiskPlan, partition: PartitionPlan, source: string): Promise<void> {
  try {
    await makeAt(context, disk, partition, source);
  } catch (error) {
    if (
      !(error instanceof ToolError) ||
      !/Could not allocate block|No space left|no free space|Disk full|not enough/i.test(error.message + tail(error))
    )
      throw error;
    const used = await usedBytes(context, source);
    throw new InputError(
      'partition-too-small',
      `part ${partition.mountpoint}: ${Math.round(partition.sizeBytes / 1048576)} MiB do not hold the ${Math.ceil(used / 1048576)} MiB of its files; give --size=${Math.ceil((used * 1.25) / 1048576) + 64} or more`,
      partition.at,
    );
  }
}

async function makeAt(
  context: StageContext,
  disk: DiskPlan,
  partition: PartitionPlan,
  folder: string | undefined,
): Promise<void> {
  const place = { file: rawPath(context, disk), offsetBytes: partition.startBytes, sizeBytes: partition.sizeBytes };
  const { mountpoint, at } = partition;
  await makeFilesystem(context, place, partition.filesystem!, { folder, mountpoint, at });
}

function tail(error: ToolError): string {
  return error.log === undefined ? '' : readFileSync(error.log, 'utf8').slice(-2000);
}

async function usedBytes(context: StageContext, folder: string): Promise<number> {
  const { stdout } = await context.tool(['du', '-s', '--block-size=1', '--', folder]);
  return Number(stdout.split('\t')[0]);
}

/** `%post` may have made a mount point a link: to follow it would take files of this machine into the image. */
function sourceFolder(context: StageContext, partition: PartitionPlan): string {
  const mountpoint = partition.mountpoint!;
  const path = join(context.tree, mountpoint);
  mkdirSync(path, { recursive: true, mode: 0o755 });
  if (
    realpathSync(path) !== join(realpathSync(context.tree), mountpoint === '/' ? '' : mountpoint) ||
    !lstatSync(path).isDirectory()
  ) {
    throw new InputError(
      'mount-point-link',
      `${mountpoint} is a link in the finished tree; a mount point has to be a folder`,
      partition.at,
    );
  }
  return path;
}

async function hide(context: StageContext, folder: string): Promise<void> {
  const empty = join(context.scratch, `empty-${readdirSync(context.scratch).length}`);
  const { mode, uid, gid } = statSync(folder);
  mkdirSync(empty);
  await context.tool(['chmod', (mode & 0o7777).toString(8), '--', empty]);
  await context.tool(['chown', `${uid}:${gid}`, '--', empty]);
  await context.tool(['touch', '--no-dereference', '--reference', folder, '--', empty]);
  await context.tool(['mount', '--bind', '--', empty, folder]);
}

/** Frees the memory that the tree holds once the images have it all. */
export async function dropTree(context: StageContext): Promise<void> {
  for (const disk of context.plan.disks) {
    for (const partition of disk.partitions) {
      if (partition.mountpoint !== undefined && partition.mountpoint !== '/')
        await context.tool(['umount', '--', join(context.tree, partition.mountpoint)], { okCodes: [0, 32] });
    }
  }
  rmSync(context.tree, { recursive: true, force: true });
}

function depth(mountpoint: string): number {
  return mountpoint === '/' ? 0 : mountpoint.split('/').length;
}
