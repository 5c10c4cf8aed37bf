// SPDX-License-Identifier: Apache-2.0
import type { ImageFile } from './image-file.js';
import type { FormatSizes } from './types.js';

/** A raw disk is as long as it is, in whole sectors of 512 bytes: QEMU shows the guest the last, unfinished one as well. */
export function readRawSizes(file: ImageFile): FormatSizes {
  const whole = Math.ceil(file.length / 512) * 512;
  return { capacityBytes: whole, commitmentBytes: whole };
}
