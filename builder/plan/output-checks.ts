// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { diskFormats } from './outputs.js';
import type { DiskPlan, ImageFormat } from './types.js';

const GIB = 1024 ** 3;
/** The largest disk of a VHD. */
const VHD_GIB = 2040;

/**
 * What was asked for and cannot be written, found before anything is done.
 * @param bootable whether the system gets a kernel and an initramfs
 * @throws InputError
 */
export function checkOutputs(
  formats: readonly ImageFormat[],
  disks: readonly Pick<DiskPlan, 'name' | 'sizeBytes'>[],
  bootable: boolean,
): void {
  const large = disks.find((disk) => disk.sizeBytes > VHD_GIB * GIB);
  if (large && diskFormats({ formats }).includes('vpc'))
    throw new InputError(
      'format-size',
      `-f vpc: ${large.name} has ${Math.ceil(large.sizeBytes / GIB)} GiB, and a VHD holds ${VHD_GIB} at most; take vhdx`,
    );
  if (formats.includes('kernel') && !bootable)
    throw new InputError(
      'format-kernel',
      '-f kernel: the kickstart’s bootloader command leaves out what starts the system; remove --disabled and --location=none',
    );
}
