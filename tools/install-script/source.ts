// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import type { Db, InstallScript, Os } from '../../osinfo/model/types.js';
import type { ScriptSource } from '../../osinfo/script/document.js';
import { scriptsOfOs } from '../../osinfo/script/of-os.js';

/** The operating system that an argument names, and the medium or tree that it was read from. */
export interface ChosenOs {
  readonly os: Os;
  readonly source: ScriptSource;
}

/** A medium first, as the original tries it, then an id, then a short id; undefined for what is none of these. */
export async function chooseOs(db: Db, argument: string): Promise<ChosenOs | undefined> {
  if (isLocation(argument)) {
    const { look } = await import('../detect/look.js');
    const finding = await look(db, argument);
    if (finding.kind === 'media') {
      const [best] = finding.identification.candidates;
      if (best) return { os: best.os, source: { media: best.media } };
    } else if (finding.kind === 'tree') {
      const [best] = finding.identification.candidates;
      if (best) return { os: best.os, source: { tree: best.tree } };
    } else if (existsSync(argument)) throw finding.error;
  }
  const os = db.oses().find((one) => one.id === argument || one.shortIds.includes(argument));
  return os && { os, source: undefined };
}

/** An address of an OS in the database looks like an address of the web: those are asked of the database alone. */
const isLocation = (argument: string): boolean =>
  existsSync(argument) || /^file:/i.test(argument) || /^https?:.*\.(?:iso|img)(?:[?#]|$)|^https?:.*\/$/i.test(argument);

/** The scripts of an OS with a profile, in the order of its entry; of the medium alone where that names its own. */
export function scriptsOf({ os, source }: ChosenOs, db: Db, profile?: string): InstallScript[] {
  return scriptsOfOs(db, os, source && 'media' in source ? source.media : undefined, profile);
}
