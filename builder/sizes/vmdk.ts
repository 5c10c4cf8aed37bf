// SPDX-License-Identifier: Apache-2.0
import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../osinfo/errors.js';
import { ImageFile } from './image-file.js';
import type { FormatSizes } from './types.js';
import { isVmdkDescriptor, readVmdkDescriptor, type VmdkExtent } from './vmdk-descriptor.js';
import { readSparseExtent } from './vmdk-sparse.js';

/**
 * A VMDK disk: a sparse extent with its descriptor inside (monolithicSparse, streamOptimized), or a descriptor file whose
 * extents lie beside it (monolithicFlat, twoGbMaxExtentFlat, twoGbMaxExtentSparse). Extents are the image's own body and
 * are opened, but only by a plain name in the descriptor's folder, and never through a link.
 * @throws InputError when something contradicts the file, or an extent is missing or lies elsewhere
 */
export function readVmdkSizes(file: ImageFile): FormatSizes {
  const head = file.length > 0 ? file.read(0, 4096, 'header') : Buffer.alloc(0);
  const magic = head.subarray(0, 4).toString('latin1');
  if (magic === 'COWD')
    throw file.unsupported('VMDK of ESX in the COWD form is not supported; convert it with qemu-img convert -O qcow2');
  if (magic === 'KDMV') return readSparseExtent(file);
  if (!isVmdkDescriptor(head.toString('latin1'))) {
    throw new InputError('image-format', 'this is not a VMDK image', { file: file.path });
  }
  return readExtents(file);
}

function readExtents(file: ImageFile): FormatSizes {
  const { extents } = readVmdkDescriptor(file);
  // A writer puts a new content id into the descriptor, and writes it back in whole sectors.
  let commitment = Math.ceil(file.length / 512) * 512;
  let capacity = 0;
  let cluster: number | undefined;
  let note: string | undefined;
  const files = new Map<string, { lengthBytes: number; allocationBytes: number }>();
  for (const extent of extents) {
    capacity += extent.capacityBytes;
    if (extent.kind === 'zero') continue;
    if (files.has(extent.fileName))
      throw file.damaged(`its descriptor lists the extent ${JSON.stringify(extent.fileName)} twice`);
    const body = openExtent(file, extent);
    try {
      files.set(extent.fileName, { lengthBytes: body.length, allocationBytes: body.allocation });
      if (extent.kind === 'flat') {
        commitment += Math.max(body.length, extent.offsetBytes + extent.capacityBytes);
        continue;
      }
      const sizes = readSparseExtent(body);
      if (sizes.capacityBytes !== extent.capacityBytes) {
        throw body.damaged(`it holds ${sizes.capacityBytes} bytes, and its descriptor says ${extent.capacityBytes}`);
      }
      if (sizes.commitmentBytes === null) note = sizes.commitmentNote;
      else commitment += sizes.commitmentBytes;
      cluster = sizes.clusterBytes;
    } finally {
      body.close();
    }
  }
  if (!Number.isSafeInteger(capacity)) throw file.damaged(`its extents add up to ${capacity} bytes`);
  return {
    capacityBytes: capacity,
    commitmentBytes: note === undefined ? commitment : null,
    ...(note === undefined ? {} : { commitmentNote: note }),
    ...(cluster === undefined ? {} : { clusterBytes: cluster }),
    otherFiles: [...files.values()],
  };
}

function openExtent(file: ImageFile, extent: VmdkExtent): ImageFile {
  const name = extent.fileName;
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) {
    throw file.unsupported(`its extent ${JSON.stringify(name)} is not in its own folder, and is not followed`);
  }
  const path = join(dirname(file.path), name);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat)
    throw new InputError(
      'image-extent',
      `its extent ${JSON.stringify(name)} is missing; keep all files of the image in one folder`,
      { file: file.path },
    );
  if (!stat.isFile())
    throw file.unsupported(`its extent ${JSON.stringify(name)} is a link or no regular file, and is not followed`);
  return new ImageFile(path);
}
