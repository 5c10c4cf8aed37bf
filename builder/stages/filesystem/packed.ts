// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../osinfo/errors.js';
import type { StageContext } from '../../run/context.js';
import { type Place, pour } from '../place.js';
import type { FilesystemSource } from './types.js';

const MIB = 1024 * 1024;

/**
 * A read-only file system, which is as large as what is in it: it is made apart and put to its place.
 * @param pack writes the file system of a folder into a new file
 * @throws InputError with the kickstart's line where the place is smaller
 */
export async function packFolder(
  context: StageContext,
  place: Place,
  type: string,
  source: FilesystemSource,
  pack: (folder: string, image: string) => Promise<void>,
): Promise<void> {
  const image = join(context.scratch, `packed.${type}`);
  const empty = join(context.scratch, `packed.${type}.empty`);
  if (source.folder === undefined) mkdirSync(empty, { mode: 0o755 });
  try {
    await pack(source.folder ?? empty, image);
    const { size } = statSync(image);
    if (size > place.sizeBytes) {
      const what = source.mountpoint === undefined ? `part --fstype=${type}` : `part ${source.mountpoint}`;
      const [has, needs] = [Math.floor(place.sizeBytes / MIB), Math.ceil(size / MIB)];
      throw new InputError(
        'partition-too-small',
        `${what}: ${has} MiB do not hold the ${needs} MiB of its ${type}; give --size=${needs + 16} or more`,
        source.at,
      );
    }
    await pour(context, image, place);
  } finally {
    rmSync(image, { force: true });
    rmSync(empty, { recursive: true, force: true });
  }
}
