// SPDX-License-Identifier: Apache-2.0
import { dirname, resolve, sep } from 'node:path';
import { InputError } from '../../osinfo/errors.js';
import { readPart } from '../run/file-part.js';
import { ImageFile } from '../sizes/image-file.js';
import { imageSizes } from '../sizes/image-sizes.js';
import type { FoundDisk } from '../virt-image/storage.js';
import type { RunnableDisk } from './types.js';

/** Longest name of a backing file that QEMU takes. */
const LONGEST_NAME = 1023;

/** Bit of qcow2's incompatible features: the data lies in another file. */
const EXTERNAL_DATA = 4n;

/**
 * An image can name other files that QEMU then opens and the guest reads, from anywhere on this machine. Those in its own
 * folder came with it; others are refused.
 * @throws InputError for an image that names one, or whose header is damaged
 */
export function refuseOtherFiles({ path, format, blank }: RunnableDisk): void {
  if (blank !== undefined) return;
  if (format === 'qcow2' || format === 'qcow') refuseBacking(path);
  // Reading its sizes looks at all its extents, and refuses those of other folders.
  if (format === 'vmdk') imageSizes(path, { format });
}

/**
 * For disks that go elsewhere, one file each: also what came with an image does not go along.
 * @throws InputError for an image that names another file, or whose header is damaged
 */
export function refusePartsOf(found: readonly FoundDisk[]): void {
  for (const { path, disk, blankBytes } of found) {
    if (blankBytes !== undefined) continue;
    if (disk.format === 'qcow2' || disk.format === 'qcow') refuseBacking(path, true);
    if (disk.format !== 'vmdk') continue;
    if (isDescriptor(path)) throw other(path, 'has its data in other files');
    imageSizes(path, { format: 'vmdk' });
  }
}

/** A VMDK that is text, not the sparse extent that holds its own. */
function isDescriptor(path: string): boolean {
  return readPart(path, 0, 4).toString('latin1') !== 'KDMV';
}

/** @see https://www.qemu.org/docs/master/interop/qcow2.html */
function refuseBacking(path: string, alone = false): void {
  const file = new ImageFile(path);
  try {
    const head = file.read(0, 104, 'header');
    if (head.readUInt32BE(4) >= 3 && (head.readBigUInt64BE(72) & EXTERNAL_DATA) !== 0n)
      throw other(path, 'keeps its data in another file');
    const [offset, length] = [Number(head.readBigUInt64BE(8)), head.readUInt32BE(16)];
    if (offset === 0) return;
    if (length === 0 || length > LONGEST_NAME || offset > file.length)
      throw file.damaged('its backing file has no name');
    const name = file.read(offset, length, 'name of the backing file').toString('utf8');
    if (alone) throw other(path, `stands on ${JSON.stringify(name.slice(0, 200))}`);
    const folder = dirname(resolve(path));
    const isFile = !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(name);
    if (isFile && resolve(folder, name).startsWith(folder === sep ? sep : `${folder}${sep}`)) {
      refuseBackingOf(resolve(folder, name), path);
      return;
    }
    throw other(path, `stands on ${JSON.stringify(name.slice(0, 200))}, outside of its folder`);
  } finally {
    file.close();
  }
}

/** One below another is as deep as is looked: more is nobody's appliance. */
function refuseBackingOf(backing: string, path: string): void {
  const file = new ImageFile(backing);
  try {
    const head = file.length < 16 ? Buffer.alloc(16) : file.read(0, 16, 'header');
    if (head.toString('latin1', 0, 4) === 'QFI\u00fb' && head.readBigUInt64BE(8) !== 0n)
      throw other(path, `stands on ${backing}, which stands on a third`);
  } finally {
    file.close();
  }
}

function other(path: string, what: string): InputError {
  return new InputError('other-file', `it ${what}; qemu-img convert -O qcow2 makes one file of it`, { file: path });
}
