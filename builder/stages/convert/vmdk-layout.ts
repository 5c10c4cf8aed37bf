// SPDX-License-Identifier: Apache-2.0

/**
 * The pieces of a stream-optimized sparse extent, little-endian, in sectors of 512 bytes (VMware, "Virtual Disk Format
 * 5.0", 2011: hosted sparse extents, and stream-optimized compressed ones).
 */
export const SECTOR = 512;
export const GRAIN_BYTES = 128 * SECTOR;
/** Grains of a grain table, which is so many entries of four bytes. */
export const TABLE_GRAINS = 512;
/** Header and descriptor, up to the first grain. */
export const OVERHEAD_BYTES = 128 * SECTOR;
/** Before a grain's packed bytes: the sector that it is for, eight bytes, and their number, four. */
export const GRAIN_MARKER_BYTES = 12;

const DESCRIPTOR_SECTORS = 20;
/** New lines can be tested, grains are packed, markers stand before everything. */
const FLAGS = 1 | (1 << 16) | (1 << 17);
/** The grain directory's place is in the footer. */
const AT_END = 0xffffffffffffffffn;
const DEFLATE = 1;

const MARKERS = { grainTable: 1, grainDirectory: 2, footer: 3 } as const;

/**
 * The header, or the footer.
 * @param directorySector where the grain directory lies; undefined in the header, which is written before that is known
 */
export function formatHeader(capacityBytes: number, directorySector?: number): Buffer {
  const header = Buffer.alloc(SECTOR);
  header.write('KDMV', 0, 'latin1');
  header.writeUInt32LE(3, 4);
  header.writeUInt32LE(FLAGS, 8);
  header.writeBigUInt64LE(BigInt(capacityBytes / SECTOR), 12);
  header.writeBigUInt64LE(BigInt(GRAIN_BYTES / SECTOR), 20);
  header.writeBigUInt64LE(1n, 28);
  header.writeBigUInt64LE(BigInt(DESCRIPTOR_SECTORS), 36);
  header.writeUInt32LE(TABLE_GRAINS, 44);
  header.writeBigUInt64LE(directorySector === undefined ? AT_END : BigInt(directorySector), 56);
  header.writeBigUInt64LE(BigInt(OVERHEAD_BYTES / SECTOR), 64);
  header.write('\n \r\n', 73, 'latin1');
  header.writeUInt16LE(DEFLATE, 77);
  return header;
}

/** What stands before a grain table, the grain directory and the footer: how long they are, and which of them it is. */
export function formatMarker(of: keyof typeof MARKERS, bytes: number): Buffer {
  const marker = Buffer.alloc(SECTOR);
  marker.writeBigUInt64LE(BigInt(sectors(bytes)), 0);
  marker.writeUInt32LE(MARKERS[of], 12);
  return marker;
}

/** How many sectors some bytes take. */
export function sectors(bytes: number): number {
  return Math.ceil(bytes / SECTOR);
}

export interface DescriptorFacts {
  readonly capacityBytes: number;
  /** The file's own name. */
  readonly file: string;
  /** 32 hex digits which are others when the disk's contents are. */
  readonly contentId: string;
}

/** Heads and sectors of a disk on a SCSI controller, as VMware counts them. */
const GEOMETRY = { heads: 255, sectors: 63 };

/** The header's sector and the descriptor behind it: how VMware's programs are to attach the disk. */
export function formatStart(facts: DescriptorFacts): Buffer {
  const start = Buffer.alloc(OVERHEAD_BYTES);
  formatHeader(facts.capacityBytes).copy(start);
  formatDescriptor('streamOptimized', facts).copy(start, SECTOR);
  return start;
}

/** The descriptor inside a sparse extent, filled up to the sectors that the header gives it. */
export function formatDescriptor(
  type: 'streamOptimized' | 'monolithicSparse',
  { capacityBytes, file, contentId }: DescriptorFacts,
): Buffer {
  const cylinders = Math.max(1, Math.floor(capacityBytes / SECTOR / (GEOMETRY.heads * GEOMETRY.sectors)));
  const lines = [
    '# Disk DescriptorFile',
    'version=1',
    // The last digits of the long one.
    `CID=${contentId.slice(-8)}`,
    'parentCID=ffffffff',
    `createType="${type}"`,
    '',
    '# Extent description',
    `RW ${capacityBytes / SECTOR} SPARSE "${file}"`,
    '',
    '# The Disk Data Base',
    '#DDB',
    '',
    'ddb.adapterType = "lsilogic"',
    `ddb.geometry.cylinders = "${cylinders}"`,
    `ddb.geometry.heads = "${GEOMETRY.heads}"`,
    `ddb.geometry.sectors = "${GEOMETRY.sectors}"`,
    `ddb.longContentID = "${contentId}"`,
    // ESXi 5.5, Workstation 10, Fusion 6 and newer.
    'ddb.virtualHWVersion = "10"',
    '',
  ];
  const descriptor = Buffer.alloc(DESCRIPTOR_SECTORS * SECTOR);
  descriptor.write(lines.join('\n'), 'utf8');
  return descriptor;
}
