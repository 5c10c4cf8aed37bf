// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from 'node:fs';
import { WorkError } from '../../../osinfo/errors.js';
import type { DiskPlan, PartitionPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';

const SECTOR = 512;

/** An extended partition that reaches past what cylinders count (W95 Ext'd, LBA). */
const EXTENDED_TYPE = 'f';

/** A line of a table: as it is planned, or as it was read back. Sectors of 512 bytes. */
interface Row {
  readonly number: number;
  readonly start: number;
  readonly size: number;
  readonly type: string;
  readonly uuid?: string;
  readonly name?: string;
  readonly bootable?: boolean;
}

/**
 * Writes the partition table of a disk into its file, by sfdisk(8), and reads it back: sfdisk may round, and a table that
 * differs from the plan would let file systems overlap.
 * @throws WorkError where the table is not the planned one
 */
export async function writeTable(context: StageContext, disk: DiskPlan, path: string): Promise<void> {
  const rows = planRows(disk, context.plan.storage.boot.device, context.plan.boot.firmware);
  await context.tool(['sfdisk', '--quiet', '--no-reread', '--no-tell-kernel', '--wipe', 'never', path], {
    input: formatScript(disk, rows),
  });
  const { stdout } = await context.tool(['sfdisk', '--json', path]);
  const written = parseTable(stdout);
  for (const row of rows) {
    const real = written.find((one) => one.number === row.number);
    if (!real || !isSame(row, real))
      throw new WorkError('table-differs', `sfdisk made partition ${row.number} of ${disk.name} other than planned`);
  }
  if (written.length !== rows.length)
    throw new WorkError(
      'table-differs',
      `sfdisk made ${written.length} partitions on ${disk.name}, not ${rows.length}`,
    );
  if (disk.extended) checkLinks(disk, path);
}

/** The partitions of a disk, and the extended one where there is one, as the table will have them. */
function planRows(disk: DiskPlan, bootDevice: string, firmware: readonly string[]): Row[] {
  const active =
    disk.label === 'dos' && disk.boot && firmware.includes('bios') ? activeOf(disk, bootDevice) : undefined;
  const rows = disk.partitions.map(
    (one): Row => ({
      number: one.number,
      start: one.startBytes / SECTOR,
      size: one.sizeBytes / SECTOR,
      type: one.typeGuid,
      ...(disk.label === 'gpt' ? { uuid: one.partitionGuid, name: one.partitionName } : {}),
      ...(one === active ? { bootable: true } : {}),
    }),
  );
  if (!disk.extended) return rows;
  const { number, startBytes, sizeBytes } = disk.extended;
  const extended = { number, start: startBytes / SECTOR, size: sizeBytes / SECTOR, type: EXTENDED_TYPE };
  return [...rows, extended].sort((a, b) => a.number - b.number);
}

/**
 * GRUB's boot code needs no active partition; some BIOSes start no disk without one. It is the one that holds `/boot`, or
 * else the first that is no ESP: only a primary partition can be active.
 */
function activeOf(disk: DiskPlan, bootDevice: string): PartitionPlan | undefined {
  const primary = disk.partitions.filter((one) => one.number <= 4);
  return primary.find((one) => one.id === bootDevice) ?? primary.find((one) => one.role !== 'esp');
}

function formatScript(disk: DiskPlan, rows: readonly Row[]): string {
  const id = disk.label === 'gpt' ? disk.diskGuid : `0x${disk.diskGuid}`;
  return [
    `label: ${disk.label}`,
    `label-id: ${id}`,
    'unit: sectors',
    'sector-size: 512',
    '',
    ...rows.map(({ number, start, size, type, uuid, name, bootable }) =>
      [
        `${number} : start=${start}, size=${size}, type=${type}`,
        ...(uuid === undefined ? [] : [`uuid=${uuid}`]),
        ...(name === undefined ? [] : [`name="${name}"`]),
        ...(bootable ? ['bootable'] : []),
      ].join(', '),
    ),
    '',
  ].join('\n');
}

function parseTable(json: string): Row[] {
  const { partitions } = (JSON.parse(json) as { partitiontable: { partitions?: (Row & { node: string })[] } })
    .partitiontable;
  return (partitions ?? []).map(({ node, ...row }) => ({ ...row, number: Number(/\d+$/.exec(node)![0]) }));
}

function isSame(planned: Row, real: Row): boolean {
  return (
    planned.start === real.start &&
    planned.size === real.size &&
    planned.type.toLowerCase() === real.type.toLowerCase() &&
    (planned.uuid === undefined || planned.uuid.toLowerCase() === real.uuid?.toLowerCase()) &&
    (planned.name === undefined || planned.name === (real.name ?? '')) &&
    (planned.bootable ?? false) === (real.bootable ?? false)
  );
}

/**
 * The tables that chain the logical partitions (EBR): the first at the beginning of the extended partition, each other in
 * the MiB that the plan leaves before its partition. sfdisk says nothing of them, and one in another place would be in a
 * file system.
 */
function checkLinks(disk: DiskPlan, path: string): void {
  const { startBytes } = disk.extended!;
  const logical = disk.partitions.filter((one) => one.number > 4);
  const file = openSync(path, 'r');
  try {
    const sector = new Uint8Array(SECTOR);
    const view = new DataView(sector.buffer);
    let at = startBytes;
    for (const [index, partition] of logical.entries()) {
      readSync(file, sector, 0, SECTOR, at);
      const start = at + view.getUint32(0x1be + 8, true) * SECTOR;
      const before = logical[index - 1];
      const free = before ? before.startBytes + before.sizeBytes : startBytes;
      if (view.getUint16(0x1fe, true) !== 0xaa55 || start !== partition.startBytes || at < free || at >= start)
        throw new WorkError('table-differs', `sfdisk chained partition ${partition.number} of ${disk.name} elsewhere`);
      at = startBytes + view.getUint32(0x1ce + 8, true) * SECTOR;
    }
  } finally {
    closeSync(file);
  }
}
