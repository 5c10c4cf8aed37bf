// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged, part, safe, unsupported } from '../bytes.js';
import { blockDisk } from './blocks.js';
import type { Disk } from './types.js';

/**
 * The disk in a VHD (Virtual PC), fixed or dynamic: Microsoft's "Virtual Hard Disk Image Format Specification".
 * @throws InputError for a damaged image or a difference image
 */
export function openVpc(file: Bytes): Disk {
  const head =
    file.read(0, 8).toString('latin1') === 'conectix' ? file.read(0, 512) : file.read(file.length - 512, 512);
  const type = head.readUInt32BE(60);
  const current = safe(head.readBigUInt64BE(48));
  if (type === 2) return { format: 'vpc', bytes: part(file, 0, Math.min(current, file.length - 512)), notes: [] };
  if (type === 4) throw unsupported('this VHD is a difference image; its parent is never opened');
  if (type !== 3) throw damaged(`a VHD of type ${type}`);
  const dynamicOffset = safe(head.readBigUInt64BE(16));
  const dynamic = file.read(dynamicOffset, 1024);
  if (dynamic.toString('latin1', 0, 8) !== 'cxsparse') throw damaged('the dynamic header of the VHD');
  const tableOffset = safe(dynamic.readBigUInt64BE(16));
  const entries = dynamic.readUInt32BE(28);
  const blockBytes = dynamic.readUInt32BE(32);
  if (blockBytes < 4096 || blockBytes > 256 * 1024 * 1024 || blockBytes % 512 !== 0) {
    throw damaged('the block size of the VHD');
  }
  if (entries > 8 * 1024 * 1024 || entries * blockBytes < current) throw damaged('the block count of the VHD');
  const table = file.read(tableOffset, entries * 4);
  // Every block has a bitmap of its sectors in front, rounded up to whole sectors.
  const bitmapBytes = Math.ceil(blockBytes / 512 / 8 / 512) * 512;
  const find = (block: number): number | undefined => {
    const entry = table.readUInt32BE(block * 4);
    return entry === 0xffffffff ? undefined : entry * 512 + bitmapBytes;
  };
  return { format: 'vpc', bytes: blockDisk(file, current, blockBytes, find), notes: [] };
}
