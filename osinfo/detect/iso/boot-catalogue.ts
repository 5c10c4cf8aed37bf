// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../source/types.js';
import { SECTOR, viewOf } from './descriptors.js';
import type { BootEntry, BootPlatform } from './types.js';

const RECORD = 32;
/** A catalogue has a handful of entries; one sector holds 64. */
const MOST_SECTORS = 4;

const PLATFORMS: Readonly<Record<number, BootPlatform>> = { 0: 'bios', 1: 'ppc', 2: 'mac', 239: 'uefi' };

/** What a catalogue says, or in words why it says nothing that can be used. */
export type BootCatalogue = { readonly entries: readonly BootEntry[] } | { readonly unusable: string };

/**
 * Reads the boot catalogue (El Torito 1.0, section 2): a validation entry that names the platform of the default entry,
 * then sections with a platform each. Entries that are not marked bootable are left out.
 */
export async function readBootCatalogue(source: ByteSource, offset: number): Promise<BootCatalogue> {
  const size = source.size();
  if (size !== undefined && offset + SECTOR > size) return { unusable: 'it lies behind the end of the image' };
  let bytes = await source.read(offset, SECTOR);
  if (bytes.length < RECORD * 2) return { unusable: 'it lies behind the end of the image' };
  const view = viewOf(bytes);
  if (bytes[0] !== 1 || view.getUint16(30, true) !== 0xaa55) return { unusable: 'it does not begin as one should' };
  let sum = 0;
  for (let at = 0; at < RECORD; at += 2) sum = (sum + view.getUint16(at, true)) & 0xffff;
  if (sum !== 0) return { unusable: 'its checksum is wrong' };

  const entries: BootEntry[] = [];
  const add = (at: number, platform: number) => {
    const known = PLATFORMS[platform];
    if (bytes[at] !== 0x88 || known === undefined) return;
    const media = bytes[at + 1]! & 0x0f;
    entries.push({
      platform: known,
      emulation: media === 4 ? 'disk' : media >= 1 && media <= 3 ? 'floppy' : 'none',
      sector: viewOf(bytes).getUint32(at + 8, true),
    });
  };
  add(RECORD, bytes[1]!);
  let at = RECORD * 2;
  /** Reads on where a section goes beyond what is there. */
  const has = async () => {
    if (at + RECORD <= bytes.length) return true;
    if (bytes.length >= MOST_SECTORS * SECTOR || bytes.length % SECTOR !== 0) return false;
    bytes = Buffer.concat([bytes, await source.read(offset + bytes.length, SECTOR)]);
    return at + RECORD <= bytes.length;
  };
  while ((await has()) && (bytes[at] === 0x90 || bytes[at] === 0x91)) {
    const last = bytes[at] === 0x91;
    const platform = bytes[at + 1]!;
    const count = viewOf(bytes).getUint16(at + 2, true);
    at += RECORD;
    for (let index = 0; index < count && (await has()); index++) {
      add(at, platform);
      at += RECORD;
      // Entries may go on in extension records (2.5), as long as these say that another follows.
      while ((await has()) && bytes[at] === 0x44) at += RECORD;
    }
    if (last) break;
  }
  return { entries };
}
