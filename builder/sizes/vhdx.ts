// SPDX-License-Identifier: Apache-2.0
import { crc32c } from './crc32c.js';
import { type ImageFile, maxTableBytes } from './image-file.js';
import type { FormatSizes } from './types.js';

const mib = 1024 * 1024;
const kib64 = 64 * 1024;
/** Both copies of the region table. */
const regionTableOffsets = [3 * kib64, 4 * kib64];
const headerOffsets = [kib64, 2 * kib64];

const regionIds = { bat: '2dc27766-f623-4200-9d64-115e9bfd4a08', metadata: '8b7ca206-4790-4b9a-b8fe-575f050f886e' };
const itemIds = {
  fileParameters: 'caa16737-fa36-4d43-b3b6-33f0aa44e76b',
  diskSize: '2fa54224-cd1b-4876-b211-5dbed83bf4b8',
  sectorSize: '8141bf1d-a96f-4709-ba47-f233a8faab5f',
};

/** States of a payload block that has its place in the file. */
const present = { fully: 6, partially: 7 };
const bitmapPresent = 6;

interface Region {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * A VHDX disk ([MS-VHDX], little-endian). The block table is whole from the beginning; every new block goes to the end
 * of the file, at a full MiB. A differencing disk also has a sector bitmap of 1 MiB for each chunk of blocks.
 * @throws InputError when the tables contradict the file
 */
export function readVhdxSizes(file: ImageFile): FormatSizes {
  file.expectMagic(file.read(0, 8, 'file identifier'), 'vhdxfile', 'VHDX');
  const regions = readRegions(file);
  const disk = readMetadata(file, regions.metadata);
  const chunkRatio = (2 ** 23 * disk.sectorBytes) / disk.blockBytes;
  const blocks = Math.ceil(disk.capacityBytes / disk.blockBytes);
  const chunks = Math.ceil(blocks / chunkRatio);
  const entries = disk.hasParent
    ? chunks * (chunkRatio + 1)
    : blocks + Math.floor(Math.max(0, blocks - 1) / chunkRatio);
  if (entries * 8 > Math.min(regions.bat.bytes, maxTableBytes)) {
    throw file.damaged(
      `its block table needs ${entries} entries and has room for ${Math.floor(regions.bat.bytes / 8)}`,
    );
  }
  const table = file.readWhole(regions.bat.offset, entries * 8, 'block table');
  let missing = 0;
  for (let entry = 0, block = 0; entry < entries; entry++) {
    const state = table[entry * 8]! & 7;
    if (entry % (chunkRatio + 1) === chunkRatio) {
      if (disk.hasParent && state !== bitmapPresent) missing += mib;
    } else if (block++ < blocks && state !== present.fully && state !== present.partially) missing += disk.blockBytes;
  }
  const full = Math.ceil(file.length / mib) * mib + missing;
  return {
    capacityBytes: disk.capacityBytes,
    clusterBytes: disk.blockBytes,
    commitmentBytes: missing === 0 ? file.length : full,
    ...(hasLog(file)
      ? { commitmentNote: 'the image was not closed cleanly: blocks that are only in its log count as new' }
      : {}),
  };
}

/** Whether the newer of the two headers that are intact names a log that has to be replayed. */
function hasLog(file: ImageFile): boolean {
  const headers = headerOffsets
    .map((offset) => file.read(offset, 4096, 'header'))
    .filter((header) => header.subarray(0, 4).toString('latin1') === 'head' && isIntact(header))
    .sort((a, b) => Number(b.readBigUInt64LE(8) - a.readBigUInt64LE(8)));
  const newest = headers[0];
  if (!newest) throw file.damaged('neither of its two headers is intact');
  return newest.subarray(48, 64).some((byte) => byte !== 0);
}

function isIntact(structure: Buffer): boolean {
  const copy = Buffer.from(structure);
  copy.writeUInt32LE(0, 4);
  return crc32c(copy) === structure.readUInt32LE(4);
}

function readRegions(file: ImageFile): { readonly bat: Region; readonly metadata: Region } {
  for (const offset of regionTableOffsets) {
    const table = file.read(offset, kib64, 'region table');
    if (table.subarray(0, 4).toString('latin1') !== 'regi' || !isIntact(table)) continue;
    const found = new Map<string, Region>();
    const count = Math.min(table.readUInt32LE(8), (kib64 - 16) / 32);
    for (let index = 0; index < count; index++) {
      const entry = table.subarray(16 + index * 32, 48 + index * 32);
      const region = { offset: file.safe(entry.readBigUInt64LE(16), 'region offset'), bytes: entry.readUInt32LE(24) };
      const known = Object.values(regionIds).includes(guid(entry));
      if (!known && entry.readUInt32LE(28) & 1)
        throw file.unsupported(`it needs the region ${guid(entry)}, which is not known here`);
      found.set(guid(entry), region);
    }
    const bat = found.get(regionIds.bat);
    const metadata = found.get(regionIds.metadata);
    if (!bat || !metadata) throw file.damaged('its region table names no block table or no metadata');
    return { bat, metadata };
  }
  throw file.damaged('neither of its two region tables is intact');
}

interface Disk {
  readonly capacityBytes: number;
  readonly blockBytes: number;
  readonly sectorBytes: number;
  readonly hasParent: boolean;
}

function readMetadata(file: ImageFile, region: Region): Disk {
  const table = file.readWhole(region.offset, kib64, 'metadata table');
  if (table.subarray(0, 8).toString('latin1') !== 'metadata') throw file.damaged('its metadata table is not one');
  const count = Math.min(table.readUInt16LE(10), 2047);
  const item = (id: string, bytes: number, what: string): Buffer => {
    for (let index = 0; index < count; index++) {
      const entry = table.subarray(32 + index * 32, 64 + index * 32);
      if (guid(entry) === id) return file.readWhole(region.offset + entry.readUInt32LE(16), bytes, what);
    }
    throw file.damaged(`its metadata has no ${what}`);
  };
  const parameters = item(itemIds.fileParameters, 8, 'file parameters');
  const disk = {
    capacityBytes: file.safe(item(itemIds.diskSize, 8, 'disk size').readBigUInt64LE(0), 'capacity'),
    blockBytes: parameters.readUInt32LE(0),
    sectorBytes: item(itemIds.sectorSize, 4, 'sector size').readUInt32LE(0),
    hasParent: (parameters.readUInt32LE(4) & 2) !== 0,
  };
  if (disk.sectorBytes !== 512 && disk.sectorBytes !== 4096)
    throw file.damaged(`its sector size is ${disk.sectorBytes} bytes`);
  if (disk.blockBytes < mib || disk.blockBytes > 256 * mib || !Number.isInteger(Math.log2(disk.blockBytes))) {
    throw file.damaged(`its block size is ${disk.blockBytes} bytes`);
  }
  // [MS-VHDX] 2.6.2.4: the format ends at 64 TiB.
  if (disk.capacityBytes > 64 * 1024 * 1024 * mib) throw file.damaged(`its capacity is ${disk.capacityBytes} bytes`);
  return disk;
}

/** A GUID as it is written: its first three parts are little-endian in the file. */
function guid(bytes: Buffer): string {
  const hex = (from: number, to: number) => bytes.subarray(from, to).toString('hex');
  const turned = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).reverse().toString('hex');
  return `${turned(0, 4)}-${turned(4, 6)}-${turned(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`;
}
