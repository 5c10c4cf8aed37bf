// SPDX-License-Identifier: Apache-2.0
import type { ImageFile } from './image-file.js';
import type { FormatSource, ImageFormat } from './types.js';

interface Magic {
  readonly format: ImageFormat;
  readonly offset: number;
  readonly bytes: Buffer;
}

const magics: readonly Magic[] = [
  { format: 'qcow2', offset: 0, bytes: Buffer.from('QFI\xfb', 'latin1') },
  { format: 'vmdk', offset: 0, bytes: Buffer.from('KDMV') },
  { format: 'vmdk', offset: 0, bytes: Buffer.from('COWD') },
  { format: 'vmdk', offset: 0, bytes: Buffer.from('# Disk DescriptorFile') },
  { format: 'vhdx', offset: 0, bytes: Buffer.from('vhdxfile') },
  { format: 'vdi', offset: 64, bytes: Buffer.from([0x7f, 0x10, 0xda, 0xbe]) },
  { format: 'vpc', offset: 0, bytes: Buffer.from('conectix') },
];

/** Formats which have a magic number and which no parser here knows: taking them for raw would give wrong sizes. */
const foreign: readonly { readonly name: string; readonly bytes: Buffer }[] = [
  { name: 'QED', bytes: Buffer.from('QED\0', 'latin1') },
  { name: 'Parallels', bytes: Buffer.from('WithoutFreeSpace') },
  { name: 'Parallels', bytes: Buffer.from('WithouFreSpacExt') },
];

/**
 * The format by the file's own magic number; `raw` where nothing matches. A raw disk's guest can write any magic number
 * into its first sector: whoever reads disks of strangers gives the format instead of asking for it.
 * @throws InputError for a format that is known by name only
 */
export function detectFormat(file: ImageFile): { readonly format: ImageFormat; readonly source: FormatSource } {
  const head = file.length > 0 ? file.read(0, 512, 'header') : Buffer.alloc(512);
  for (const magic of magics) {
    if (head.subarray(magic.offset, magic.offset + magic.bytes.length).equals(magic.bytes)) {
      return { format: magic.format, source: 'magic' };
    }
  }
  for (const other of foreign) {
    if (head.subarray(0, other.bytes.length).equals(other.bytes)) {
      throw file.unsupported(
        `this is a ${other.name} image, which is not supported; convert it with qemu-img convert -O qcow2`,
      );
    }
  }
  // A fixed VHD has its only header behind the data.
  if (file.length >= 1024 && file.read(file.length - 512, 8, 'footer').equals(Buffer.from('conectix'))) {
    return { format: 'vpc', source: 'magic' };
  }
  return { format: 'raw', source: 'fallback' };
}
