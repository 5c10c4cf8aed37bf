// SPDX-License-Identifier: Apache-2.0
import { identifyMedia } from '../../osinfo/detect/identify.js';
import { readMedia } from '../../osinfo/detect/iso/read.js';
import type { MediaInfo } from '../../osinfo/detect/iso/types.js';
import { openSource } from '../../osinfo/detect/source/open.js';
import type { MediaCandidate } from '../../osinfo/detect/types.js';
import { InputError } from '../../osinfo/errors.js';
import type { Db, Media, Os } from '../../osinfo/model/types.js';
import { mediaSupport } from '../../osinfo/recommend/media.js';
import type { MediaSupport } from '../../osinfo/recommend/types.js';
import { withoutPassword } from '../plan/rpm/address.js';

/** An installation medium that was read and recognised. */
export interface RecognisedMedium {
  readonly os: Os;
  /** Its entry; absent where somebody said what it is of, and the database does not know it. */
  readonly media?: Media;
  readonly arch: string | undefined;
  readonly volumeId: string | undefined;
  readonly support: MediaSupport;
  /** Why it is taken for that. */
  readonly why: string;
}

/**
 * Reads a medium's labels, from a path or over the network, and finds out what it is of.
 * @param wanted the OS that it has to be of, where that is known
 * @throws InputError for what is no medium, is of nothing that is known, or of another OS than wanted
 * @throws HttpError, SourceError where it cannot be read
 */
export async function readMedium(db: Db, location: string, wanted?: Os): Promise<RecognisedMedium> {
  const source = await openSource(location);
  let info: MediaInfo;
  try {
    info = await readMedia(source);
  } finally {
    await source.close();
  }
  const { candidates } = identifyMedia(db, info.facts);
  const candidate = wanted === undefined ? candidates[0] : candidates.find(({ os }) => os.id === wanted.id);
  const volumeId = info.facts.volumeId;
  if (candidate === undefined && wanted === undefined)
    throw new InputError(
      'unknown-medium',
      `${withoutPassword(location).slice(0, 300)}: the database knows no medium ${JSON.stringify(volumeId ?? '')}; say what it is of: --os debian12`,
    );
  return {
    os: candidate?.os ?? wanted!,
    ...(candidate === undefined ? {} : { media: candidate.media }),
    arch: candidate?.arch ?? info.facts.arch,
    volumeId,
    support: mediaSupport(info, candidate),
    why: reason(candidate, candidates[0], wanted),
  };
}

function reason(
  candidate: MediaCandidate | undefined,
  best: MediaCandidate | undefined,
  wanted: Os | undefined,
): string {
  if (candidate !== undefined) return candidate.why;
  const other =
    best === undefined ? 'the database does not know it' : `the database takes it for ${best.os.name ?? best.os.id}`;
  return `it was said to be of ${wanted?.name ?? wanted?.id}; ${other}`;
}
