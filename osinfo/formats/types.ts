// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';

/** What a format gives: its text, and a sentence for each thing that it cannot say. */
export interface Formatted {
  readonly text: string;
  readonly warnings: readonly string[];
}

/** A disk of the machine to be described. */
export interface FormatDisk {
  /** Path of the image on the host. */
  readonly path: string;
  /** QEMU's name of the image format: `qcow2`, `raw`, `vmdk`. */
  readonly format: string;
  readonly readonly?: boolean;
}

/** What a description needs to know beyond the recommendation. */
export interface FormatRequest {
  /** The machine's name. */
  readonly name: string;
  readonly disks: readonly FormatDisk[];
  /** Path of an ISO image in the CD-ROM drive; without it there is no drive. */
  readonly cdrom?: string;
  /** How many network cards. Default 1. */
  readonly nics?: number;
}

/** An output format. To add one: a file in this folder, and a line in `index.ts`. */
export interface Format {
  /** What people give to `--format`. */
  readonly name: string;
  readonly summary: string;
  readonly format: (recommendation: Recommendation, request: FormatRequest) => Formatted;
}
