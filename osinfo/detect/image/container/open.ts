// SPDX-License-Identifier: Apache-2.0
import { type Bytes, unsupported } from '../bytes.js';
import type { ImageFormat } from '../types.js';
import { formatByHead, isVhdFooter, type Magic, nameByMagic } from './magic.js';
import { openQcow2 } from './qcow2.js';
import type { Disk, OpenBeside } from './types.js';
import { openVdi } from './vdi.js';
import { openVhdx } from './vhdx.js';
import { openVmdk } from './vmdk.js';
import { openVpc } from './vpc.js';

/** What is known by name only, with what to do. */
const foreign: readonly Magic<string>[] = [
  { name: 'a QED image; convert it with qemu-img convert -O qcow2', offset: 0, bytes: Buffer.from('QED\0') },
  { name: 'a Parallels image; convert it with qemu-img convert', offset: 0, bytes: Buffer.from('WithoutFreeSpace') },
  { name: 'a Parallels image; convert it with qemu-img convert', offset: 0, bytes: Buffer.from('WithouFreSpacExt') },
  { name: 'compressed with gzip; unpack it first', offset: 0, bytes: Buffer.from([0x1f, 0x8b, 0x08]) },
  { name: 'compressed with xz; unpack it first', offset: 0, bytes: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) },
  { name: 'compressed with zstd; unpack it first', offset: 0, bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { name: 'compressed with bzip2; unpack it first', offset: 0, bytes: Buffer.from('BZh9') },
  { name: 'a ZIP archive; unpack it first', offset: 0, bytes: Buffer.from('PK\x03\x04') },
  { name: 'a tar archive (an OVA?); unpack it first', offset: 257, bytes: Buffer.from('ustar') },
];

/** The format by the file's own magic number; `raw` where nothing else fits. @throws InputError for foreign formats */
export function imageFormat(file: Bytes): ImageFormat {
  const head = file.read(0, Math.min(512, file.length));
  const format = formatByHead(head);
  if (format) return format;
  const other = nameByMagic(head, foreign);
  if (other) throw unsupported(`this is ${other}`);
  if (file.length >= 1024 && isVhdFooter(file.read(file.length - 512, 512))) return 'vpc';
  return 'raw';
}

const openers: Readonly<Record<ImageFormat, (file: Bytes, openBeside: OpenBeside) => Disk>> = {
  raw: (file) => ({ format: 'raw', bytes: file, notes: [] }),
  qcow2: openQcow2,
  vmdk: openVmdk,
  vhdx: openVhdx,
  vdi: openVdi,
  vpc: openVpc,
};

/**
 * The disk in an image file.
 * @param openBeside opens a file that the image names; called for the extents of a VMDK descriptor only
 * @throws InputError for a damaged, encrypted or unknown image
 */
export function openDisk(file: Bytes, openBeside: OpenBeside, format = imageFormat(file)): Disk {
  return openers[format](file, openBeside);
}
