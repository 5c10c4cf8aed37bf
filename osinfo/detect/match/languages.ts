// SPDX-License-Identifier: Apache-2.0
import type { Db, Media } from '../../model/types.js';
import type { Patterns } from './patterns.js';

/**
 * The languages of a medium as libosinfo fills them: what the entry's expression takes of the volume id, through its
 * table where that knows it (nothing where it does not fit); the entry's own list where it has no expression.
 */
export function languagesOf(db: Db, media: Media, volumeId: string | undefined, patterns: Patterns): readonly string[] {
  if (media.languageRegex === undefined) return media.languages;
  const found = volumeId === undefined ? undefined : patterns.firstGroup(media.languageRegex, volumeId);
  if (!found) return [];
  const map = media.languageMap === undefined ? undefined : db.findDatamap(media.languageMap);
  return [map?.lookup(found) ?? found];
}
