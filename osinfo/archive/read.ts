// SPDX-License-Identifier: Apache-2.0
import { type ArchiveLimits, archiveLimits } from './limits.js';
import { memberPath } from './member-path.js';
import { type ArchiveSource, unpacked } from './source.js';
import { readTar } from './tar-read.js';

/** A member of a database archive. */
export interface ArchiveMember {
  /** As the archive has it. */
  readonly name: string;
  /** Inside the database, with `/`; '' for its own folder. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  readonly bytes: Buffer;
}

/**
 * Reads a database archive (tar, plain or packed with xz) member by member. Every member is checked before it is
 * handed out, and nothing beyond the limits is ever read.
 * @throws ArchiveError naming the member that is refused
 * @throws MissingError where the program xz is missing
 */
export async function* readArchive(
  source: ArchiveSource,
  limits: ArchiveLimits = archiveLimits,
): AsyncGenerator<ArchiveMember, void, undefined> {
  for await (const entry of readTar(unpacked(source, limits), source.name, limits)) {
    yield { ...entry, path: memberPath(entry.name, entry.kind, limits) };
  }
}
