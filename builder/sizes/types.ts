// SPDX-License-Identifier: Apache-2.0
import type { ImageFormat } from '../../osinfo/detect/image/types.js';

export { type ImageFormat, imageFormats } from '../../osinfo/detect/image/types.js';

/** How the format was found: by a magic number in the file, by the caller's word, or because nothing matched (raw). */
export type FormatSource = 'magic' | 'given' | 'fallback';

/** The four sizes of a disk image, all in bytes. */
export interface ImageSizes {
  readonly path: string;
  readonly format: ImageFormat;
  readonly formatSource: FormatSource;
  /** What the guest sees. */
  readonly capacityBytes: number;
  /** The highest byte of the file; of a VMDK in several files, the sum over them. */
  readonly lengthBytes: number;
  /** What the file takes on its file system now: `st_blocks * 512`. */
  readonly allocationBytes: number;
  /**
   * The length that the file cannot exceed whatever the guest writes, in any order and in requests of any size.
   * `null`: there is no such bound, and `commitmentNote` says why.
   */
  readonly commitmentBytes: number | null;
  readonly commitmentNote?: string;
  /** The unit of allocation inside the file, where it has one. */
  readonly clusterBytes?: number;
}

/** What the parser of one format answers; the file's own two sizes are added by `imageSizes`. */
export interface FormatSizes {
  readonly capacityBytes: number;
  readonly commitmentBytes: number | null;
  readonly commitmentNote?: string;
  readonly clusterBytes?: number;
  /** Other files that belong to the image itself (VMDK extents), already looked at. */
  readonly otherFiles?: readonly { readonly lengthBytes: number; readonly allocationBytes: number }[];
}
