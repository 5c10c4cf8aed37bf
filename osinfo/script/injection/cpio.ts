// SPDX-License-Identifier: Apache-2.0
import { CPIO_TRAILER, cpioMember } from '../../archive/cpio.js';

/** A regular file that only root reads. */
const FILE_MODE = 0o100600;

/**
 * An archive of plain files that goes behind an initrd, which is filled up to `CPIO_ALIGNMENT` before it.
 * @param epoch seconds since 1970 for the files' times
 */
export function formatCpio(
  files: readonly { readonly name: string; readonly text: string }[],
  epoch: number,
): readonly Uint8Array[] {
  const encoder = new TextEncoder();
  const members = files.map(({ name, text }, index) =>
    cpioMember({ inode: index + 1, mode: FILE_MODE, name, epoch }, encoder.encode(text)),
  );
  return [...members, cpioMember({ inode: 0, mode: 0, name: CPIO_TRAILER }, new Uint8Array())];
}
