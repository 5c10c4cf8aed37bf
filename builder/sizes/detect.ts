// SPDX-License-Identifier: Apache-2.0
import { formatByHead, isVhdFooter, type Magic, nameByMagic } from '../../osinfo/detect/image/container/magic.js';
import type { ImageFile } from './image-file.js';
import type { FormatSource, ImageFormat } from './types.js';

/** Formats which have a magic number and which no parser here knows: taking them for raw would give wrong sizes. */
const foreign: readonly Magic<string>[] = [
  { name: 'QED', offset: 0, bytes: Buffer.from('QED\0', 'latin1') },
  { name: 'Parallels', offset: 0, bytes: Buffer.from('WithoutFreeSpace') },
  { name: 'Parallels', offset: 0, bytes: Buffer.from('WithouFreSpacExt') },
];

/**
 * The format by the file's own magic number; `raw` where nothing matches. A raw disk's guest can write any magic number
 * into its first sector: whoever reads disks of strangers gives the format instead of asking for it.
 * @throws InputError for a format that is known by name only
 */
export function detectFormat(file: ImageFile): { readonly format: ImageFormat; readonly source: FormatSource } {
  const head = file.length > 0 ? file.read(0, 512, 'header') : Buffer.alloc(512);
  const format = formatByHead(head);
  if (format) return { format, source: 'magic' };
  const other = nameByMagic(head, foreign);
  if (other) {
    throw file.unsupported(
      `this is a ${other} image, which is not supported; convert it with qemu-img convert -O qcow2`,
    );
  }
  if (file.length >= 1024 && isVhdFooter(file.read(file.length - 512, 512, 'footer'))) {
    return { format: 'vpc', source: 'magic' };
  }
  return { format: 'raw', source: 'fallback' };
}
