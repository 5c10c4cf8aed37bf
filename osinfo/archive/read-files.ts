// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { filterSync, TooMuchError } from '../doors/process-sync.js';
import { MissingError, ToolError } from '../errors.js';
import { ArchiveError } from './errors.js';
import { type ArchiveLimits, archiveLimits } from './limits.js';
import { memberPath } from './member-path.js';
import { isXz, xzCommand } from './packing.js';
import { readTarBytes } from './tar-read.js';

/**
 * The files of a database archive (tar, plain or packed with xz) by their paths inside the database, in memory and at
 * once: for those who cannot await. Nothing is written. Of members with the same path the last one counts, as it does
 * when an archive is unpacked.
 * @throws ArchiveError where it cannot be read, is damaged, or has a member that is refused
 * @throws MissingError where the program xz is missing
 */
export function readArchiveFiles(path: string, limits: ArchiveLimits = archiveLimits): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const { name, kind, bytes } of readTarBytes(unpackedFile(path, limits), path, limits)) {
    const inside = memberPath(name, kind, limits);
    if (kind === 'file') files.set(inside, bytes);
  }
  return files;
}

function unpackedFile(path: string, limits: ArchiveLimits): Buffer {
  let packed: Buffer;
  try {
    packed = readFileSync(path);
  } catch (error) {
    throw new ArchiveError('archive-open', `cannot open archive ${path}: Failed to open '${path}'`, undefined, error);
  }
  const most = Math.min(limits.maxTotalBytes, Math.max(limits.ratioFromBytes, packed.length * limits.maxRatio));
  if (!isXz(packed)) {
    if (packed.length <= limits.maxTotalBytes) return packed;
    throw new ArchiveError('archive-too-large', `${path}: the archive has more than ${limits.maxTotalBytes} bytes`);
  }
  try {
    return filterSync(xzCommand, packed, most);
  } catch (error) {
    if (error instanceof MissingError) throw new MissingError(error.code, `${error.message} (Debian: xz-utils)`);
    if (!(error instanceof ToolError)) throw error;
    if (error instanceof TooMuchError)
      throw new ArchiveError('archive-too-large', `${path}: the archive unpacks to more than ${most} bytes`);
    const why = error.message.replace(/^.*?: \(stdin\): /, '');
    throw new ArchiveError('archive-cut', `cannot read next archive entry in ${path}: ${why}`, undefined, error);
  }
}
