// SPDX-License-Identifier: Apache-2.0
import type { LogicalVolumePlan, PhysicalVolumePlan, SegmentPlan, VolumeGroupPlan } from '../../plan/types.js';

const SECTOR = 512;

/** What the metadata says of its origin. Any word will do; LVM shows it in reports. */
const HOST = 'guestwright';

/** How the text form writes an id: `abcdef-ghij-klmn-opqr-stuv-wxyz-012345`. */
export function dashedId(id: string): string {
  const parts = [0, 6, 10, 14, 18, 22, 26];
  return parts.map((at, index) => id.slice(at, parts[index + 1])).join('-');
}

/**
 * The metadata of a volume group as LVM2 writes it (lib/format_text of lvm2; lvm.conf(5) has the grammar of the text).
 * @param createdSeconds seconds since 1970 that all of it was made at
 */
export function formatVolumeGroup(group: VolumeGroupPlan, createdSeconds: number): string {
  const { physicalVolumes, poolSpare } = group;
  const lines = [
    `${group.name} {`,
    `id = "${dashedId(group.uuid)}"`,
    'seqno = 1',
    'format = "lvm2"',
    'status = ["RESIZEABLE", "READ", "WRITE"]',
    'flags = []',
    `extent_size = ${group.extentBytes / SECTOR}`,
    'max_lv = 0',
    'max_pv = 0',
    'metadata_copies = 0',
    '',
    'physical_volumes {',
    ...physicalVolumes.flatMap((one, index) => physicalVolume(one, index)),
    '}',
  ];
  const volumes = [
    ...group.logicalVolumes.flatMap((one) => logicalVolume(one, group, createdSeconds)),
    ...(poolSpare ? hidden('lvol0_pmspare', poolSpare.uuid, poolSpare.segments, createdSeconds) : []),
  ];
  if (volumes.length > 0) lines.push('', 'logical_volumes {', ...volumes, '}');
  return `${[
    ...lines,
    '}',
    '# Made by guestwright',
    '',
    'contents = "Text Format Volume Group"',
    'version = 1',
    '',
    'description = ""',
    '',
    `creation_host = "${HOST}"`,
    `creation_time = ${createdSeconds}`,
    '',
  ].join('\n')}\n`;
}

function physicalVolume(
  { uuid, sizeBytes, dataOffsetBytes, extentCount }: PhysicalVolumePlan,
  index: number,
): string[] {
  return [
    `pv${index} {`,
    `id = "${dashedId(uuid)}"`,
    // A hint only: LVM finds its devices by their ids.
    'device = "/dev/none"',
    'status = ["ALLOCATABLE"]',
    'flags = []',
    `dev_size = ${sizeBytes / SECTOR}`,
    `pe_start = ${dataOffsetBytes / SECTOR}`,
    `pe_count = ${extentCount}`,
    '}',
  ];
}

function logicalVolume(volume: LogicalVolumePlan, group: VolumeGroupPlan, createdSeconds: number): string[] {
  const extents = volume.sizeBytes / group.extentBytes;
  const head = { name: volume.name, uuid: volume.uuid, visible: true };
  if (volume.kind === 'linear')
    return block(head, volume.segments.flatMap(linear), volume.segments.length, createdSeconds);
  if (volume.kind === 'thin') {
    const segment = [
      'type = "thin"',
      `thin_pool = "${volume.pool}"`,
      // Volumes are numbered in the order of their making, each by a transaction of its own.
      `transaction_id = ${volume.deviceNumber - 1}`,
      `device_id = ${volume.deviceNumber}`,
    ];
    return block(head, only(extents, segment), 1, createdSeconds);
  }
  const thin = group.logicalVolumes.filter((one) => one.kind === 'thin' && one.pool === volume.name);
  const segment = [
    'type = "thin-pool"',
    `metadata = "${volume.name}_tmeta"`,
    `pool = "${volume.name}_tdata"`,
    `transaction_id = ${thin.length}`,
    `chunk_size = ${volume.chunkBytes / SECTOR}`,
    'discards = "passdown"',
    'zero_new_blocks = 1',
  ];
  return [
    ...block(head, only(extents, segment), 1, createdSeconds),
    ...hidden(`${volume.name}_tdata`, volume.data.uuid, volume.data.segments, createdSeconds),
    ...hidden(`${volume.name}_tmeta`, volume.metadata.uuid, volume.metadata.segments, createdSeconds),
  ];
}

function hidden(name: string, uuid: string, segments: readonly SegmentPlan[], createdSeconds: number): string[] {
  return block({ name, uuid, visible: false }, segments.flatMap(linear), segments.length, createdSeconds);
}

interface Head {
  readonly name: string;
  readonly uuid: string;
  readonly visible: boolean;
}

function block(head: Head, segments: readonly string[], count: number, createdSeconds: number): string[] {
  return [
    `${head.name} {`,
    `id = "${dashedId(head.uuid)}"`,
    `status = ["READ", "WRITE"${head.visible ? ', "VISIBLE"' : ''}]`,
    'flags = []',
    `creation_time = ${createdSeconds}`,
    `creation_host = "${HOST}"`,
    `segment_count = ${count}`,
    '',
    ...segments,
    '}',
  ];
}

/** A run of extents; the volume's own count goes on from one to the next. */
function linear(segment: SegmentPlan, index: number, all: readonly SegmentPlan[]): string[] {
  const start = all.slice(0, index).reduce((sum, one) => sum + one.extentCount, 0);
  return [
    `segment${index + 1} {`,
    `start_extent = ${start}`,
    `extent_count = ${segment.extentCount}`,
    'type = "striped"',
    'stripe_count = 1',
    `stripes = ["pv${segment.physicalVolume}", ${segment.firstExtent}]`,
    '}',
  ];
}

function only(extents: number, words: readonly string[]): string[] {
  return ['segment1 {', 'start_extent = 0', `extent_count = ${extents}`, ...words, '}'];
}
