// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../source/types.js';
import { labelsOf, viewOf } from './descriptors.js';
import { readDstring, readLabel } from './text.js';
import type { VolumeLabels } from './types.js';

/** Discs have sectors of 2048 bytes; images made for disks can have those of the disk (UDF 2.50, 2.1.2). */
const SECTOR_SIZES = [2048, 512, 4096, 1024];
/** A volume descriptor sequence has at least 16 sectors, and is full long before this. */
const MOST_DESCRIPTORS = 64;
/** How often a sequence may point to its continuation. */
const MOST_SEQUENCES = 4;

const TAG = { primary: 1, anchor: 2, pointer: 3, partition: 5, logical: 6, terminator: 8 } as const;

export interface UdfVolume {
  readonly labels: VolumeLabels;
  /** Bytes to the end of its last partition. */
  readonly volumeSize: number | undefined;
}

/**
 * The names of a UDF volume: from the anchor (sector 256, the last, or 256 before the last) to the volume descriptor
 * sequence, to the names of the logical and of the primary volume (ECMA-167 3/10). Undefined where no anchor leads to
 * one. Extents come from the image and are held to bounds.
 */
export async function readUdf(source: ByteSource): Promise<UdfVolume | undefined> {
  const size = source.size();
  for (const sectorBytes of SECTOR_SIZES) {
    for (const sector of anchorSectors(size, sectorBytes)) {
      const anchor = await readTagged(source, sector, sectorBytes);
      if (anchor?.tag !== TAG.anchor) continue;
      const view = viewOf(anchor.bytes);
      for (const at of [16, 24]) {
        const volume = await readSequence(source, view.getUint32(at + 4, true), view.getUint32(at, true), sectorBytes);
        if (volume) return volume;
      }
    }
  }
  return undefined;
}

function anchorSectors(size: number | undefined, sectorBytes: number): number[] {
  if (size === undefined) return [256];
  const last = Math.floor(size / sectorBytes) - 1;
  return [256, last, last - 256].filter((sector) => sector > 16 && sector <= last);
}

async function readSequence(
  source: ByteSource,
  start: number,
  length: number,
  sectorBytes: number,
): Promise<UdfVolume | undefined> {
  let primary: Uint8Array | undefined;
  let logical: Uint8Array | undefined;
  let end = 0;
  let sector = start;
  let left = Math.min(Math.floor(length / sectorBytes), MOST_DESCRIPTORS);
  for (let sequence = 1; left > 0; left--) {
    const descriptor = await readTagged(source, sector, sectorBytes);
    if (!descriptor || descriptor.tag === TAG.terminator) break;
    const { tag, bytes } = descriptor;
    const view = viewOf(bytes);
    sector++;
    if (tag === TAG.primary) primary ??= bytes;
    else if (tag === TAG.logical) logical ??= bytes;
    else if (tag === TAG.partition) {
      end = Math.max(end, (view.getUint32(188, true) + view.getUint32(192, true)) * sectorBytes);
    } else if (tag === TAG.pointer && sequence < MOST_SEQUENCES) {
      sequence++;
      sector = view.getUint32(24, true);
      left = Math.min(Math.floor(view.getUint32(20, true) / sectorBytes), MOST_DESCRIPTORS) + 1;
    }
  }
  if (!primary && !logical) return undefined;
  return {
    labels: labelsOf({
      volumeId:
        (logical && readDstring(logical.subarray(84, 212))) ?? (primary && readDstring(primary.subarray(24, 56))),
      applicationId: primary && readLabel(primary.subarray(345, 368))?.replace(/^\*/, ''),
    }),
    volumeSize: end === 0 ? undefined : end,
  };
}

/** A descriptor with its tag (ECMA-167 3/7.2): the sum over the tag must be right, and it must know where it lies. */
async function readTagged(
  source: ByteSource,
  sector: number,
  sectorBytes: number,
): Promise<{ tag: number; bytes: Uint8Array } | undefined> {
  const bytes = await source.read(sector * sectorBytes, sectorBytes);
  if (bytes.length < 512) return undefined;
  const view = viewOf(bytes);
  let sum = 0;
  for (let at = 0; at < 16; at++) if (at !== 4) sum = (sum + bytes[at]!) & 0xff;
  const tag = view.getUint16(0, true);
  return tag !== 0 && sum === bytes[4] && view.getUint32(12, true) === sector ? { tag, bytes } : undefined;
}
