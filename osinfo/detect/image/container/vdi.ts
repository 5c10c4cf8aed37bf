// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged, safe, unsupported } from '../bytes.js';
import { blockDisk } from './blocks.js';
import type { Disk } from './types.js';

/** Block map entries: nothing written, and written as zeros. */
const absent = new Set([0xffffffff, 0xfffffffe]);

/**
 * The disk in a VirtualBox image (dynamic or fixed), as QEMU's block/vdi.c describes its header.
 * @throws InputError for a damaged image or a difference image
 */
export function openVdi(file: Bytes): Disk {
  const head = file.read(0, 512);
  const version = head.readUInt32LE(68);
  if (version !== 0x00010001) throw unsupported(`VDI version ${version >>> 16}.${version & 0xffff} is not known here`);
  const type = head.readUInt32LE(76);
  if (type !== 1 && type !== 2) throw unsupported('this VDI is a difference image; its parent is never opened');
  const mapOffset = head.readUInt32LE(340);
  const dataOffset = head.readUInt32LE(344);
  const length = safe(head.readBigUInt64LE(368));
  const blockBytes = head.readUInt32LE(376);
  const blocks = head.readUInt32LE(384);
  if (blockBytes < 4096 || blockBytes > 256 * 1024 * 1024) throw damaged('the block size of the VDI');
  if (blocks > 8 * 1024 * 1024 || blocks * blockBytes < length) throw damaged('the block count of the VDI');
  const map = file.read(mapOffset, blocks * 4);
  const find = (block: number): number | undefined => {
    const entry = map.readUInt32LE(block * 4);
    return absent.has(entry) ? undefined : dataOffset + entry * blockBytes;
  };
  return { format: 'vdi', bytes: blockDisk(file, length, blockBytes, find), notes: [] };
}
