// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, lstatSync, mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, ToolError } from '../../../osinfo/errors.js';
import type { FilesystemPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { Place } from '../place.js';
import { fatKey, isTooLargeForFat, whyNotOnFat } from './fat-names.js';
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
  const copy = join(context.scratch, 'vfat');
  try {
    copyInOrder(source.folder, copy, source);
    const entries = readdirSync(copy).sort();
    if (entries.length > 0)
      await copyToFat(
        context,
        place,
        entries.map((name) => join(copy, name)),
        '::/',
      );
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new ToolError('mcopy', error.exitCode, `Disk full: ${error.message}`, error.log);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * A copy whose folders were filled in the order of their names: mcopy takes files as a folder lists them, which in memory
 * depends on how the tree came to be. What FAT cannot hold is refused; mcopy would follow a link, and it may lead to a
 * file of this machine.
 */
function copyInOrder(from: string, to: string, source: FilesystemSource): void {
  mkdirSync(to);
  const seen = new Set<string>();
  for (const name of readdirSync(from, { encoding: 'buffer' }).sort(Buffer.compare)) {
    const path = join(from, name.toString());
    const refuse = (why: string): never => {
      const shown = `${source.mountpoint === undefined || source.mountpoint === '/' ? '' : source.mountpoint}${path.slice(source.folder!.length)}`;
      throw new InputError('vfat-entry', `${shown} ${why}, which vfat does not hold`, source.at);
    };
    const why = whyNotOnFat(name);
    if (why !== undefined) refuse(why);
    const key = fatKey(name.toString());
    if (seen.has(key)) refuse('differs from another name in capital letters only');
    seen.add(key);
    const stat = lstatSync(path);
    const target = join(to, name.toString());
    if (stat.isDirectory()) copyInOrder(path, target, source);
    else if (!stat.isFile()) refuse('is a link or a device');
    else if (isTooLargeForFat(stat.size)) refuse('has 4 GiB or more');
    else copyFileSync(path, target);
    utimesSync(target, stat.mtimeMs / 1000, stat.mtimeMs / 1000);
  }
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
