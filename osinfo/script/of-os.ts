// SPDX-License-Identifier: Apache-2.0
import type { Db, InstallScript, Media, Os } from '../model/types.js';

/** The scripts of an OS with a profile, in the order of its entry; of the medium alone where that names its own. */
export function scriptsOfOs(db: Db, os: Os, media: Media | undefined, profile?: string): InstallScript[] {
  const own = media?.scripts ?? [];
  const ids = own.length > 0 ? own : os.installScripts;
  const all = new Map(db.installScripts().map((script) => [script.id, script]));
  return ids
    .map((id) => all.get(id))
    .filter((script) => script !== undefined)
    .filter((script) => profile === undefined || script.profile === profile);
}
