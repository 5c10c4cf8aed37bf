// SPDX-License-Identifier: Apache-2.0
import type { LogicalVolume, VolumeGroup } from '../../kickstart/model.js';
import { MIB, refusal, type StorageContext } from './context.js';
import type { StorageDemand } from './demand.js';
import { type Grower, shareOut } from './grow.js';
import { recommendedSwap } from './swap-size.js';

/** LVM's own: labels and metadata lie in the first MiB of a physical volume. */
export const LVM_DATA_OFFSET = MIB;

/** What a growing volume without a size begins with: the installer's. */
const UNSIZED_MIB = 500;

const EXTENT_KIB = 4096;

/** The size of an extent: a power of two, in bytes. */
export function extentBytesOf(group: VolumeGroup): number {
  const kib = group.peSizeKiB === undefined || group.peSizeKiB === 0 ? EXTENT_KIB : group.peSizeKiB;
  if (kib < 1 || kib > 16 * MIB || !Number.isInteger(Math.log2(kib))) {
    throw refusal(
      group.at,
      'pesize',
      `volgroup ${group.name} --pesize=${group.peSizeKiB}: give a power of two in KiB, such as 4096`,
    );
  }
  return kib * 1024;
}

/** Extents of a volume, those of its metadata for a thin pool, before and after all has grown. */
export interface VolumeSize {
  readonly volume: LogicalVolume;
  readonly extents: number;
  readonly metadataExtents: number;
}

/** How many extents the volumes of a group need at least: those that only grow or take a share need one. */
export function neededExtents(demand: StorageDemand, group: VolumeGroup, context: StorageContext): number {
  const extent = extentBytesOf(group);
  const volumes = volumesOf(demand, group);
  const metadata = volumes.map((one) => metadataExtents(one, baseExtents(one, extent, context), extent));
  return (
    volumes.reduce((sum, one, index) => sum + baseExtents(one, extent, context) + metadata[index]!, 0) +
    Math.max(0, ...metadata) +
    reservedExtents(group, 0, extent)
  );
}

/** The volumes that take extents of the group itself: those in a thin pool do not. */
export function volumesOf(demand: StorageDemand, group: VolumeGroup): LogicalVolume[] {
  return demand.logicalVolumes.filter((one) => one.vgname === group.name && !one.thin);
}

function reservedExtents(group: VolumeGroup, total: number, extent: number): number {
  const bytes = (group.reservedSpaceMiB ?? 0) * MIB;
  return Math.max(Math.ceil(bytes / extent), Math.ceil((total * (group.reservedPercent ?? 0)) / 100));
}

/** What a volume begins with, before it grows. */
function baseExtents(volume: LogicalVolume, extent: number, context: StorageContext): number {
  return Math.max(1, Math.ceil((baseMiB(volume, context) * MIB) / extent));
}

function baseMiB(volume: LogicalVolume, context: StorageContext): number {
  const { at, name, sizeMiB, recommended, hibernation, percent, grow } = volume;
  if ((recommended || hibernation) && isSwap(volume)) {
    const { memoryBytes, storageBytes } = context.recommended();
    return recommendedSwap(memoryBytes, hibernation, storageBytes) / MIB;
  }
  if (sizeMiB !== undefined && sizeMiB >= 1) {
    if (volume.maxSizeMiB !== undefined && volume.maxSizeMiB < sizeMiB)
      throw refusal(at, 'part-maxsize', `logvol ${name}: --maxsize is smaller than --size`);
    return sizeMiB;
  }
  if (percent !== undefined) return 0;
  if (grow) return Math.min(UNSIZED_MIB, volume.maxSizeMiB ?? UNSIZED_MIB);
  throw refusal(
    at,
    'part-size',
    recommended || hibernation
      ? `logvol ${name}: only swap has a recommended size; give --size in MiB`
      : `logvol ${name} needs --size in MiB, 1 or more, or --percent`,
  );
}

function isSwap(volume: LogicalVolume): boolean {
  return volume.mountpoint === 'swap' || volume.fstype === 'swap';
}

/** LVM's defaults: chunks of 64 KiB, larger ones for a pool whose metadata would pass 128 MiB, 64 bytes for a chunk. */
export function poolChunkBytes(volume: LogicalVolume, poolBytes: number): number {
  const { chunkSizeKiB, at, name } = volume;
  if (chunkSizeKiB !== undefined) {
    if (chunkSizeKiB < 64 || chunkSizeKiB > 1024 * 1024 || chunkSizeKiB % 64 !== 0)
      throw refusal(at, 'chunksize', `logvol ${name} --chunksize=${chunkSizeKiB}: a multiple of 64 up to 1048576`);
    return chunkSizeKiB * 1024;
  }
  let chunk = 64 * 1024;
  while ((poolBytes / chunk) * 64 > 128 * MIB) chunk *= 2;
  return chunk;
}

const SMALLEST_METADATA = 2 * MIB;
const LARGEST_METADATA = 15 * 1024 * MIB;

function metadataExtents(volume: LogicalVolume, dataExtents: number, extent: number): number {
  if (!volume.thinPool) return 0;
  const { metadataSizeMiB, at, name } = volume;
  if (metadataSizeMiB !== undefined && (metadataSizeMiB < 2 || metadataSizeMiB > LARGEST_METADATA / MIB))
    throw refusal(at, 'metadatasize', `logvol ${name} --metadatasize=${metadataSizeMiB}: between 2 and 15360 MiB`);
  const dataBytes = dataExtents * extent;
  const usual = Math.ceil(dataBytes / poolChunkBytes(volume, dataBytes)) * 64;
  const bytes =
    metadataSizeMiB === undefined
      ? Math.min(LARGEST_METADATA, Math.max(SMALLEST_METADATA, usual))
      : metadataSizeMiB * MIB;
  return Math.ceil(bytes / extent);
}

/**
 * Sizes of all volumes of a group, in extents. Statically sized ones have theirs; `--percent` is of what those leave;
 * what grows shares the rest in proportion.
 * @throws InputError where the group is too small
 */
export function sizeVolumes(
  demand: StorageDemand,
  group: VolumeGroup,
  totalExtents: number,
  context: StorageContext,
): VolumeSize[] {
  const extent = extentBytesOf(group);
  const volumes = volumesOf(demand, group);
  const usable = totalExtents - reservedExtents(group, totalExtents, extent);
  const needed = neededExtents(demand, group, context) - reservedExtents(group, 0, extent);
  if (needed > usable) {
    const mib = (extents: number) => Math.ceil((extents * extent) / MIB);
    throw refusal(
      group.at,
      'volgroup-too-small',
      `volgroup ${group.name} has ${mib(Math.max(0, usable))} MiB for volumes (${usable} extents), and they need ${mib(needed)} MiB (${needed}); give its pv ${mib(needed - usable)} MiB more`,
    );
  }
  // Metadata of a pool is made for what it may grow to, where there is room for that.
  const roomy = volumes.map((one) => metadataExtents(one, largest(one, usable, extent, context), extent));
  const lean = volumes.map((one) => metadataExtents(one, baseExtents(one, extent, context), extent));
  const bases = volumes.reduce((sum, one) => sum + baseExtents(one, extent, context), 0);
  const total = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) + Math.max(0, ...list);
  const metadata = bases + total(roomy) <= usable ? roomy : lean;
  const sizes = growVolumes(volumes, usable - total(metadata), extent, context, group);
  return volumes.map((volume, index) => ({ volume, extents: sizes[index]!, metadataExtents: metadata[index]! }));
}

function largest(volume: LogicalVolume, usable: number, extent: number, context: StorageContext): number {
  const base = baseExtents(volume, extent, context);
  if (!volume.grow && volume.percent === undefined) return base;
  const max = volume.maxSizeMiB === undefined ? usable : Math.floor((volume.maxSizeMiB * MIB) / extent);
  return Math.max(base, Math.min(usable, max));
}

/** Sizes of volumes in extents within `capacity`, by `--percent` and `--grow`. */
export function growVolumes(
  volumes: readonly LogicalVolume[],
  capacity: number,
  extent: number,
  context: StorageContext,
  group: { readonly at: VolumeGroup['at']; readonly name: string },
): number[] {
  const sizes = volumes.map((one) => baseExtents(one, extent, context));
  const percents = volumes.reduce((sum, one) => sum + (one.percent ?? 0), 0);
  if (percents > 100) {
    const last = volumes.findLast((one) => one.percent !== undefined)!;
    throw refusal(last.at, 'percent', `logvol ${last.name}: the --percent of ${group.name} come to ${percents}`);
  }
  const statics = volumes.reduce((sum, one, index) => sum + (one.percent === undefined ? sizes[index]! : 0), 0);
  const free = Math.max(0, capacity - statics);
  for (const [index, { percent, maxSizeMiB }] of volumes.entries()) {
    if (percent === undefined) continue;
    const max = maxSizeMiB === undefined ? Number.POSITIVE_INFINITY : Math.floor((maxSizeMiB * MIB) / extent);
    sizes[index] = Math.max(1, Math.min(Math.floor((free * percent) / 100), max));
  }
  const used = sizes.reduce((sum, one) => sum + one, 0);
  const growers = volumes.flatMap(({ grow, percent, maxSizeMiB }, index): (Grower & { index: number })[] =>
    grow && percent === undefined
      ? [
          {
            index,
            base: sizes[index]!,
            max: maxSizeMiB === undefined ? undefined : Math.floor((maxSizeMiB * MIB) / extent),
          },
        ]
      : [],
  );
  for (const [nth, gain] of shareOut(capacity - used, growers).entries()) sizes[growers[nth]!.index]! += gain;
  return sizes;
}
