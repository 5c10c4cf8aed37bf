// SPDX-License-Identifier: Apache-2.0
import { detectFormat } from './detect.js';
import { ImageFile } from './image-file.js';
import { readQcow2Sizes } from './qcow2.js';
import { readRawSizes } from './raw.js';
import type { FormatSizes, ImageFormat, ImageSizes } from './types.js';
import { readVdiSizes } from './vdi.js';
import { readVhdxSizes } from './vhdx.js';
import { readVmdkSizes } from './vmdk.js';
import { readVpcSizes } from './vpc.js';

const readers: Readonly<Record<ImageFormat, (file: ImageFile) => FormatSizes>> = {
  raw: readRawSizes,
  qcow2: readQcow2Sizes,
  vmdk: readVmdkSizes,
  vhdx: readVhdxSizes,
  vdi: readVdiSizes,
  vpc: readVpcSizes,
};

export interface SizesOptions {
  /** The format, for a file whose own word is not to be trusted. Without it the file's magic number decides. */
  readonly format?: ImageFormat;
}

/**
 * Capacity, length, allocation and commitment of a disk image, in bytes, from its own header and tables. Only this file
 * is read (and the extents of a VMDK that lie in the same folder): never a backing file, never an external data file.
 * @throws InputError when there is no such file, its header is damaged or hostile, or its format is not supported
 */
export function imageSizes(path: string, options: SizesOptions = {}): ImageSizes {
  const file = new ImageFile(path);
  try {
    const { format, source } = options.format
      ? { format: options.format, source: 'given' as const }
      : detectFormat(file);
    const { otherFiles = [], ...sizes } = readers[format](file);
    return {
      path,
      format,
      formatSource: source,
      capacityBytes: sizes.capacityBytes,
      lengthBytes: otherFiles.reduce((sum, other) => sum + other.lengthBytes, file.length),
      allocationBytes: otherFiles.reduce((sum, other) => sum + other.allocationBytes, file.allocation),
      commitmentBytes: sizes.commitmentBytes,
      ...(sizes.commitmentNote === undefined ? {} : { commitmentNote: sizes.commitmentNote }),
      ...(sizes.clusterBytes === undefined ? {} : { clusterBytes: sizes.clusterBytes }),
    };
  } finally {
    file.close();
  }
}
