// SPDX-License-Identifier: Apache-2.0

import { viewOf } from './descriptors.js';
import type { BootPlatform, Overlay } from './types.js';

/** Bytes of the system area, which is before the first descriptor. */
export const OVERLAY_BYTES = 32_768;

/**
 * What lies over an ISO image in the area that ISO 9660 leaves to the system: partition tables, so that the same image
 * starts from a USB stick (isohybrid, grub-mkrescue), and what Macs read.
 */
export function readOverlays(start: Uint8Array): { overlays: Overlay[]; platforms: BootPlatform[] } {
  const overlays: Overlay[] = [];
  const platforms = new Set<BootPlatform>();
  if (start.length < OVERLAY_BYTES) return { overlays, platforms: [] };
  const view = viewOf(start);
  const ascii = (at: number, length: number) => Buffer.from(start.subarray(at, at + length)).toString('latin1');
  if (view.getUint16(510, true) === 0xaa55) {
    const entries = [446, 462, 478, 494].map((at) => ({ flag: start[at]!, type: start[at + 4]! }));
    const sane = entries.every(({ flag }) => flag === 0 || flag === 0x80);
    if (sane && entries.some(({ type }) => type !== 0)) {
      overlays.push('mbr');
      if (entries.some(({ flag, type }) => flag === 0x80 && type !== 0xee)) platforms.add('bios');
      if (entries.some(({ type }) => type === 0xef)) platforms.add('uefi');
    }
  }
  if (ascii(512, 8) === 'EFI PART') {
    overlays.push('gpt');
    if (hasEfiPartition(start, view)) platforms.add('uefi');
  }
  // Apple's partition map: its entries have the size of a sector, 512 bytes or those of the disc.
  if (ascii(512, 2) === 'PM' || ascii(2048, 2) === 'PM') overlays.push('apm');
  if (['BD', 'H+', 'HX'].includes(ascii(1024, 2))) overlays.push('hfs');
  return { overlays, platforms: [...platforms] };
}

/** C12A7328-F81F-11D2-BA4B-00A0C93EC93B as it is stored: the EFI system partition (UEFI 2.10, 5.3.3). */
const EFI_SYSTEM = '28732ac11ff8d211ba4b00a0c93ec93b';

function hasEfiPartition(start: Uint8Array, view: DataView): boolean {
  const first = view.getUint32(512 + 72, true) * 512;
  for (let at = first; at + 128 <= start.length; at += 128) {
    if (Buffer.from(start.subarray(at, at + 16)).toString('hex') === EFI_SYSTEM) return true;
  }
  return false;
}
