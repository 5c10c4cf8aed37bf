// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import type { At } from './model.js';

/** How deep files may include each other: more than real kickstarts do (6), few enough that a tangle ends soon. */
export const MOST_DEPTH = 32;
/** Files in all. */
export const MOST_INCLUDES = 500;

/** Characters of all included files together. */
export const MOST_INCLUDED = 16 * 1024 * 1024;

/** How `%include` and `%ksappend` find a file. Pure: the reading is given. */
export interface IncludeRules {
  /** The text of a file, undefined where there is none. `path` is resolved already; `from` names the including file. */
  readonly read?: ((path: string, from: string) => string | undefined) | undefined;
  /**
   * What to take instead of a name as it is written: `/tmp/storage.ks` → a file of the host. Absent: the program has no
   * option for it, and no message speaks of one.
   */
  readonly defined?: Readonly<Record<string, string>> | undefined;
}

/** What became of a name in an include. */
export type Found =
  | { readonly kind: 'found'; readonly path: string; readonly text: string }
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'cycle'; readonly message: string }
  /** It is there and is no text. */
  | { readonly kind: 'unfit'; readonly code: string; readonly at: At; readonly message: string };

/**
 * Find what an include names: as defined, else relative to the folder of the including file, else as an absolute path.
 * The folder of the process does not matter, so the same kickstart reads the same anywhere.
 *
 * @param open the files that are open, the main one first
 */
export function findInclude(named: string, from: string, open: readonly string[], rules: IncludeRules): Found {
  const defined = rules.defined?.[named];
  const give = rules.defined ? ` and give --define-include ${named}=FILE` : ' and name that';
  if (defined === undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(named)) {
    return { kind: 'missing', message: `${named} is not fetched: save it to a file${give}` };
  }
  const path = defined ?? (posix.isAbsolute(named) ? named : posix.join(posix.dirname(from), named));
  if (open.includes(path)) {
    return {
      kind: 'cycle',
      message: `${named} is included by itself: ${[...open.slice(open.indexOf(path)), path].join(' → ')}`,
    };
  }
  const text = rules.read?.(path, from);
  if (text !== undefined) return { kind: 'found', path, text };
  const hint = /^\/(?:tmp|run|mnt)\//.test(named)
    ? `it looks like the work of a %pre; put it into a file${give}`
    : 'check the path; it is relative to this file';
  return { kind: 'missing', message: `${named} cannot be read: ${hint}` };
}
