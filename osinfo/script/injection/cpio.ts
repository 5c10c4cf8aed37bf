// SPDX-License-Identifier: Apache-2.0

/** A regular file that only root reads. */
const FILE_MODE = 0o100600;

/** An archive begins, and each of its parts, at a multiple of this. */
export const CPIO_ALIGNMENT = 4;

/**
 * An archive of plain files, as the kernel unpacks it behind an initrd (Documentation/driver-api/early-userspace/
 * buffer-format.rst of Linux): "newc", uncompressed. The initrd before it is padded with zeroes to four bytes.
 * @param epoch seconds since 1970 for the files' times
 */
export function formatCpio(
  files: readonly { readonly name: string; readonly text: string }[],
  epoch: number,
): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const add = (inode: number, mode: number, name: string, data: Uint8Array): void => {
    const nameBytes = encoder.encode(`${name}\0`);
    const fields = [inode, mode, 0, 0, 1, mode === 0 ? 0 : epoch, data.length, 0, 0, 0, 0, nameBytes.length, 0];
    const header = encoder.encode(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
    parts.push(padded([header, nameBytes]), padded([data]));
  };
  for (const [index, { name, text }] of files.entries()) add(index + 1, FILE_MODE, name, encoder.encode(text));
  add(0, 0, 'TRAILER!!!', new Uint8Array());
  return padded(parts);
}

/** Bytes one behind the other, with zeroes to the next boundary. */
function padded(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(Math.ceil(length / CPIO_ALIGNMENT) * CPIO_ALIGNMENT);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
