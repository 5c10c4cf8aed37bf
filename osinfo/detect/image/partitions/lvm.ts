// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged, type Piece, pieced, safe } from '../bytes.js';
import { printable } from '../guest/text.js';
import { crc32From } from './crc32.js';
import { type LvmSection, parseLvmText } from './lvm-text.js';

// The format: lib/format_text of LVM2. Everything is little-endian.
const sector = 512;
const crcStart = 0xf597a6cf;
const areaMagic = ' LVM2 x[5A%r0N*>';
const maxTextBytes = 4 * 1024 * 1024;
const maxVolumes = 256;
const maxSegments = 4096;

/** A physical volume: its id and the newest text of its group, where it keeps one. */
export interface PhysicalVolume {
  readonly id: string;
  readonly bytes: Bytes;
  readonly text: string | undefined;
}

export interface LogicalVolume {
  /** `group/volume`. */
  readonly name: string;
  readonly bytes: Bytes | undefined;
  /** Why it has no bytes. */
  readonly skipped?: string;
}

/** The physical volume that a label in the first four sectors tells of; undefined where there is none. @throws InputError on damage */
export function readPhysicalVolume(bytes: Bytes): PhysicalVolume | undefined {
  for (let index = 0; index < 4 && (index + 1) * sector <= bytes.length; index++) {
    const label = bytes.read(index * sector, sector);
    if (label.toString('latin1', 0, 8) !== 'LABELONE' || label.toString('latin1', 24, 32) !== 'LVM2 001') continue;
    if (crc32From(crcStart, label.subarray(20)) !== label.readUInt32LE(16)) throw damaged('the label of an LVM volume');
    const header = label.subarray(label.readUInt32LE(20));
    const areas = readAreas(header);
    const texts = areas.map((area) => readArea(bytes, area.offset)).filter((text) => text !== undefined);
    return { id: header.toString('latin1', 0, 32), bytes, text: texts[0] };
  }
  return undefined;
}

/** Behind the id and the size stand two lists of (offset, size), each ended by zeros: data, then metadata. */
function readAreas(header: Buffer): { offset: number; size: number }[] {
  const areas: { offset: number; size: number }[] = [];
  let ended = 0;
  for (let at = 40; at + 16 <= header.length && ended < 2; at += 16) {
    const offset = safe(header.readBigUInt64LE(at));
    const size = safe(header.readBigUInt64LE(at + 8));
    if (offset === 0 && size === 0) ended++;
    else if (ended === 1) areas.push({ offset, size });
  }
  return areas;
}

/** The text in force of a metadata area, which is a ring behind the area's first sector. */
function readArea(bytes: Bytes, offset: number): string | undefined {
  const head = bytes.read(offset, sector);
  if (head.toString('latin1', 4, 20) !== areaMagic) throw damaged('the metadata area of an LVM volume');
  if (crc32From(crcStart, head.subarray(4)) !== head.readUInt32LE(0))
    throw damaged('the metadata area of an LVM volume');
  const areaBytes = safe(head.readBigUInt64LE(32));
  const start = safe(head.readBigUInt64LE(40));
  const length = safe(head.readBigUInt64LE(48));
  const ignored = (head.readUInt32LE(60) & 1) !== 0;
  if (start === 0 || length === 0 || ignored) return undefined;
  if (length > maxTextBytes || start >= areaBytes || start < sector) throw damaged('the metadata of an LVM volume');
  const first = Math.min(length, areaBytes - start);
  const text = Buffer.concat([bytes.read(offset + start, first), bytes.read(offset + sector, length - first)]);
  if (crc32From(crcStart, text) !== head.readUInt32LE(56)) throw damaged('the metadata of an LVM volume');
  return text.toString('latin1').replace(/\0+$/, '');
}

/**
 * The logical volumes on these physical ones. Linear volumes (one stripe a segment) have their bytes; others, and those
 * of which a part lies on a disk that is not here, say why they have none.
 * @throws InputError when a metadata text is damaged
 */
export function readLogicalVolumes(physical: readonly PhysicalVolume[]): LogicalVolume[] {
  const byId = new Map(physical.map((one) => [one.id, one]));
  const groups = new Map<string, LogicalVolume[]>();
  for (const { text } of physical) {
    if (text === undefined) continue;
    for (const [name, group] of Object.entries(parseLvmText(text))) {
      if (isSection(group) && !groups.has(name)) groups.set(name, volumesOf(name, group, byId));
    }
  }
  return [...groups.values()].flat();
}

function volumesOf(groupName: string, group: LvmSection, byId: ReadonlyMap<string, PhysicalVolume>): LogicalVolume[] {
  const extentBytes = numberOf(group['extent_size']) * sector;
  const disks = sectionOf(group['physical_volumes']);
  const volumes: LogicalVolume[] = [];
  for (const [name, volume] of Object.entries(sectionOf(group['logical_volumes'])).slice(0, maxVolumes)) {
    if (!isSection(volume)) continue;
    const status = volume['status'];
    // The parts of mirrors, pools and caches are not volumes of their own.
    if (Array.isArray(status) && !status.includes('VISIBLE')) continue;
    const full = printable(`${groupName}/${name}`);
    const result = linear(volume, extentBytes, (disk) => {
      const section = sectionOf(disks[disk]);
      const found = byId.get(String(section['id']).replaceAll('-', ''));
      return found && { bytes: found.bytes, startBytes: numberOf(section['pe_start']) * sector };
    });
    volumes.push(
      typeof result === 'string' ? { name: full, bytes: undefined, skipped: result } : { name: full, bytes: result },
    );
  }
  return volumes;
}

type FindDisk = (name: string) => { readonly bytes: Bytes; readonly startBytes: number } | undefined;

/** The volume's bytes, or in words why there are none. */
function linear(volume: LvmSection, extentBytes: number, findDisk: FindDisk): Bytes | string {
  const pieces: Piece[] = [];
  const count = numberOf(volume['segment_count']);
  if (count > maxSegments) throw damaged('the segments of a logical volume');
  for (let index = 1; index <= count; index++) {
    const segment = sectionOf(volume[`segment${index}`]);
    const type = String(segment['type']);
    const stripes = segment['stripes'];
    if (!['striped', 'linear'].includes(type)) return `volumes of type ${printable(type, 40)} are not put together`;
    if (!Array.isArray(stripes) || stripes.length !== 2) return 'it is striped over several disks';
    const disk = findDisk(String(stripes[0]));
    if (!disk) return 'a part of it lies on another disk';
    pieces.push({
      start: numberOf(segment['start_extent']) * extentBytes,
      length: numberOf(segment['extent_count']) * extentBytes,
      bytes: disk.bytes,
      offset: disk.startBytes + numberOf(stripes[1]) * extentBytes,
    });
  }
  pieces.sort((a, b) => a.start - b.start);
  const last = pieces.at(-1);
  return pieced(pieces, last ? last.start + last.length : 0);
}

function isSection(value: unknown): value is LvmSection {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sectionOf(value: unknown): LvmSection {
  return isSection(value) ? value : {};
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw damaged('a number in LVM metadata');
  return value;
}
