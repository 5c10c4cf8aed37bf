// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';

/**
 * An archive that is not taken. Codes: `archive-open`, `archive-format` (nothing that we read), `archive-cut` (damaged or
 * cut short), `archive-type` (a link, a device …), `archive-member` (a hostile or unusable name), `archive-too-large`,
 * `archive-content` (a file that no loader reads), `archive-checksum`, `archive-signature`.
 */
export class ArchiveError extends InputError {
  /** The entry as the archive names it, where it is about one. */
  readonly member?: string;
  constructor(code: string, message: string, member?: string, cause?: unknown) {
    super(code, message, undefined, cause === undefined ? {} : { cause });
    if (member !== undefined) this.member = member;
  }
}

/** A name as it may be shown on a terminal: controls and what is no character are escaped, long ones are cut. */
export function shownName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  const safe = name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\\]/g, escapeOf);
  return safe.length > 200 ? `${safe.slice(0, 120)}…${safe.slice(-60)}` : safe;
}

function escapeOf(character: string): string {
  return character === '\\' ? '\\\\' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
