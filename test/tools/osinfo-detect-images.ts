// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../osinfo/load/folders.js';

export interface ImageLabels {
  readonly volumeId?: string;
  readonly systemId?: string;
  readonly publisherId?: string;
  readonly applicationId?: string;
  /** Blocks of 2048 bytes that the volume says it has. */
  readonly blocks?: number;
  readonly bootable?: boolean;
}

const sector = 2048;

/**
 * The beginning of an image by ECMA-119 and El Torito: its descriptors, a boot catalogue and an empty directory, some
 * 42 KiB. Without a directory the original looks for one without end.
 */
export function imageBytes({ blocks = 21, bootable = true, ...labels }: ImageLabels): Buffer {
  const bytes = Buffer.alloc(21 * sector);
  const primary = bytes.subarray(16 * sector);
  const descriptor = (at: number, type: number): void => {
    bytes.writeUInt8(type, at * sector);
    bytes.write('CD001\u0001', at * sector + 1, 'latin1');
  };
  const label = (offset: number, length: number, text = ''): void => {
    primary.write(text.padEnd(length), offset, length, 'latin1');
  };
  descriptor(16, 1);
  label(8, 32, labels.systemId);
  label(40, 32, labels.volumeId);
  label(318, 128, labels.publisherId);
  label(574, 128, labels.applicationId);
  primary.writeUInt32LE(blocks, 80);
  primary.writeUInt32BE(blocks, 84);
  primary.writeUInt16LE(sector, 128);
  primary.writeUInt16BE(sector, 130);
  const directory = directoryRecord('\0');
  directory.copy(primary, 156);
  Buffer.concat([directory, directoryRecord('\u0001')]).copy(bytes, 20 * sector);
  if (bootable) {
    descriptor(17, 0);
    bytes.write('EL TORITO SPECIFICATION', 17 * sector + 7, 'latin1');
    bytes.writeUInt32LE(19, 17 * sector + 71);
    const catalogue = bytes.subarray(19 * sector);
    catalogue.writeUInt8(1, 0);
    catalogue.writeUInt16LE(0xaa55, 30);
    catalogue.writeUInt16LE((0x10000 - 0xaa55 - 1) & 0xffff, 28);
    catalogue.writeUInt8(0x88, 32);
  }
  descriptor(bootable ? 18 : 17, 255);
  return bytes;
}

/** The record of the root directory, by either of its two names (ECMA-119 9.1). */
function directoryRecord(name: string): Buffer {
  const record = Buffer.alloc(34);
  record.writeUInt8(34, 0);
  record.writeUInt32LE(20, 2);
  record.writeUInt32BE(20, 6);
  record.writeUInt32LE(sector, 10);
  record.writeUInt32BE(sector, 14);
  record.writeUInt8(2, 25);
  record.writeUInt8(1, 32);
  record.write(name, 33, 'latin1');
  return record;
}

/** The same as a file. */
export function image(labels: ImageLabels, name = 'image.iso'): string {
  const path = join(newFolder(), name);
  writeFileSync(path, imageBytes(labels));
  return path;
}
