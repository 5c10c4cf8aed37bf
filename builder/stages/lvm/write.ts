// SPDX-License-Identifier: Apache-2.0
import { crc32From } from '../../../osinfo/detect/image/partitions/crc32.js';
import { WorkError } from '../../../osinfo/errors.js';
import type { DeviceId, PhysicalVolumePlan, SegmentPlan, VolumeGroupPlan } from '../../plan/types.js';
import type { DeviceBytes } from '../device-bytes.js';
import { formatVolumeGroup } from './text.js';

const SECTOR = 512;

/** Where LVM begins its CRC-32, which it does not invert at the end. */
const CRC_START = 0xf597a6cf;

/** The metadata area: from 4 KiB to where the first extent begins, its header in the first sector. */
const AREA_START = 4096;
const AREA_MAGIC = ' LVM2 x[5A%r0N*>';

/**
 * What makes devices the physical volumes of a group: a label, a header and the group's text on each, as pvcreate,
 * vgcreate and lvcreate leave them (lib/format_text/layout.h of lvm2). No device and no kernel is asked.
 * @param createdSeconds seconds since 1970 for what the metadata says of its making
 * @returns for each physical volume the first part of its first MiB; the rest there is zeroes
 */
export function writeVolumeGroup(group: VolumeGroupPlan, createdSeconds: number): DeviceBytes[] {
  const text = new TextEncoder().encode(`${formatVolumeGroup(group, createdSeconds)}\0`);
  return group.physicalVolumes.map((volume) => {
    const room = volume.dataOffsetBytes - AREA_START - SECTOR;
    // LVM keeps two versions in the ring at a time.
    if (text.length > room / 2) {
      throw new WorkError(
        'lvm-metadata',
        `volume group ${group.name} has more volumes than the metadata of LVM can hold (${text.length} bytes)`,
      );
    }
    const bytes = new Uint8Array(AREA_START + SECTOR + text.length);
    bytes.set(labelSector(volume), SECTOR);
    bytes.set(areaHeader(volume, text), AREA_START);
    bytes.set(text, AREA_START + SECTOR);
    return { device: volume.device, offset: 0, bytes };
  });
}

/** The second sector of the device: the label, and the header with the lists of data and metadata areas. */
function labelSector({ uuid, sizeBytes, dataOffsetBytes }: PhysicalVolumePlan): Uint8Array {
  const { bytes, view } = block();
  ascii(bytes, 0, 'LABELONE');
  view.setBigUint64(8, 1n, true);
  view.setUint32(20, 32, true);
  ascii(bytes, 24, 'LVM2 001');
  ascii(bytes, 32, uuid);
  const numbers = [
    sizeBytes,
    // Data areas, to the end of the device, and the end of the list.
    ...[dataOffsetBytes, 0, 0, 0],
    // Metadata areas, and the end of the list.
    ...[AREA_START, dataOffsetBytes - AREA_START, 0, 0],
  ];
  for (const [index, number] of numbers.entries()) view.setBigUint64(64 + 8 * index, BigInt(number), true);
  const extension = 64 + 8 * numbers.length;
  view.setUint32(extension, 2, true);
  // The volume is in use; the list of boot loader areas behind it is empty.
  view.setUint32(extension + 4, 1, true);
  view.setUint32(16, crc32From(CRC_START, bytes.subarray(20)), true);
  return bytes;
}

function areaHeader({ dataOffsetBytes }: PhysicalVolumePlan, text: Uint8Array): Uint8Array {
  const { bytes, view } = block();
  ascii(bytes, 4, AREA_MAGIC);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(AREA_START), true);
  view.setBigUint64(32, BigInt(dataOffsetBytes - AREA_START), true);
  view.setBigUint64(40, BigInt(SECTOR), true);
  view.setBigUint64(48, BigInt(text.length), true);
  view.setUint32(56, crc32From(CRC_START, text), true);
  view.setUint32(0, crc32From(CRC_START, bytes.subarray(4)), true);
  return bytes;
}

function block(): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(SECTOR);
  return { bytes, view: new DataView(bytes.buffer) };
}

function ascii(bytes: Uint8Array, at: number, text: string): void {
  bytes.set(new TextEncoder().encode(text), at);
}

/** A run of a volume's bytes on one of its group's devices. */
export interface VolumeRun {
  readonly device: DeviceId;
  readonly deviceOffset: number;
  /** Where the run begins in the volume. */
  readonly offset: number;
  readonly length: number;
}

/** Where the bytes of a volume lie: what is written to the volume is written there. */
export function volumeRuns(group: VolumeGroupPlan, segments: readonly SegmentPlan[]): VolumeRun[] {
  let offset = 0;
  return segments.map(({ physicalVolume, firstExtent, extentCount }) => {
    const volume = group.physicalVolumes[physicalVolume]!;
    const length = extentCount * group.extentBytes;
    const run = {
      device: volume.device,
      deviceOffset: volume.dataOffsetBytes + firstExtent * group.extentBytes,
      offset,
      length,
    };
    offset += length;
    return run;
  });
}
