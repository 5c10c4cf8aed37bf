// SPDX-License-Identifier: Apache-2.0
import { type ImageFile, maxTableBytes } from './image-file.js';
import type { FormatSizes } from './types.js';

const signature = Buffer.from([0x7f, 0x10, 0xda, 0xbe]);
/** Entries of the block map from here on stand for no block: discarded (…fe) and never written (…ff). */
const firstUnallocated = 0xfffffffe;

/**
 * A VirtualBox disk (VDI 1.1, little-endian): header, block map, blocks. A new block goes behind the last one, so a full
 * file has the blocks it has now and one for every block of the guest that has none.
 * @throws InputError when the header or the block map contradicts the file
 */
export function readVdiSizes(file: ImageFile): FormatSizes {
  const head = file.read(0, 512, 'header');
  file.expectMagic(head.subarray(64, 68), signature, 'VDI');
  const version = head.readUInt32LE(68);
  if (version !== 0x00010001)
    throw file.unsupported(`VDI version ${version >>> 16}.${version & 0xffff} is not supported`);
  const type = head.readUInt32LE(76);
  if (type !== 1 && type !== 2) throw file.unsupported(`VDI type ${type} is not supported (1 dynamic and 2 fixed are)`);
  const mapOffset = head.readUInt32LE(340);
  const dataOffset = head.readUInt32LE(344);
  const blockBytes = head.readUInt32LE(376);
  const blockExtra = head.readUInt32LE(380);
  const blocks = head.readUInt32LE(384);
  const diskBytes = file.safe(head.readBigUInt64LE(368), 'capacity');
  if (blockBytes < 512 || blockBytes % 512 !== 0) throw file.damaged(`its block size is ${blockBytes} bytes`);
  if (diskBytes > blocks * blockBytes)
    throw file.damaged(`it has ${blocks} blocks of ${blockBytes} bytes for a capacity of ${diskBytes}`);
  if (dataOffset < mapOffset + blocks * 4) throw file.damaged('its data begins inside its block map');
  const capacityBytes = Math.ceil(diskBytes / 512) * 512;
  const sizes = { capacityBytes, clusterBytes: blockBytes };
  if (blocks * 4 > maxTableBytes) throw file.damaged(`its block map has ${blocks} entries`);
  const map = file.readWhole(mapOffset, blocks * 4, 'block map');
  let end = 0;
  let missing = 0;
  for (let at = 0; at < map.length; at += 4) {
    const block = map.readUInt32LE(at);
    if (block >= firstUnallocated) missing++;
    else if (block >= end) end = block + 1;
  }
  if (end > blocks) throw file.damaged(`its block map names block ${end - 1} of ${blocks}`);
  // QEMU counts the blocks in the header and takes that count as the place of the next.
  const next = Math.max(end, head.readUInt32LE(388));
  const full = dataOffset + (next + missing) * (blockBytes + blockExtra);
  return { ...sizes, commitmentBytes: missing === 0 ? file.length : Math.max(file.length, full) };
}
