// SPDX-License-Identifier: Apache-2.0
import { fetchBytes } from '../doors/http.js';
import { HttpError, originalHttpWords } from '../doors/http-error.js';
import { WorkError } from '../errors.js';
import { compareVersions } from '../version-order.js';
import { parseChecksum } from './checksum.js';
import type { ArchiveSource } from './source.js';

/** Where libosinfo publishes its database. */
export const publicAddress = 'https://db.libosinfo.org';

/** Longest list of a release, and longest archive, in bytes. */
const maxIndexBytes = 1024 * 1024;
const maxArchiveBytes = 64 * 1024 * 1024;

/** A published database. */
export interface Release {
  readonly version: string;
  readonly archive: string;
  readonly sha256?: string;
  /** Address of a detached OpenPGP signature of the archive. */
  readonly signature?: string;
}

/**
 * What an address offers: `latest.json` or `nightly.json` in it, with `release.version`, `release.archive` (absolute, or
 * relative to the list) and, where the address has them, `release.sha256` and `release.signature`.
 * @throws WorkError where it cannot be had or says something else
 */
export async function readRelease(address: string, which: 'latest' | 'nightly'): Promise<Release> {
  const url = `${address.replace(/\/+$/, '')}/${which}.json`;
  const bytes = await access(url, maxIndexBytes);
  const refuse = (why: string): never => {
    throw new WorkError('release', `${url}: ${why}`);
  };
  let found: unknown;
  try {
    found = JSON.parse(bytes.toString('utf8'));
  } catch {
    refuse('it is no JSON');
  }
  const release = isObject(found) ? found['release'] : undefined;
  if (!isObject(release)) return refuse('it has no "release"');
  const { version, archive, sha256, signature } = release;
  if (typeof version !== 'string' || version === '' || version.length > 64)
    return refuse('it has no "release.version"');
  if (sha256 !== undefined && typeof sha256 !== 'string') return refuse('"release.sha256" is no text');
  const addressOf = (value: unknown, name: string): string => {
    if (typeof value !== 'string' || !URL.canParse(value, url)) return refuse(`it has no "release.${name}"`);
    const target = new URL(value, url);
    if (target.protocol !== 'https:' && target.protocol !== 'http:') return refuse(`${target.protocol} is not fetched`);
    // Who asks in secret must not be answered in the open.
    if (target.protocol === 'http:' && url.startsWith('https:'))
      return refuse(`its ${name} would come without encryption`);
    return target.href;
  };
  return {
    version,
    archive: addressOf(archive, 'archive'),
    ...(sha256 === undefined ? {} : { sha256: parseChecksum(sha256) }),
    ...(signature === undefined ? {} : { signature: addressOf(signature, 'signature') }),
  };
}

/** Whether a release is later than the database that is there; without one, it is. */
export function isLater(release: Release, present: string | undefined): boolean {
  return present === undefined || compareVersions(release.version, present) > 0;
}

/** An archive at an http or https address, fetched when it is first read. */
export function archiveAt(address: string): ArchiveSource {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield await access(address, maxArchiveBytes);
  }
  return { name: address, chunks: chunks() };
}

/** What an address has, for small things such as a signature. */
export async function fetchSmall(address: string): Promise<Buffer> {
  return await access(address, maxIndexBytes);
}

/** The original's words for an address that does not answer. */
async function access(address: string, maxBytes: number): Promise<Buffer> {
  try {
    return await fetchBytes(address, { maxBytes, timeoutMs: 120_000 });
  } catch (error) {
    if (!(error instanceof WorkError)) throw error;
    const words = error instanceof HttpError ? originalHttpWords(error) : error.message.replace(`${address}: `, '');
    throw new WorkError(error.code, `Could not access ${address}: ${words}`, { cause: error });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
