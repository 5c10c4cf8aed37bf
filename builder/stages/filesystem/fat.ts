// SPDX-License-Identifier: Apache-2.0
import { InputError, ToolError } from '../../../osinfo/errors.js';
import type { FilesystemPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { Place } from '../place.js';
import type { FilesystemSource } from './types.js';

/**
 * mkfs.vfat would choose by the size of the whole disk file. FAT32, which the UEFI specification asks of an ESP, needs
 * 65525 clusters: with one sector a cluster it fits from 34 MiB on.
 */
function fatGeometry(bytes: number): string[] {
  const mib = bytes / 1024 / 1024;
  if (mib < 16) return ['-F', '12'];
  if (mib < 34) return ['-F', '16'];
  return mib <= 260 ? ['-F', '32', '-s', '1'] : ['-F', '32'];
}

/** vfat by mkfs.vfat(8) and mtools(1). */
export async function makeFat(
  context: StageContext,
  place: Place,
  filesystem: FilesystemPlan,
  source: FilesystemSource,
): Promise<void> {
  const { uuid, label, mkfsOptions } = filesystem;
  await context.tool([
    'mkfs.vfat',
    '--invariant',
    '-i',
    uuid.replace('-', ''),
    '--offset',
    String(place.offsetBytes / 512),
    ...(label === undefined ? [] : ['-n', label.toUpperCase()]),
    ...fatGeometry(place.sizeBytes),
    ...mkfsOptions,
    place.file,
    String(Math.floor(place.sizeBytes / 1024)),
  ]);
  if (source.folder === undefined) return;
  await refuseForeignEntries(context, source.folder, source);
  const { stdout } = await context.tool(['find', source.folder, '-mindepth', '1', '-maxdepth', '1', '-print0']);
  const entries = stdout.split('\0').filter((entry) => entry !== '');
  if (entries.length === 0) return;
  try {
    await copyToFat(context, place, entries, '::/');
  } catch (error) {
    if (error instanceof ToolError)
      throw new ToolError(
        'mcopy',
        error.exitCode,
        `Disk full or a name that vfat does not take: ${error.message}`,
        error.log,
      );
    throw error;
  }
}

/** FAT has files and folders only; mcopy would follow a link, and it may lead to a file of this machine. */
async function refuseForeignEntries(context: StageContext, folder: string, source: FilesystemSource): Promise<void> {
  const { stdout } = await context.tool([
    'find',
    folder,
    '-not',
    '-type',
    'd',
    '-not',
    '-type',
    'f',
    '-printf',
    '/%P',
    '-quit',
  ]);
  if (stdout === '') return;
  const { mountpoint } = source;
  const path = `${mountpoint === undefined || mountpoint === '/' ? '' : mountpoint}${stdout}`;
  throw new InputError('vfat-entry', `${path} is a link or a device, which vfat does not hold`, source.at);
}

/** mtools(1) reads `IMAGE@@OFFSET`. Times are the files' own (`-m`), so that the same tree gives the same bytes. */
export async function copyToFat(
  context: StageContext,
  place: Pick<Place, 'file' | 'offsetBytes'>,
  files: readonly string[],
  target: string,
): Promise<void> {
  await context.tool(['mcopy', '-s', '-m', '-o', '-Q', '-i', `${place.file}@@${place.offsetBytes}`, ...files, target], {
    env: { MTOOLS_SKIP_CHECK: '1' },
  });
}
