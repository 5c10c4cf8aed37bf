// SPDX-License-Identifier: Apache-2.0
import { type Bytes, part } from './bytes.js';
import { recognise } from './filesystems/recognise.js';
import type { FileSystem } from './filesystems/types.js';
import { attempt } from './guarded.js';
import { printable } from './guest/text.js';
import { type PhysicalVolume, readLogicalVolumes, readPhysicalVolume } from './partitions/lvm.js';
import type { PartitionTable, Volume } from './partitions/types.js';
import type { VolumeInspection } from './types.js';

/** A volume with what was found in it. */
export interface OpenVolume {
  readonly inspection: VolumeInspection;
  readonly fileSystem?: FileSystem;
}

/**
 * Every volume of the disk with what lives in it: partitions, or the whole disk where there are none, then the logical
 * volumes of LVM. What is damaged or unknown is listed with the reason.
 */
export function openVolumes(disk: Bytes, table: PartitionTable): OpenVolume[] {
  const plain: Volume[] =
    table.partitions.length === 0
      ? [{ name: 'disk', startBytes: 0, bytes: disk }]
      : table.partitions.map((one) => ({
          name: `partition ${one.number}`,
          startBytes: one.startBytes,
          partitionType: one.type,
          bytes: part(disk, one.startBytes, one.lengthBytes),
        }));
  const physical: PhysicalVolume[] = [];
  const found = plain.map((volume) => openVolume(volume, physical));
  const logical = attempt(() => readLogicalVolumes(physical));
  if ('failure' in logical) {
    return found.map((one) =>
      one.inspection.content === 'LVM2' ? { inspection: { ...one.inspection, skipped: logical.failure } } : one,
    );
  }
  for (const one of logical.value) {
    const name = `volume ${one.name}`;
    if (one.bytes) found.push(openVolume({ name, startBytes: 0, bytes: one.bytes }, []));
    else found.push({ inspection: { name, startBytes: 0, lengthBytes: 0, skipped: one.skipped! } });
  }
  return found;
}

function openVolume(volume: Volume, physical: PhysicalVolume[]): OpenVolume {
  const { partitionType } = volume;
  const base = {
    name: volume.name,
    startBytes: volume.startBytes,
    lengthBytes: volume.bytes.length,
    ...(partitionType === undefined ? {} : { partitionType }),
  };
  const lvm = attempt(() => readPhysicalVolume(volume.bytes));
  if ('failure' in lvm) return { inspection: { ...base, skipped: lvm.failure } };
  if (lvm.value) {
    physical.push(lvm.value);
    return { inspection: { ...base, content: 'LVM2' } };
  }
  const what = attempt(() => recognise(volume.bytes));
  if ('failure' in what) return { inspection: { ...base, skipped: what.failure } };
  if (what.value.kind === 'unknown') return { inspection: base };
  if (what.value.kind === 'named') {
    const { content, skipped } = what.value;
    return { inspection: { ...base, content, ...(skipped === undefined ? {} : { skipped }) } };
  }
  const { open, type } = what.value;
  const opened = attempt(open);
  if ('failure' in opened) return { inspection: { ...base, content: type, skipped: opened.failure } };
  const fileSystem = opened.value;
  const label = printable(fileSystem.label, 64);
  return {
    fileSystem,
    inspection: {
      ...base,
      content: fileSystem.type,
      ...(label === '' ? {} : { label }),
      ...(fileSystem.uuid === '' ? {} : { uuid: fileSystem.uuid }),
    },
  };
}
