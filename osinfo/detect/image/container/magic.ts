// SPDX-License-Identifier: Apache-2.0
import type { ImageFormat } from '../types.js';

/** A sign by which a file is known: these bytes at this place. */
export interface Magic<Name> {
  readonly name: Name;
  readonly offset: number;
  readonly bytes: Buffer;
}

const magics: readonly Magic<ImageFormat>[] = [
  { name: 'qcow2', offset: 0, bytes: Buffer.from('QFI\xfb', 'latin1') },
  { name: 'vmdk', offset: 0, bytes: Buffer.from('KDMV') },
  { name: 'vmdk', offset: 0, bytes: Buffer.from('COWD') },
  { name: 'vmdk', offset: 0, bytes: Buffer.from('# Disk DescriptorFile') },
  { name: 'vhdx', offset: 0, bytes: Buffer.from('vhdxfile') },
  { name: 'vdi', offset: 64, bytes: Buffer.from([0x7f, 0x10, 0xda, 0xbe]) },
  { name: 'vpc', offset: 0, bytes: Buffer.from('conectix') },
];

/** The first of some signs that the head of a file has. */
export function nameByMagic<Name>(head: Buffer, signs: readonly Magic<Name>[]): Name | undefined {
  const fits = ({ offset, bytes }: Magic<Name>): boolean => head.subarray(offset, offset + bytes.length).equals(bytes);
  return signs.find(fits)?.name;
}

/** The image format that the first 512 bytes of a file tell; a fixed VHD's and a raw image's tell none. */
export const formatByHead = (head: Buffer): ImageFormat | undefined => nameByMagic(head, magics);

/** Whether the last 512 bytes of a file are the footer of a VHD: a fixed one has its only header behind the data. */
export const isVhdFooter = (end: Buffer): boolean => end.subarray(0, 8).toString('latin1') === 'conectix';
