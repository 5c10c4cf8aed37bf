// SPDX-License-Identifier: Apache-2.0
import type { ImageFile } from './image-file.js';

/** One line of a VMDK descriptor's extent list. */
export interface VmdkExtent {
  readonly kind: 'flat' | 'sparse' | 'zero';
  readonly capacityBytes: number;
  /** As written; `zero` has none. */
  readonly fileName: string;
  /** Where the extent's data begins in its file (flat only). */
  readonly offsetBytes: number;
}

export interface VmdkDescriptor {
  readonly extents: readonly VmdkExtent[];
}

/** A descriptor of 2 TB in 2 GB pieces has 60 KiB. */
const maxDescriptorBytes = 1024 * 1024;
const maxExtents = 8192;
/** access, sectors, type, "file name", start sector */
const extentLine = /^(?:RW|RDONLY|NOACCESS) (\d{1,16}) ([A-Z]+)(?: "([^"]{0,1024})"(?: (\d{1,16}))?)?\s*$/;
const kinds: Readonly<Record<string, VmdkExtent['kind']>> = {
  FLAT: 'flat',
  VMFS: 'flat',
  SPARSE: 'sparse',
  ZERO: 'zero',
};

/** Whether a file begins as a descriptor does: comments and empty lines, then `version=`. */
export function isVmdkDescriptor(head: string): boolean {
  return /^(?:#[^\n]*\n|[ \t\r]*\n)*[ \t]*version=[123]/.test(head);
}

/**
 * Reads a VMDK descriptor file: text, `key=value` lines and one line an extent.
 * @throws InputError when it is too long, or an extent is of a kind that is not known here
 */
export function readVmdkDescriptor(file: ImageFile): VmdkDescriptor {
  if (file.length > maxDescriptorBytes) throw file.damaged(`its descriptor is ${file.length} bytes long`);
  const extents: VmdkExtent[] = [];
  for (const line of file.read(0, file.length, 'descriptor').toString('utf8').split(/\r?\n/)) {
    if (!/^(?:RW|RDONLY|NOACCESS) /.test(line)) continue;
    const match = extentLine.exec(line);
    if (!match)
      throw file.damaged(`its descriptor has an extent line that cannot be read: ${JSON.stringify(line.slice(0, 80))}`);
    const kind = kinds[match[2]!];
    if (!kind)
      throw file.unsupported(
        `VMDK extents of type ${match[2]} are not supported; convert it with qemu-img convert -O qcow2`,
      );
    if (
      extents.push({
        kind,
        capacityBytes: file.safe(BigInt(match[1]!) * 512n, 'extent size'),
        fileName: match[3] ?? '',
        offsetBytes: file.safe(BigInt(match[4] ?? 0) * 512n, 'extent offset'),
      }) > maxExtents
    )
      throw file.damaged(`its descriptor lists more than ${maxExtents} extents`);
  }
  if (extents.length === 0) throw file.damaged('its descriptor lists no extent');
  return { extents };
}
