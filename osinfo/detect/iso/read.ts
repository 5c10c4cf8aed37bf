// SPDX-License-Identifier: Apache-2.0
import { SourceError } from '../source/errors.js';
import type { ByteSource } from '../source/types.js';
import type { MediaFacts } from '../types.js';
import { readBootCatalogue } from './boot-catalogue.js';
import { hasChrpBootScript } from './chrp.js';
import { type Descriptors, readDescriptors } from './descriptors.js';
import { MediaError } from './errors.js';
import { mergeLabels } from './labels.js';
import { explainOther } from './lookalikes.js';
import { OVERLAY_BYTES, readOverlays } from './overlays.js';
import { cookedSource, rawSectorBytes } from './raw-sectors.js';
import type { BootEntry, BootPlatform, MediaInfo, MediaWarning } from './types.js';
import { readUdf } from './udf.js';

/**
 * Reads what an installation disc or its image says of itself: the descriptors of ISO 9660 (ECMA-119), Joliet and
 * ISO 9660:1999, the boot catalogue of El Torito, the names of UDF where ISO 9660 has none. Only those places are read:
 * some 36 KiB of a usual image. No length or place written in the image is trusted. The source stays open.
 * @throws MediaError for what is no such media, in one line that says what it looks like
 * @throws SourceError, HttpError where it cannot be read
 */
export async function readMedia(given: ByteSource): Promise<MediaInfo> {
  const warnings: MediaWarning[] = [];
  const warn = (code: MediaWarning['code'], message: string) => warnings.push({ code, message });
  const start = await given.read(0, OVERLAY_BYTES);
  const rawBytes = rawSectorBytes(start);
  const source = rawBytes === undefined ? given : cookedSource(given, rawBytes, start[15] ?? 1);
  if (rawBytes !== undefined) {
    warn('raw-sectors', `it is a raw copy of a CD with sectors of ${rawBytes} bytes; machines want the ISO made of it`);
  }
  const descriptors = await descriptorsOf(source, given);
  const { primary, joliet, enhanced } = descriptors;
  // Read only where it is needed: over a network it is a request more.
  const needsUdf = descriptors.udf && primary?.labels.volumeId === undefined;
  const udf = needsUdf ? await (primary ? ifReadable(() => readUdf(source)) : readUdf(source)) : undefined;
  if (!primary && !joliet && !udf) {
    throw new MediaError(
      'damaged',
      `${given.name}: has volume descriptors, and none that names a volume; get it again`,
    );
  }
  const labels = mergeLabels(primary?.labels, joliet?.labels, enhanced?.labels, udf?.labels, warn);
  if (Object.keys(labels).length === 0) {
    throw new MediaError('blank', `${given.name}: all labels of this image are blank: nothing tells what is on it`);
  }
  if (labels.volumeId === undefined) warn('blank-volume-id', 'the volume has no name');
  const size = source.size();
  const volumeSize = chooseSize(descriptors, udf?.volumeSize, size, warn);
  // The partition of a written UDF disc can be as long as the disc had room.
  if (size !== undefined && volumeSize !== undefined && size < volumeSize && descriptors.count > 0) {
    warn('truncated', `the volume has ${volumeSize} bytes and the image ${size}: it was cut off, get it again`);
  }
  if (descriptors.count > 0 && !descriptors.terminated)
    warn('no-terminator', 'its volume descriptors do not end as they should');
  const facts: MediaFacts = { ...labels, ...(volumeSize === undefined ? {} : { volumeSize }) };
  const { overlays, platforms } = readOverlays(rawBytes === undefined ? start : new Uint8Array());
  return {
    facts,
    format: descriptors.count === 0 ? 'udf' : descriptors.udf ? 'iso9660+udf' : 'iso9660',
    ...(await readBoot(source, descriptors, platforms, warn)),
    overlays,
    sectorBytes: rawBytes ?? 2048,
    ...(primary ? { primary: primary.labels } : {}),
    ...(joliet ? { joliet: joliet.labels } : {}),
    ...(enhanced ? { enhanced: enhanced.labels } : {}),
    ...(udf ? { udf: udf.labels } : {}),
    warnings,
  };
}

type Warn = (code: MediaWarning['code'], message: string) => void;

async function descriptorsOf(source: ByteSource, given: ByteSource): Promise<Descriptors> {
  let fault: MediaError | undefined;
  try {
    const found = await readDescriptors(source);
    if (found.count > 0 || found.udf) return found;
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    fault = error;
  }
  const other = await explainOther(given, fault?.fault ?? 'other');
  // A short beginning of an image looks like nothing; that it is short is the better word then.
  throw fault && other.looksLike === undefined ? fault : other;
}

/** The size as written with the low byte first, as all readers take it, unless only the other one can be true. */
function chooseSize(
  { primary, joliet }: Descriptors,
  udfSize: number | undefined,
  size: number | undefined,
  warn: Warn,
): number | undefined {
  const volume = primary ?? joliet;
  if (volume?.otherSize !== undefined) {
    warn('sizes-differ', `the size of the volume is written as ${volume.volumeSize} and as ${volume.otherSize} bytes`);
    if (size !== undefined && volume.volumeSize! > size && volume.otherSize <= size) return volume.otherSize;
  }
  return volume ? volume.volumeSize : udfSize;
}

async function readBoot(
  source: ByteSource,
  { bootCatalogues, primary }: Descriptors,
  overlayPlatforms: readonly BootPlatform[],
  warn: Warn,
): Promise<Pick<MediaInfo, 'bootable' | 'bootPlatforms' | 'bootEntries'>> {
  const bootEntries: BootEntry[] = [];
  for (const offset of bootCatalogues.slice(0, 2)) {
    const catalogue = await ifReadable(() => readBootCatalogue(source, offset));
    if (catalogue === undefined)
      warn('boot-catalogue', 'its boot catalogue cannot be read: it lies too far off, or the disc is damaged');
    else if ('unusable' in catalogue)
      warn('boot-catalogue', `its boot catalogue cannot be used: ${catalogue.unusable}`);
    else bootEntries.push(...catalogue.entries);
  }
  const platforms = new Set(bootEntries.map(({ platform }) => platform));
  if (bootCatalogues.length === 0) {
    for (const platform of overlayPlatforms) platforms.add(platform);
    if (platforms.size === 0 && primary && (await ifReadable(() => hasChrpBootScript(source, primary))))
      platforms.add('ppc');
  }
  return { bootable: bootCatalogues.length > 0 || platforms.size > 0, bootPlatforms: [...platforms], bootEntries };
}

/**
 * Undefined where a place is beyond what is read of a remote file, or a scratch of the disc: what is looked for there can
 * be done without.
 */
async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SourceError && (error.fault === 'reach' || error.fault === 'unreadable')) return undefined;
    throw error;
  }
}
