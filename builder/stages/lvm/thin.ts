// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../osinfo/errors.js';
import type { LogicalVolumePlan } from '../../plan/types.js';

const SECTOR = 512;
const MIB = 1024 * 1024;

/** A run of blocks of a thin volume, in the pool's chunks. */
export interface ThinRun {
  /** The first block of the volume. */
  readonly block: number;
  readonly count: number;
}

/** A volume with the blocks of it that hold something. */
export interface ThinContent {
  readonly deviceNumber: number;
  readonly runs: readonly ThinRun[];
}

/** Where a run lies in the pool. */
export interface PlacedThinRun extends ThinRun {
  readonly deviceNumber: number;
  /** The first block of the pool's data. */
  readonly dataBlock: number;
}

type Pool = Extract<LogicalVolumePlan, { kind: 'thin-pool' }>;

/**
 * Gives the used blocks of thin volumes their places in the pool, one after the other.
 * @throws InputError with the pool's line where they are more than the pool has
 */
export function placeThinRuns(pool: Pool, volumes: readonly ThinContent[]): PlacedThinRun[] {
  const blocks = Math.floor(pool.sizeBytes / pool.chunkBytes);
  let next = 0;
  const placed = volumes.flatMap(({ deviceNumber, runs }) =>
    runs.map((run) => {
      const dataBlock = next;
      next += run.count;
      return { ...run, deviceNumber, dataBlock };
    }),
  );
  if (next > blocks) {
    const mib = (chunks: number) => Math.ceil((chunks * pool.chunkBytes) / MIB);
    throw new InputError(
      'thin-pool-full',
      `logvol --name=${pool.name}: the pool of ${mib(blocks)} MiB does not hold the ${mib(next)} MiB of its volumes; give --size=${Math.ceil(mib(next) * 1.25) + 64} or more`,
      pool.at,
    );
  }
  return placed;
}

/**
 * The map of a pool in the XML that thin_restore(8) makes the metadata volume of; it works on a plain file. Each volume
 * was made by a transaction of its own, as the group's text says.
 */
export function formatThinMap(pool: Pool, volumes: readonly ThinContent[], placed: readonly PlacedThinRun[]): string {
  const blocks = Math.floor(pool.sizeBytes / pool.chunkBytes);
  const lines = [
    `<superblock uuid="" time="0" transaction="${volumes.length}" version="2" data_block_size="${pool.chunkBytes / SECTOR}" nr_data_blocks="${blocks}">`,
    ...volumes.flatMap(({ deviceNumber, runs }) => [
      `<device dev_id="${deviceNumber}" mapped_blocks="${runs.reduce((sum, run) => sum + run.count, 0)}" transaction="${deviceNumber - 1}" creation_time="0" snap_time="0">`,
      ...placed
        .filter((run) => run.deviceNumber === deviceNumber)
        .map(
          (run) =>
            `<range_mapping origin_begin="${run.block}" data_begin="${run.dataBlock}" length="${run.count}" time="0"/>`,
        ),
      '</device>',
    ]),
    '</superblock>',
  ];
  return `${lines.join('\n')}\n`;
}
