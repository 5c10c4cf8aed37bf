// SPDX-License-Identifier: Apache-2.0
import { type Bytes, checkRange, damaged, Recent, safe, unsupported } from '../bytes.js';
import { inflateExactly } from '../compression/inflate.js';

// The format: VMware's "Virtual Disk Format 5.0". Everything is little-endian and counted in sectors of 512 bytes.
const sector = 512;
const flags = { zeroedGrains: 1 << 2, compressed: 1 << 16, markers: 1 << 17 } as const;
const directoryAtEnd = 0xffff_ffff_ffff_ffffn;

interface Geometry {
  readonly capacity: number;
  readonly grainSectors: number;
  readonly entriesPerTable: number;
  readonly directoryOffset: number;
  readonly flags: number;
}

/** The text descriptor that a sparse extent carries; empty where it has none. */
export function embeddedDescriptor(file: Bytes): string {
  const head = file.read(0, sector);
  const start = safe(head.readBigUInt64LE(28)) * sector;
  const bytes = Math.min(safe(head.readBigUInt64LE(36)) * sector, 64 * 1024);
  if (start === 0 || bytes === 0) return '';
  const text = file.read(start, Math.min(bytes, Math.max(0, file.length - start))).toString('latin1');
  return text.split('\0', 1)[0]!;
}

function readGeometry(file: Bytes): Geometry {
  let head = file.read(0, sector);
  if (head.readBigUInt64LE(56) === directoryAtEnd) {
    // streamOptimized: the footer, a copy of the header with the true offset, is the last sector but one.
    head = file.read(file.length - 2 * sector, sector);
    if (head.toString('latin1', 0, 4) !== 'KDMV')
      throw damaged('the VMDK has no footer, so it was not written to its end');
  }
  const version = head.readUInt32LE(4);
  if (version < 1 || version > 3) throw unsupported(`VMDK version ${version} is not known here`);
  const geometry = {
    capacity: safe(head.readBigUInt64LE(12)) * sector,
    grainSectors: safe(head.readBigUInt64LE(20)),
    entriesPerTable: head.readUInt32LE(44),
    directoryOffset: safe(head.readBigUInt64LE(56)) * sector,
    flags: head.readUInt32LE(8),
  };
  if (geometry.grainSectors < 1 || geometry.grainSectors > 16384) throw damaged('the grain size of the VMDK');
  if (geometry.entriesPerTable < 1 || geometry.entriesPerTable > 65536) throw damaged('the grain tables of the VMDK');
  return geometry;
}

/**
 * A hosted sparse extent (monolithicSparse, streamOptimized, a part of twoGbMaxExtentSparse).
 * @param hasParent grains that are absent belong to a parent, which is never opened
 * @throws InputError for a damaged or unknown extent
 */
export function openSparseExtent(file: Bytes, hasParent: boolean): Bytes {
  const geometry = readGeometry(file);
  const grainBytes = geometry.grainSectors * sector;
  const tableSpan = grainBytes * geometry.entriesPerTable;
  const tableCount = Math.ceil(geometry.capacity / tableSpan);
  const directory = file.read(geometry.directoryOffset, tableCount * 4);
  const tables = new Recent<number, Buffer>(64);
  const unpacked = new Recent<number, Buffer>(Math.max(4, 2 ** 24 / grainBytes));

  const packedGrain = (start: number): Buffer =>
    unpacked.get(start, () => {
      const markerBytes = geometry.flags & flags.markers ? 12 : 4;
      const marker = file.read(start, markerBytes);
      const bytes = marker.readUInt32LE(markerBytes - 4);
      if (bytes > grainBytes * 2 + 1024) throw damaged('a compressed grain of the VMDK');
      return inflateExactly(file.read(start + markerBytes, bytes), grainBytes, 'zlib');
    });

  const readPart = (offset: number, bytes: number): Buffer => {
    const within = offset % grainBytes;
    const here = Math.min(bytes, grainBytes - within);
    const tableSector = directory.readUInt32LE(Math.floor(offset / tableSpan) * 4);
    const grainSector =
      tableSector === 0
        ? 0
        : tables
            .get(tableSector, () => file.read(tableSector * sector, geometry.entriesPerTable * 4))
            .readUInt32LE((Math.floor(offset / grainBytes) % geometry.entriesPerTable) * 4);
    if (grainSector === 0 && hasParent) {
      throw unsupported('a part that is needed lies in the parent of this VMDK, which is never opened');
    }
    if (grainSector === 0 || (grainSector === 1 && geometry.flags & flags.zeroedGrains)) return Buffer.alloc(here);
    const start = grainSector * sector;
    if (geometry.flags & flags.compressed) return packedGrain(start).subarray(within, within + here);
    return file.read(start + within, here);
  };

  return {
    length: geometry.capacity,
    read(offset, bytes) {
      checkRange(geometry.capacity, offset, bytes);
      const result = Buffer.alloc(bytes);
      let done = 0;
      while (done < bytes) done += readPart(offset + done, bytes - done).copy(result, done);
      return result;
    },
  };
}
