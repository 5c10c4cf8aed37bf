// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { diskFile, diskFormats } from '../../plan/outputs.js';
import type { DiskFormat, DiskPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { ImageResult } from '../../run/protocol.js';
import { rawPath } from '../disks/places.js';
import { FORMATS } from './formats.js';
import { inTurns } from './in-turns.js';

/**
 * Writes every disk in every format into the folder of finished images: each in one pass over the raw disk, as many at the
 * same time as the machine has processors, the slowest first.
 */
export async function runConvert(context: StageContext): Promise<ImageResult[]> {
  const { plan } = context;
  const images = plan.disks.flatMap((disk) =>
    diskFormats(plan.outputs).map((format) => ({
      disk,
      format,
      file: diskFile(plan.name, disk, format, plan.outputs),
    })),
  );
  const slowestFirst = images.toSorted((a, b) => FORMATS[b.format].effort - FORMATS[a.format].effort);
  await inTurns(availableParallelism(), slowestFirst, async ({ disk, format, file }) => {
    await convertDisk(context, disk, format, join(context.outFolder, file));
  });
  return images.map(({ disk, format, file }) => ({ disk: disk.name, format, file }));
}

/**
 * Writes one finished disk in one format. With SOURCE_DATE_EPOCH the same disk gives the same bytes.
 * @param target the file to write; its folder has to be there. What fails leaves an unfinished file.
 */
export async function convertDisk(
  context: StageContext,
  disk: DiskPlan,
  format: DiskFormat,
  target: string,
): Promise<void> {
  await FORMATS[format].write({ context, disk, raw: rawPath(context, disk), target });
  context.detail('convert', `${basename(target)} done`);
}
