// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../source/types.js';
import { MediaError } from './errors.js';
import { readLabel, readUcs2Label } from './text.js';
import type { VolumeLabels } from './types.js';

export const SECTOR = 2048;
/** Where descriptors begin (ECMA-119 6.2.1: the sectors before are for the system). */
const FIRST_SECTOR = 16;
/** Real images have three to six; the rest of a first megabyte is where nobody writes them. */
const MOST_DESCRIPTORS = 64;
/** What must be there of the second descriptor: libosinfo takes no more of it, and 35 KiB of a file do. */
const BOOT_RECORD_BYTES = 39;

/** What a primary, supplementary or enhanced descriptor says of the volume. */
export interface Volume {
  readonly labels: VolumeLabels;
  /** Blocks times block size, in bytes; undefined where either makes no sense. */
  readonly volumeSize: number | undefined;
  /** Sizes are written twice, low and high byte first: the second reading, where it is another. */
  readonly otherSize: number | undefined;
  /** Where the root directory lies, and its length, both in bytes and as written. */
  readonly root: { readonly offset: number; readonly length: number };
}

export interface Descriptors {
  readonly primary?: Volume;
  readonly joliet?: Volume;
  readonly enhanced?: Volume;
  /** First byte of the boot catalogue of each El Torito boot record. */
  readonly bootCatalogues: readonly number[];
  /** A UDF volume recognition sequence follows or stands alone. */
  readonly udf: boolean;
  /** The ISO 9660 descriptors end as they should. */
  readonly terminated: boolean;
  /** How many ISO 9660 descriptors there are. */
  readonly count: number;
}

/**
 * Reads volume descriptors (ECMA-119 8.1) from sector 16 on, and the volume recognition sequence of UDF (ECMA-167 2/8.3)
 * after them: until a sector is neither. The last one may be cut.
 * @throws MediaError where the source ends before, or in, the first two of them
 */
export async function readDescriptors(source: ByteSource): Promise<Descriptors> {
  const found: { -readonly [Key in 'primary' | 'joliet' | 'enhanced']?: Volume } = {};
  const bootCatalogues: number[] = [];
  let udf = false;
  let terminated = false;
  let count = 0;
  for (let index = 0; index < MOST_DESCRIPTORS; index++) {
    const read = await source.read((FIRST_SECTOR + index) * SECTOR, SECTOR);
    if (index === 0 ? read.length < SECTOR : index === 1 && !terminated && read.length < BOOT_RECORD_BYTES) {
      throw cutShort(source, index, read.length);
    }
    if (read.length === 0) break;
    const sector = new Uint8Array(SECTOR);
    sector.set(read);
    const standard = Buffer.from(sector.subarray(1, 6)).toString('latin1');
    if (standard === 'CD001' && !udf) {
      count++;
      const type = sector[0];
      if (type === 255) terminated = true;
      else if (type === 0) bootCatalogues.push(...bootCatalogueOf(sector));
      else if (type === 1) found.primary ??= readVolume(sector, readLabel);
      else if (type === 2 && sector[6] === 2) found.enhanced ??= readVolume(sector, readLabel);
      else if (type === 2 && isJoliet(sector)) found.joliet ??= readVolume(sector, readUcs2Label);
    } else if (standard === 'NSR02' || standard === 'NSR03') {
      udf = true;
    } else if (standard === 'TEA01' || !EXTENDED.has(standard)) {
      break;
    }
  }
  return { ...found, bootCatalogues, udf, terminated, count };
}

/** Descriptors of the extended area that say nothing themselves. */
const EXTENDED = new Set(['CD001', 'BEA01', 'BOOT2', 'CDW02']);

function cutShort(source: ByteSource, index: number, length: number): MediaError {
  if (index === 0 && length === 0) {
    const size = source.size();
    const tells = size === 0 ? 'is empty' : `is only ${size ?? 'a few'} bytes long`;
    return new MediaError('short', `${source.name}: ${tells}, an image has at least ${36 * 1024}; get it again`);
  }
  return new MediaError(
    index === 0 ? 'primary-cut' : 'supplementary-cut',
    `${source.name}: ends inside its volume descriptors; it was cut off, get it again`,
  );
}

/** El Torito 1.0, figure 7: the name of the standard at 7, where the catalogue is at 71. */
function bootCatalogueOf(sector: Uint8Array): number[] {
  const view = viewOf(sector);
  return readLabel(sector.subarray(7, 39)) === 'EL TORITO SPECIFICATION' ? [view.getUint32(71, true) * SECTOR] : [];
}

/** The escape sequences that announce UCS-2 (Joliet specification, levels 1 to 3). */
function isJoliet(sector: Uint8Array): boolean {
  return ['%/@', '%/C', '%/E'].includes(Buffer.from(sector.subarray(88, 91)).toString('latin1'));
}

function readVolume(sector: Uint8Array, read: (field: Uint8Array) => string | undefined): Volume {
  const view = viewOf(sector);
  const block = blockSize(view.getUint16(128, true)) ?? blockSize(view.getUint16(130, false)) ?? SECTOR;
  const little = view.getUint32(80, true);
  const big = view.getUint32(84, false);
  const blocks = little || big;
  return {
    labels: labelsOf({
      volumeId: read(sector.subarray(40, 72)),
      systemId: read(sector.subarray(8, 40)),
      publisherId: read(sector.subarray(318, 446)),
      applicationId: read(sector.subarray(574, 702)),
    }),
    volumeSize: blocks === 0 ? undefined : blocks * block,
    otherSize: little !== big && little !== 0 && big !== 0 ? big * block : undefined,
    root: { offset: view.getUint32(156 + 2, true) * block, length: view.getUint32(156 + 10, true) },
  };
}

/** ECMA-119 6.2.2: a power of two from 512 to the sector size. */
function blockSize(value: number): number | undefined {
  return [512, 1024, 2048].includes(value) ? value : undefined;
}

/** Labels without those that are absent. */
export function labelsOf(labels: { readonly [Key in keyof VolumeLabels]: string | undefined }): VolumeLabels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
