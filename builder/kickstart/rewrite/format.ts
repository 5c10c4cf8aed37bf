// SPDX-License-Identifier: Apache-2.0
import { hasErrors } from '../issues.js';
import type { Issue } from '../model.js';
import { parseKickstart } from '../parse.js';
import type { WriteOptions } from '../write/command.js';
import { layOut } from './layout.js';
import { readPieces } from './pieces.js';

/** A file that is written anew, or why it is not. */
export type Formatted = { readonly text: string } | { readonly issues: readonly Issue[] };

/**
 * The same file in canonical form: commands by their one name, options in full, in fixed order and quoting, sections
 * apart from each other. Comments, the order of lines, `%include` and every byte of a script stay, so it reads as
 * before. Formatting twice is the same as once.
 *
 * @param file the name for issues
 * @returns issues where there is an error among them: what cannot be read is not written
 * @throws InputError for a `version` that does not exist
 */
export function formatText(text: string, file: string, options: WriteOptions = {}): Formatted {
  const kickstart = parseKickstart(text, file, { version: options.version, follow: 'none' });
  if (hasErrors(kickstart.issues)) return { issues: kickstart.issues };
  return { text: layOut(readPieces(text, kickstart, options.version), options) };
}
