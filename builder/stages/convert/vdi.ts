// SPDX-License-Identifier: Apache-2.0
import { writeAt } from '../place.js';
import type { Conversion } from './formats.js';
import { imageId } from './image-identity.js';
import { convertByQemu } from './qemu-img.js';

/** Where the header (VDI 1.1) has the image's own id, and that of its last change. */
const IDS = [
  { what: 'vdi', offset: 0x188 },
  { what: 'vdi change', offset: 0x198 },
] as const;

/** A dynamic VirtualBox disk; VirtualBox tells disks apart by the ids in it. */
export async function writeVdi(conversion: Conversion): Promise<void> {
  await convertByQemu(conversion, 'vdi');
  for (const { what, offset } of IDS) writeAt(conversion.target, imageId(conversion, what), offset);
}
