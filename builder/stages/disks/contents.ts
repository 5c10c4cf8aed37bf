// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statfsSync } from 'node:fs';
import { InputError, ToolError, WorkError } from '../../../osinfo/errors.js';
import type { At } from '../../kickstart/model.js';
import type { BtrfsPlan, DeviceContent, DeviceId, Plan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { makeBtrfsVolume, makeFilesystem } from '../filesystem/index.js';
import type { Folders } from './folders.js';
import type { Device } from './graph.js';
import type { Places } from './places.js';

const MIB = 1024 * 1024;

/** What makers of file systems say when the files do not fit. */
const FULL = /Could not allocate block|No space left|no free space|Disk full|not enough/i;

/** Below this the machine itself may be what is full. */
const FEW_BYTES = 16 * MIB;

/** Makes what lies on a device: a file system with its part of the tree, or swap. */
export async function makeContent(
  context: StageContext,
  places: Places,
  folders: Folders,
  device: Device,
): Promise<void> {
  if (device.making.kind === 'btrfs') return await makeVolume(context, places, folders, device.making.btrfs);
  const { content, id, sizeBytes } = device;
  if (!content?.filesystem) return;
  const { filesystem, at } = content;
  const mountpoint = mountpointOf(context.plan, content);
  const folder = mountpoint === undefined ? undefined : folders.of(mountpoint);
  context.detail('disks', `${id}: ${filesystem.type}${mountpoint === undefined ? '' : ` ${mountpoint}`}`);
  await orTooSmall(context, { id, sizeBytes, mountpoint, at, folders: folder === undefined ? [] : [folder] }, () =>
    makeFilesystem(context, places.of(id), filesystem, { folder, mountpoint, at }),
  );
}

/** Where the finished system has a file system; the copy of an ESP holds what that one holds. */
function mountpointOf({ disks }: Plan, content: DeviceContent & { readonly copyOf?: DeviceId }): string | undefined {
  if (content.copyOf === undefined) return content.mountpoint;
  return disks.flatMap((disk) => disk.partitions).find((one) => one.id === content.copyOf)?.mountpoint;
}

async function makeVolume(context: StageContext, places: Places, folders: Folders, volume: BtrfsPlan): Promise<void> {
  const { id, at, sizeBytes, mountpoint, subvolumes, devices } = volume;
  context.detail('disks', `${id}: btrfs, ${subvolumes.length} subvolumes`);
  const folderOf = (path: string | undefined) => (path === undefined ? undefined : folders.of(path));
  const sources = [
    { path: '', folder: folderOf(mountpoint) },
    ...subvolumes.map((one) => ({ path: one.path, folder: folderOf(one.mountpoint) })),
  ];
  const filled = sources.flatMap((one) => (one.folder === undefined ? [] : [one.folder]));
  await orTooSmall(context, { id, sizeBytes, mountpoint: mountpoint ?? 'none', at, folders: filled }, () =>
    makeBtrfsVolume(context, volume, devices.map(places.of), sources),
  );
}

/** A device that something is made on, for messages. */
interface Filled {
  readonly id: DeviceId;
  readonly sizeBytes: number;
  readonly mountpoint: string | undefined;
  readonly at: At | undefined;
  readonly folders: readonly string[];
}

/** @throws InputError with the kickstart's line where the files are more than the device holds */
async function orTooSmall(context: StageContext, filled: Filled, make: () => Promise<void>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof ToolError) || !FULL.test(error.message + tail(error))) throw error;
    const { bavail, bsize } = statfsSync(context.rawFolder);
    if (bavail * bsize < FEW_BYTES)
      throw new WorkError('no-space', 'there is no space left; free some, or give --tmpdir on a larger disk');
    const used = await usedBytes(context, filled.folders);
    const { id, sizeBytes, mountpoint, at } = filled;
    const [command, advice] = whose(context.plan, id);
    const wanted = Math.ceil((used * 1.25) / MIB) + 64;
    throw new InputError(
      'partition-too-small',
      `${command} ${mountpoint ?? 'none'}: ${Math.round(sizeBytes / MIB)} MiB do not hold the ${Math.ceil(used / MIB)} MiB of its files; ${advice(wanted)} or more`,
      at,
    );
  }
}

/** The kickstart's command for a device, and what to change there for a size in MiB. */
function whose({ storage }: Pick<Plan, 'storage'>, id: DeviceId): [string, (mib: number) => string] {
  const luks = storage.luks.find((one) => one.id === id);
  if (luks) {
    const [command, advice] = whose({ storage }, luks.device);
    return [command, (mib) => advice(mib + Math.ceil(luks.dataOffsetBytes / MIB))];
  }
  const raid = storage.raids.find((one) => one.id === id);
  if (raid) {
    const share = raid.dataBytes / raid.sizeBytes;
    return ['raid', (mib) => `give each of its members --size=${Math.ceil(mib * share) + 1}`];
  }
  const btrfs = storage.btrfs.find((one) => one.id === id);
  if (btrfs) return ['btrfs', (mib) => `give each of its members --size=${Math.ceil(mib / btrfs.devices.length)}`];
  return [id.includes('/') ? 'logvol' : 'part', (mib) => `give --size=${mib}`];
}

function tail(error: ToolError): string {
  return error.log === undefined ? '' : readFileSync(error.log, 'utf8').slice(-2000);
}

async function usedBytes(context: StageContext, folders: readonly string[]): Promise<number> {
  if (folders.length === 0) return 0;
  const { stdout } = await context.tool([
    'du',
    '-s',
    '--one-file-system',
    '--total',
    '--block-size=1',
    '--',
    ...folders,
  ]);
  return Number(stdout.trimEnd().split('\n').at(-1)!.split('\t')[0]);
}
