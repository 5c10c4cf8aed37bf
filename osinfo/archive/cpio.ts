// SPDX-License-Identifier: Apache-2.0

/** A member begins, and its content, at a multiple of this. */
export const CPIO_ALIGNMENT = 4;

/** The name of the member behind the last. */
export const CPIO_TRAILER = 'TRAILER!!!';

/** A file, folder or link of root's. */
export interface CpioMember {
  readonly inode: number;
  /** Kind and permissions, as in `st_mode`. */
  readonly mode: number;
  /** Without a leading slash. */
  readonly name: string;
  /** Seconds since 1970. Default 0. */
  readonly epoch?: number;
}

/**
 * A member of an archive as the kernel unpacks it into its first root: cpio, the form `newc`, uncompressed
 * (Documentation/driver-api/early-userspace/buffer-format.rst of Linux): 110 characters of header in hexadecimal digits,
 * the name and its NUL, the content, each filled up to four bytes.
 */
export function cpioMember({ inode, mode, name, epoch = 0 }: CpioMember, content: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const path = encoder.encode(`${name}\0`);
  const fields = [inode, mode, 0, 0, 1, epoch, content.length, 0, 0, 0, 0, path.length, 0];
  const header = encoder.encode(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  const start = aligned(header.length + path.length);
  const bytes = new Uint8Array(start + aligned(content.length));
  bytes.set(header);
  bytes.set(path, header.length);
  bytes.set(content, start);
  return bytes;
}

function aligned(length: number): number {
  return Math.ceil(length / CPIO_ALIGNMENT) * CPIO_ALIGNMENT;
}
