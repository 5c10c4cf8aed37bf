// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged, safe, unsupported } from '../bytes.js';
import { blockDisk } from './blocks.js';
import type { Disk } from './types.js';

// The format: Microsoft's [MS-VHDX]. GUIDs stand in the file in mixed byte order; here as the file's bytes in hexadecimal.
const regions = {
  bat: '6677c22d23f600429d64115e9bfd4a08',
  metadata: '06a27c8b90479a4bb8fe575f050f886e',
} as const;
const items = {
  file: '3767a1ca36fa434db3b633f0aa44e76b',
  size: '2442a52f1bcd7648b2115dbed83bf4b8',
  sector: '1dbf41816fa90947ba47f233a8faab5f',
} as const;
const fullyPresent = 6;
const partlyPresent = 7;

/**
 * The disk in a VHDX, dynamic or fixed.
 * @throws InputError for a damaged image, a difference image, or one whose log was not replayed
 */
export function openVhdx(file: Bytes): Disk {
  refuseLog(file);
  const table = file.read(192 * 1024, 64 * 1024);
  if (table.toString('latin1', 0, 4) !== 'regi') throw damaged('the region table of the VHDX');
  const regionCount = Math.min(table.readUInt32LE(8), 2047);
  let bat: { offset: number; length: number } | undefined;
  let metadata: { offset: number; length: number } | undefined;
  for (let at = 16; at < 16 + regionCount * 32; at += 32) {
    const id = table.toString('hex', at, at + 16);
    const region = { offset: safe(table.readBigUInt64LE(at + 16)), length: table.readUInt32LE(at + 24) };
    if (id === regions.bat) bat = region;
    if (id === regions.metadata) metadata = region;
  }
  if (!bat || !metadata) throw damaged('the VHDX lacks its block table or its metadata');
  const facts = readMetadata(file, metadata.offset);
  const blocks = Math.ceil(facts.length / facts.blockBytes);
  const chunkRatio = Math.floor((2 ** 23 * facts.sectorBytes) / facts.blockBytes);
  // Behind every `chunkRatio` entries stands one for a bitmap of sectors.
  const entries = blocks === 0 ? 0 : blocks + Math.floor((blocks - 1) / chunkRatio);
  if (entries * 8 > bat.length) throw damaged('the block table of the VHDX');
  const map = file.read(bat.offset, entries * 8);
  const find = (block: number): number | undefined => {
    const entry = map.readBigUInt64LE((block + Math.floor(block / chunkRatio)) * 8);
    const state = Number(entry & 7n);
    if (state === partlyPresent) throw unsupported('this VHDX is a difference image; its parent is never opened');
    return state === fullyPresent ? safe(entry >> 20n) * 1024 * 1024 : undefined;
  };
  return { format: 'vhdx', bytes: blockDisk(file, facts.length, facts.blockBytes, find), notes: [] };
}

/** Changes that stand in the log only would be missed: such an image is refused, not half read. */
function refuseLog(file: Bytes): void {
  const headers = [file.read(64 * 1024, 4096), file.read(128 * 1024, 4096)].filter(
    (head) => head.toString('latin1', 0, 4) === 'head',
  );
  headers.sort((a, b) => Number(b.readBigUInt64LE(8) - a.readBigUInt64LE(8)));
  const current = headers[0];
  if (!current) throw damaged('the VHDX has no header');
  if (!current.subarray(48, 64).every((byte) => byte === 0)) {
    throw unsupported('the VHDX was not closed properly; qemu-img check -r all mends it');
  }
}

function readMetadata(file: Bytes, offset: number): { length: number; blockBytes: number; sectorBytes: number } {
  const table = file.read(offset, 64 * 1024);
  if (table.toString('latin1', 0, 8) !== 'metadata') throw damaged('the metadata of the VHDX');
  const count = Math.min(table.readUInt16LE(10), 2047);
  const found = new Map<string, Buffer>();
  for (let at = 32; at < 32 + count * 32; at += 32) {
    const start = table.readUInt32LE(at + 16);
    const bytes = table.readUInt32LE(at + 20);
    if (bytes >= 4 && bytes <= 64) found.set(table.toString('hex', at, at + 16), file.read(offset + start, bytes));
  }
  const parameters = found.get(items.file);
  const size = found.get(items.size);
  const sector = found.get(items.sector);
  if (!parameters || parameters.length < 8 || !size || size.length < 8 || !sector) {
    throw damaged('the metadata of the VHDX is incomplete');
  }
  if (parameters.readUInt32LE(4) & 2) throw unsupported('this VHDX is a difference image; its parent is never opened');
  const facts = {
    length: safe(size.readBigUInt64LE(0)),
    blockBytes: parameters.readUInt32LE(0),
    sectorBytes: sector.readUInt32LE(0),
  };
  const blockFits =
    facts.blockBytes >= 2 ** 20 && facts.blockBytes <= 2 ** 28 && Number.isInteger(Math.log2(facts.blockBytes));
  if (!blockFits || (facts.sectorBytes !== 512 && facts.sectorBytes !== 4096)) throw damaged('the sizes of the VHDX');
  if (facts.length > 64 * 2 ** 40) throw damaged('the size of the VHDX');
  return facts;
}
