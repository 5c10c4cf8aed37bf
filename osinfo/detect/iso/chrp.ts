// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../source/types.js';
import { SECTOR, type Volume, viewOf } from './descriptors.js';

/** A directory of an installation disc has some dozen entries; more than this of it is not looked at. */
const MOST_BYTES = 64 * 1024;

/**
 * Whether the disc has `/ppc/bootinfo.txt`, by which the firmware of POWER machines starts it (CHRP bindings to IEEE
 * 1275). Names are held together without regard to case.
 */
export async function hasChrpBootScript(source: ByteSource, volume: Volume): Promise<boolean> {
  const folder = await findEntry(source, volume.root, 'PPC', true);
  return folder !== undefined && (await findEntry(source, folder, 'BOOTINFO.TXT', false)) !== undefined;
}

interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** An entry of a directory (ECMA-119 9.1). Extents come from the image, and are held to its size and to a bound. */
async function findEntry(
  source: ByteSource,
  directory: Extent,
  name: string,
  wantFolder: boolean,
): Promise<Extent | undefined> {
  const size = source.size();
  if (size !== undefined && directory.offset >= size) return undefined;
  const bytes = await source.read(directory.offset, Math.min(directory.length, MOST_BYTES));
  const view = viewOf(bytes);
  for (let at = 0; at + 34 <= bytes.length; ) {
    const length = bytes[at]!;
    if (length < 34) {
      // Records do not cross sectors: the rest of this one is empty.
      at = (Math.floor(at / SECTOR) + 1) * SECTOR;
      continue;
    }
    const identifier = Buffer.from(bytes.subarray(at + 33, at + 33 + Math.min(bytes[at + 32]!, length - 33)));
    const isFolder = (bytes[at + 25]! & 2) !== 0;
    if (isFolder === wantFolder && plainName(identifier.toString('latin1')) === name) {
      return { offset: view.getUint32(at + 2, true) * SECTOR, length: view.getUint32(at + 10, true) };
    }
    at += length;
  }
  return undefined;
}

/** `BOOTINFO.TXT;1` and `PPC.` without version and empty extension. */
function plainName(identifier: string): string {
  return identifier.split(';', 1)[0]!.replace(/\.$/, '').toUpperCase();
}
