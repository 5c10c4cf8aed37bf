// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { dataRuns, writeAt } from '../place.js';
import type { Conversion } from './formats.js';
import { imageId } from './image-identity.js';
import { convertByQemu } from './qemu-img.js';
import { formatDescriptor, SECTOR } from './vmdk-layout.js';
import { writeVmdkStream } from './vmdk-stream.js';

/** A packed VMDK for import and for OVA: in one pass by our own hands, as qemu-img packs on one processor only. */
export async function writeStreamVmdk({ context, disk, raw, target }: Conversion): Promise<void> {
  await writeVmdkStream(raw, disk.sizeBytes, await dataRuns(context, raw), target);
}

/** A VMDK in one growing file, which VMware's programs for a desk and QEMU write to. */
export async function writeSparseVmdk(conversion: Conversion): Promise<void> {
  const { disk, target } = conversion;
  await convertByQemu(conversion, 'vmdk', ['-o', 'subformat=monolithicSparse']);
  const descriptor = formatDescriptor('monolithicSparse', {
    capacityBytes: Math.ceil(disk.sizeBytes / SECTOR) * SECTOR,
    file: basename(target),
    contentId: imageId(conversion, 'vmdk').toString('hex'),
  });
  // Where qemu-img put its own, with a content id by chance.
  writeAt(target, descriptor, SECTOR);
}
