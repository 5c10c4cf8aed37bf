// SPDX-License-Identifier: Apache-2.0
import type { FilesystemPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { Place } from '../place.js';
import { packFolder } from './packed.js';
import type { FilesystemSource } from './types.js';

/** zstd, which every kernel since 4.14 reads. Its own default level, 15, takes minutes for the root of a Debian. */
const COMPRESSION = ['-comp', 'zstd', '-Xcompression-level', '6'];

/**
 * A read-only squashfs by mksquashfs(1): owners, modes, links and attributes are kept, times in whole seconds from 1970
 * on. It has no ACLs: they are taken away before, which leaves to each group what its entry allowed, and told.
 */
export async function makeSquashfs(
  context: StageContext,
  place: Place,
  _filesystem: FilesystemPlan,
  source: FilesystemSource,
): Promise<void> {
  await packFolder(context, place, 'squashfs', source, async (folder, image) => {
    await removeAcls(context, folder, source.mountpoint ?? '/');
    await raiseOldTimes(context, folder);
    await context.tool(['mksquashfs', folder, image, '-noappend', '-quiet', '-no-progress', '-xattrs', ...COMPRESSION]);
  });
}

/** mksquashfs would only drop them: the bits of the group are then the mask, which is more than the group had. */
async function removeAcls(context: StageContext, folder: string, mountpoint: string): Promise<void> {
  const { stdout } = await context.tool([
    'getfacl',
    '--recursive',
    '--physical',
    '--skip-base',
    '--numeric',
    '--absolute-names',
    '--',
    folder,
  ]);
  const having = [...stdout.matchAll(/^# file: (.*)$/gm)].map((match) => match[1]!);
  if (having.length === 0) return;
  await context.tool(['setfacl', '--recursive', '--physical', '--remove-all', '--', folder]);
  const first = `${mountpoint === '/' ? '' : mountpoint}${having[0]!.slice(folder.length)}`;
  const others = having.length === 1 ? '' : ` and ${having.length - 1} more`;
  context.emit({
    type: 'notice',
    message: `squashfs has no ACLs: those of ${first === '' ? '/' : first}${others} are left out`,
  });
}

/** Seconds are counted without a sign: 1969 would become 2106. */
async function raiseOldTimes(context: StageContext, folder: string): Promise<void> {
  await context.tool([
    'find',
    folder,
    '-not',
    '-newermt',
    '@-1',
    '-exec',
    'touch',
    '--no-dereference',
    '--date',
    '@0',
    '--',
    '{}',
    '+',
  ]);
}
