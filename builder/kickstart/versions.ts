// SPDX-License-Identifier: Apache-2.0
import { InputError, nearest } from '../../osinfo/errors.js';

/** A version of the language: a Fedora release (Fedora Core counts as Fedora) or a RHEL release. */
export interface Version {
  readonly family: 'F' | 'RHEL';
  readonly number: number;
  /** As people write it: `FC6`, `F40`, `RHEL9`. */
  readonly name: string;
}

/** When something is part of the language. Each field names one release a family, as in `F12 RHEL6`. */
export interface Span {
  /** First releases that have it. Absent: all. A family that is not named never has it. */
  readonly since?: string;
  /** Last releases that have it. A family that is not named still has it. */
  readonly until?: string;
  /** First releases that warn about it. */
  readonly deprecated?: string;
}

/** The newest release that the tables know: DEVEL. */
export const NEWEST_FEDORA = 45;
const OLDEST_FEDORA = 3;
const OLDEST_RHEL = 3;
const NEWEST_RHEL = 11;

/** All version names, oldest first in each family. */
export function versionNames(): string[] {
  const names: string[] = [];
  for (let number = OLDEST_FEDORA; number <= NEWEST_FEDORA; number++)
    names.push(number <= 6 ? `FC${number}` : `F${number}`);
  for (let number = OLDEST_RHEL; number <= NEWEST_RHEL; number++) names.push(`RHEL${number}`);
  return names;
}

/**
 * Read a version name: `F40`, `FC6`, `RHEL9`, `DEVEL`, in any case.
 * @throws InputError `unknown-version` naming the nearest
 */
export function parseVersion(text: string): Version {
  const wanted = text.trim().toUpperCase();
  if (wanted === 'DEVEL') return { family: 'F', number: NEWEST_FEDORA, name: `F${NEWEST_FEDORA}` };
  const match = /^(FC?|RHEL)(\d{1,2})$/.exec(wanted);
  const names = versionNames();
  if (match) {
    const family = match[1] === 'RHEL' ? 'RHEL' : 'F';
    const number = Number(match[2]);
    const name = family === 'F' && number <= 6 ? `FC${number}` : `${family}${number}`;
    if (names.includes(name)) return { family, number, name };
  }
  const near = nearest(wanted, [...names, 'DEVEL']);
  throw new InputError(
    'unknown-version',
    `${JSON.stringify(text)} is no version of the kickstart language: give F${NEWEST_FEDORA}, RHEL9, DEVEL or another${near.length > 0 ? ` (near: ${near.join(', ')})` : ''}`,
  );
}

interface Release {
  readonly F: number | undefined;
  readonly RHEL: number | undefined;
}

const releases = new Map<string, Release>();

/** `F12 RHEL6` → a release a family. The tables repeat few spellings, so each is read once. */
function readReleases(text: string): Release {
  let found = releases.get(text);
  if (!found) {
    found = { F: numberOf(text, 'F'), RHEL: numberOf(text, 'RHEL') };
    releases.set(text, found);
  }
  return found;
}

function numberOf(text: string, family: string): number | undefined {
  for (const word of text.split(' ')) {
    if (word.startsWith(family)) return Number(word.slice(family.length));
  }
  return undefined;
}

/** Whether `version` is one of `releases` or later in the same family. */
export function isSince(version: Version, text: string): boolean {
  const first = readReleases(text)[version.family];
  return first !== undefined && version.number >= first;
}

/** How something stands in a version: there, there and on its way out, there before, or not there (yet). */
export type Standing = 'ok' | 'deprecated' | 'removed' | 'absent';

/** How something stands in one version: `absent` when it comes later or never, `removed` when it was there before. */
export function standing(span: Span, version: Version): Standing {
  if (span.since !== undefined && !isSince(version, span.since)) return 'absent';
  if (span.until !== undefined) {
    const last = readReleases(span.until)[version.family];
    if (last !== undefined && version.number > last) return 'removed';
  }
  if (span.deprecated !== undefined && isSince(version, span.deprecated)) return 'deprecated';
  return 'ok';
}

/** `F33 and RHEL8`, for sentences. */
export function formatReleases(text: string): string {
  return text.split(' ').join(' and ');
}
