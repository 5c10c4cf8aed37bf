// SPDX-License-Identifier: Apache-2.0
import type { Bytes } from '../bytes.js';
import type { ImageFormat } from '../types.js';

/** The disk inside an image file, as the guest sees it. */
export interface Disk {
  readonly format: ImageFormat;
  readonly bytes: Bytes;
  /** What the reader has to know: a backing file that was not opened. */
  readonly notes: readonly string[];
}

/** A file that an image names: given by the opener, who decides what may be opened. */
export type OpenBeside = (name: string) => Bytes;
