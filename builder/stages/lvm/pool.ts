// SPDX-License-Identifier: Apache-2.0
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceId, LogicalVolumePlan, VolumeGroupPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { makeSparseFile } from '../disks/places.js';
import { copyRuns, cut, dataRuns, type Extent, type Place, pourOver, type Run } from '../place.js';
import { volumeExtents } from './pour.js';
import { formatThinMap, type PlacedThinRun, placeThinRuns, type ThinRun } from './thin.js';

type Pool = Extract<LogicalVolumePlan, { kind: 'thin-pool' }>;
type Thin = Extract<LogicalVolumePlan, { kind: 'thin' }>;

/**
 * Puts what thin volumes hold into their pool, chunk by chunk, and writes the map that says which chunk is whose. What is
 * empty in a volume takes nothing of the pool.
 * @throws InputError with the pool's line where it has less room than its volumes hold
 */
export async function fillPool(
  context: StageContext,
  group: VolumeGroupPlan,
  pool: Pool,
  volumes: readonly Thin[],
  placeOf: (device: DeviceId) => Place,
): Promise<void> {
  const contents = [];
  for (const volume of volumes) {
    const runs = chunkRuns(await dataRuns(context, placeOf(volume.id)), pool.chunkBytes);
    contents.push({ deviceNumber: volume.deviceNumber, runs });
  }
  const placed = placeThinRuns(pool, contents);
  const data = volumeExtents(group, pool.data.segments, placeOf);
  for (const volume of volumes) {
    const runs = placed.filter((one) => one.deviceNumber === volume.deviceNumber);
    await copyChunks(placeOf(volume.id), runs, pool.chunkBytes, data);
  }
  const map = await makeMap(context, pool, formatThinMap(pool, contents, placed), group);
  await pourOver(context, map, volumeExtents(group, pool.metadata.segments, placeOf));
  rmSync(map);
}

/** Runs of bytes as runs of whole chunks: those that hold any of them. */
function chunkRuns(runs: readonly Run[], chunkBytes: number): ThinRun[] {
  const result: { block: number; count: number }[] = [];
  for (const { offset, length } of runs) {
    const first = Math.floor(offset / chunkBytes);
    const end = Math.ceil((offset + length) / chunkBytes);
    const last = result.at(-1);
    if (last && first <= last.block + last.count) last.count = Math.max(last.count, end - last.block);
    else result.push({ block: first, count: end - first });
  }
  return result;
}

async function copyChunks(
  from: Place,
  runs: readonly PlacedThinRun[],
  chunkBytes: number,
  data: readonly Extent[],
): Promise<void> {
  for (const extent of data) {
    const pieces = runs.flatMap(({ block, count, dataBlock }) => {
      const shift = from.offsetBytes + (block - dataBlock) * chunkBytes;
      return cut([{ offset: dataBlock * chunkBytes, length: count * chunkBytes }], extent).map(
        ({ offset, length }) => ({
          from: offset + shift,
          to: extent.fileOffset + offset - extent.offset,
          length,
        }),
      );
    });
    await copyRuns(from.file, extent.file, pieces);
  }
}

/** The metadata volume as a file. On the disk: thin_restore(8) goes past the page cache, which older tmpfs refuses. */
async function makeMap(context: StageContext, pool: Pool, xml: string, group: VolumeGroupPlan): Promise<string> {
  const [text, map] = [join(context.job.workFolder, 'thin-map.xml'), join(context.job.workFolder, 'thin-map.raw')];
  const extents = pool.metadata.segments.reduce((sum, one) => sum + one.extentCount, 0);
  writeFileSync(text, xml);
  makeSparseFile(map, extents * group.extentBytes);
  await context.tool(['thin_restore', '-i', text, '-o', map]);
  rmSync(text);
  return map;
}
