// SPDX-License-Identifier: Apache-2.0
import type { At, Btrfs, Encryption, LogicalVolume, Part } from '../../kickstart/model.js';

/*
 * Lines that a kickstart does not have, and means: `autopart` and `reqpart` are spelled out in the words of the
 * language, so that one planner lays out everything.
 */

const NO_FILESYSTEM = {
  fstype: undefined,
  label: undefined,
  fsOptions: undefined,
  mkfsOptions: undefined,
  fsProfile: undefined,
  existing: false,
  encryption: undefined,
} as const;

interface Sizes {
  readonly sizeMiB?: number | undefined;
  readonly maxSizeMiB?: number | undefined;
  readonly grow?: boolean;
  readonly recommended?: boolean;
  readonly hibernation?: boolean;
  readonly fstype?: string | undefined;
  readonly encryption?: Encryption | undefined;
}

/** `part MOUNTPOINT …` at the line that means it. */
export function addedPart(at: At, mountpoint: string, wish: Sizes): Part {
  return {
    ...NO_FILESYSTEM,
    at,
    mountpoint,
    sizeMiB: undefined,
    maxSizeMiB: undefined,
    grow: false,
    onDisk: undefined,
    onPart: undefined,
    asPrimary: false,
    recommended: false,
    hibernation: false,
    options: {},
    ...wish,
  };
}

/** `logvol MOUNTPOINT --vgname --name …`. */
export function addedVolume(
  at: At,
  mountpoint: string,
  vgname: string,
  name: string,
  wish: Sizes & { readonly thinPool?: boolean; readonly poolName?: string | undefined },
): LogicalVolume {
  const { poolName, thinPool = false, ...sizes } = wish;
  return {
    ...NO_FILESYSTEM,
    at,
    mountpoint,
    name,
    vgname,
    sizeMiB: undefined,
    maxSizeMiB: undefined,
    percent: undefined,
    grow: false,
    recommended: false,
    hibernation: false,
    thinPool,
    thin: poolName !== undefined,
    poolName,
    chunkSizeKiB: undefined,
    metadataSizeMiB: undefined,
    profile: undefined,
    cache: undefined,
    options: {},
    ...sizes,
  };
}

/** `btrfs MOUNTPOINT …`: a volume over its members, or a subvolume of `LABEL=…`. */
export function addedBtrfs(at: At, mountpoint: string, members: readonly string[], wish: Partial<Btrfs>): Btrfs {
  return {
    at,
    mountpoint,
    members,
    label: undefined,
    dataLevel: undefined,
    metadataLevel: undefined,
    subvol: false,
    name: undefined,
    mkfsOptions: undefined,
    existing: false,
    ...wish,
  };
}
