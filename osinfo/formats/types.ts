// SPDX-License-Identifier: Apache-2.0
import type { Recommendation } from '../recommend/types.js';
import type { NeutralField } from './neutral-fields.js';

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
  /** Images that are there. Where there is none, a format that makes disks makes one of `storageBytes`. */
  readonly disks: readonly FormatDisk[];
  /** Path of an ISO image in the CD-ROM drive; without it there is no drive. */
  readonly cdrom?: string;
  /** How many network cards. Default 1. */
  readonly nics?: number;
}

/** How a format was proven. */
export type Verified = 'real tool' | 'published schema' | 'documentation';

/** An output format. To add one: a file in this folder, and a line in `index.ts`. */
export interface Format {
  /** What people give to `--format`. */
  readonly name: string;
  readonly summary: string;
  /** Short id of the platform that a person means who names this format and no platform. */
  readonly platform: string;
  /** Whether it can make the disk itself, so that none has to be there; otherwise a path is made up where none is given. */
  readonly makesDisks?: true;
  /** Machine families that it can describe: `q35`, `vmx`, `gen2`. Others are refused. */
  readonly families: ReadonlySet<string>;
  readonly verified: Verified;
  /** The tool, schema or page behind `verified`. */
  readonly verifiedBy: string;
  /** Neutral fields that it says in full. */
  readonly says: readonly NeutralField[];
  /** Fields that it says for nearly everything, and for what; it warns by itself where it does not. */
  readonly mostly?: Readonly<Partial<Record<NeutralField, string>>>;
  /** Fields that it says in part, and what is missing. What stands in neither list is a warning where it is asked for. */
  readonly partly: Readonly<Partial<Record<NeutralField, string>>>;
  readonly format: (recommendation: Recommendation, request: FormatRequest) => Formatted;
}
