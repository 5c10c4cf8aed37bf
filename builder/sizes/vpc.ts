// SPDX-License-Identifier: Apache-2.0
import { type ImageFile, maxTableBytes } from './image-file.js';
import type { FormatSizes } from './types.js';

const diskTypes: Readonly<Record<number, 'fixed' | 'dynamic' | 'differencing'>> = {
  2: 'fixed',
  3: 'dynamic',
  4: 'differencing',
};
const unallocated = 0xffffffff;
/** Programs whose images have the capacity in the size field; with the others the guest sees cylinders x heads x sectors. */
const exactCreators = ['win ', 'qem2', 'd2v ', 'tap\0', 'CTXS', 'wa\0\0'];
/** Geometry of the largest disk that cylinders, heads and sectors can say: beyond it only the size field is right. */
const largestGeometry = 65535 * 16 * 255;

/**
 * A VHD (Virtual PC) disk, big-endian, with its footer of 512 bytes at the end: fixed, dynamic or differencing. A dynamic
 * one puts a new block, and the bitmap in front of it, in the place of the footer, which moves behind it.
 * @throws InputError when the footer or the tables contradict the file
 */
export function readVpcSizes(file: ImageFile): FormatSizes {
  const footer = readFooter(file);
  const type = diskTypes[footer.readUInt32BE(60)];
  if (!type)
    throw file.unsupported(
      `VHD type ${footer.readUInt32BE(60)} is not supported (2 fixed, 3 dynamic, 4 differencing are)`,
    );
  const capacityBytes = readCapacity(file, footer);
  if (type === 'fixed') {
    if (capacityBytes + 512 > file.length)
      throw file.damaged(`it is ${file.length} bytes long and has a capacity of ${capacityBytes}`);
    return { capacityBytes, commitmentBytes: file.length };
  }
  return { capacityBytes, ...readDynamic(file, footer) };
}

function readFooter(file: ImageFile): Buffer {
  const first = file.read(0, 512, 'footer');
  if (first.subarray(0, 8).toString('latin1') === 'conectix') return first;
  const last = file.length >= 512 ? file.read(file.length - 512, 512, 'footer') : first;
  file.expectMagic(last.subarray(0, 8), 'conectix', 'VHD');
  return last;
}

function readCapacity(file: ImageFile, footer: Buffer): number {
  const size = Math.floor(file.safe(footer.readBigUInt64BE(48), 'capacity') / 512);
  const geometry = footer.readUInt16BE(56) * footer[58]! * footer[59]!;
  const exact =
    exactCreators.includes(footer.subarray(28, 32).toString('latin1')) ||
    geometry === largestGeometry ||
    geometry === 0;
  return (exact ? size : geometry) * 512;
}

function readDynamic(file: ImageFile, footer: Buffer): { clusterBytes: number; commitmentBytes: number } {
  const header = file.readWhole(file.safe(footer.readBigUInt64BE(16), 'header offset'), 1024, 'dynamic header');
  if (header.subarray(0, 8).toString('latin1') !== 'cxsparse') throw file.damaged('it has no dynamic disk header');
  const tableOffset = file.safe(header.readBigUInt64BE(16), 'block table offset');
  const entries = header.readUInt32BE(28);
  const blockBytes = header.readUInt32BE(32);
  if (blockBytes < 512 || !Number.isInteger(Math.log2(blockBytes)))
    throw file.damaged(`its block size is ${blockBytes} bytes`);
  if (entries * 4 > maxTableBytes) throw file.damaged(`its block table has ${entries} entries`);
  // One bit a sector, in whole sectors.
  const bitmapBytes = Math.ceil(blockBytes / 512 / 8 / 512) * 512;
  const table = file.readWhole(tableOffset, entries * 4, 'block table');
  let end = Math.ceil((tableOffset + entries * 4) / 512) * 512;
  let missing = 0;
  for (let at = 0; at < table.length; at += 4) {
    const sector = table.readUInt32BE(at);
    if (sector === unallocated) missing++;
    else end = Math.max(end, sector * 512 + bitmapBytes + blockBytes);
  }
  const full = end + missing * (bitmapBytes + blockBytes) + 512;
  return { clusterBytes: blockBytes, commitmentBytes: missing === 0 ? file.length : Math.max(file.length, full) };
}
