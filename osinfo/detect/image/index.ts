// SPDX-License-Identifier: Apache-2.0
import type { ImageInspection, InspectOptions } from './types.js';

/**
 * Which OS is installed in a disk image: raw, qcow2, vmdk, vhdx, vdi or vpc; GPT, MBR, LVM or neither; ext2/3/4, xfs,
 * btrfs, vfat, ntfs. The file is only read, and what cannot be read is said in `notes` and `skipped`. The readers are
 * loaded when they are first asked for.
 * @throws InputError when there is no such file, or it is no disk image that can be read
 */
export async function inspectImage(path: string, options: InspectOptions = {}): Promise<ImageInspection> {
  const { inspectImage } = await import('./inspect.js');
  return await inspectImage(path, options);
}
