// SPDX-License-Identifier: Apache-2.0

/** Bounds of an archive from a stranger. Sizes are bytes; the whole public database is a thousand files of 5 MiB. */
export interface ArchiveLimits {
  readonly maxMembers: number;
  readonly maxMemberBytes: number;
  /** Of the unpacked archive, headers too. */
  readonly maxTotalBytes: number;
  /** Unpacked bytes for each packed one, counted once `ratioFromBytes` have come out. A database reaches 40. */
  readonly maxRatio: number;
  readonly ratioFromBytes: number;
  readonly maxPathBytes: number;
  /** Longest name of a file or folder: what Linux file systems take. */
  readonly maxNameBytes: number;
  /** Folders above a member: what the loader enters. */
  readonly maxDepth: number;
}

const MiB = 1024 * 1024;

export const archiveLimits: ArchiveLimits = {
  maxMembers: 20_000,
  maxMemberBytes: 16 * MiB,
  maxTotalBytes: 256 * MiB,
  maxRatio: 250,
  ratioFromBytes: 16 * MiB,
  maxPathBytes: 1024,
  maxNameBytes: 255,
  maxDepth: 12,
};
