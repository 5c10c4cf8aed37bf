// SPDX-License-Identifier: Apache-2.0
import { identifyMedia } from '../../osinfo/detect/identify.js';
import { readMedia } from '../../osinfo/detect/iso/read.js';
import { openSource } from '../../osinfo/detect/source/open.js';
import type { Db, Os } from '../../osinfo/model/types.js';
import { mediaSupport } from '../../osinfo/recommend/media.js';
import type { MediaSupport } from '../../osinfo/recommend/types.js';

/** A medium, and the OS that it is of where that was recognised. */
export interface Medium {
  readonly os?: Os;
  readonly support: MediaSupport;
}

/**
 * Reads an ISO image, a file or an address, and recognises it.
 * @throws SourceError, HttpError, MediaError for what cannot be read or is no medium
 */
export async function openMedium(db: Db, location: string): Promise<Medium> {
  const source = await openSource(location);
  try {
    const info = await readMedia(source);
    const [best] = identifyMedia(db, info.facts).candidates;
    return { ...(best === undefined ? {} : { os: best.os }), support: mediaSupport(info, best) };
  } finally {
    await source.close();
  }
}
