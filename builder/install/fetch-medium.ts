// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cacheFolder } from '../../osinfo/doors/cache.js';
import { makeFolders } from '../../osinfo/doors/folders.js';
import { fetchBytes, HttpError } from '../../osinfo/doors/http.js';
import { openDownload } from '../../osinfo/doors/http-download.js';
import { InputError, WorkError } from '../../osinfo/errors.js';
import { checksumFile } from '../output/checksum.js';
import { withoutPassword } from '../plan/rpm/address.js';
import { takeLock } from '../run/publish.js';
import { type DownloadFileOptions, downloadFile, signalOf, sizeOf, stopIfAsked } from './download-file.js';
import { readJson, writeJson } from './notes.js';
import { findSum, nameIn, type PublishedSum, sumAddresses } from './published-sums.js';

export interface FetchOptions extends DownloadFileOptions {
  /** Where media are kept. Default: `media` in the cache. */
  readonly folder?: string;
  /** As the database calls it: it tells where the checksum is published. */
  readonly distro?: string;
}

/** A file that was fetched, and lies in the cache. */
export interface FetchedMedium {
  readonly path: string;
  readonly bytes: number;
  /** Of the file, in lower-case hex digits. */
  readonly sha256: string;
  /** The published checksum that it was held against; absent where none is published. */
  readonly verified?: PublishedSum & { readonly address: string };
  /** Whether it was there already. */
  readonly kept: boolean;
}

/** Lists of checksums of whole mirrors are some hundred KiB. */
const SUM_BYTES = 8 * 1024 * 1024;
const LOCK_POLL_MS = 250;

/**
 * Fetches an installation medium into the cache, or takes the one that is there unless the server has another by now.
 * What is cut off goes on where it was, in this run or in a later one. It gets its name only when it is whole, and is
 * what its vendor says it is, where the vendor says it.
 * @throws InputError for what is no address of a file
 * @throws HttpError where the server does not have it, or nothing comes of it
 * @throws WorkError for a wrong checksum, too little space, too large a file, and `interrupted`
 */
export async function fetchMedium(address: string, options: FetchOptions = {}): Promise<FetchedMedium> {
  const name = URL.canParse(address) && /^https?:/i.test(address) ? safeName(nameIn(address)) : '';
  if (name === '')
    throw new InputError(
      'no-address',
      `${withoutPassword(address).slice(0, 200)} is no http or https address of a file; give one, or a path`,
    );
  const media = options.folder ?? cacheFolder('media');
  if (media === undefined)
    throw new WorkError('no-cache', 'the cache cannot be written; set GUESTWRIGHT_CACHE_DIR to a folder that can');
  const folder = join(media, createHash('sha256').update(address).digest('hex').slice(0, 16));
  makeFolders(folder, 0o700);
  const lock = join(folder, 'lock');
  for (let said = false; !takeLock(lock); said = true) {
    if (!said) options.onNote?.(`waiting for another guestwright that fetches ${name}`);
    stopIfAsked(options.signal);
    await pause(LOCK_POLL_MS);
  }
  try {
    return await fetchInto(folder, name, address, options);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** As a file of this machine: nothing that leads elsewhere. */
function safeName(name: string): string {
  const plain = name.replace(/[^\w.+~-]/g, '_').slice(-200);
  return /[^._]/.test(plain) ? plain : '';
}

/** What is known of a file in the cache. */
interface MediumRecord {
  readonly address: string;
  readonly bytes: number;
  readonly version?: string;
  readonly sha256: string;
  readonly verified?: FetchedMedium['verified'];
}

async function fetchInto(folder: string, name: string, address: string, options: FetchOptions): Promise<FetchedMedium> {
  const path = join(folder, name);
  const recordFile = join(folder, 'medium.json');
  const known = readJson<MediumRecord>(recordFile);
  if (known !== undefined && sizeOf(path) === known.bytes && !(await isOutdated(address, known, options)))
    return {
      path,
      bytes: known.bytes,
      sha256: known.sha256,
      ...(known.verified ? { verified: known.verified } : {}),
      kept: true,
    };
  // The list first: it is small, and where it cannot be had there is no point in hours of waiting.
  const published = await findPublished(address, nameIn(address), options.distro);
  stopIfAsked(options.signal);
  const part = join(folder, `${name}.part`);
  const version = await downloadFile(address, part, join(folder, 'part.json'), options);
  const found = await checksumFile(part, ['sha256', 'sha512'], options.signal);
  if (published !== undefined && found[published.type] !== published.digest) {
    rmSync(part, { force: true });
    throw new WorkError(
      'checksum',
      `${name}: its ${published.type} is ${found[published.type]}, and ${published.address} says ${published.digest}; it was thrown away, try again`,
    );
  }
  const bytes = sizeOf(part) ?? 0;
  const record: MediumRecord = {
    address: withoutPassword(address),
    bytes,
    ...(version === undefined ? {} : { version }),
    sha256: found.sha256,
    ...(published === undefined ? {} : { verified: published }),
  };
  rmSync(recordFile, { force: true });
  renameSync(part, path);
  writeJson(recordFile, record);
  rmSync(join(folder, 'part.json'), { force: true });
  return {
    path,
    bytes,
    sha256: found.sha256,
    ...(published === undefined ? {} : { verified: published }),
    kept: false,
  };
}

/** Whether the server has another file than the one that is kept; one that does not answer has not. */
async function isOutdated(address: string, known: MediumRecord, options: FetchOptions): Promise<boolean> {
  try {
    const asked = await openDownload(address, {
      silenceMs: Math.min(15_000, options.silenceMs ?? 15_000),
      ...signalOf(options),
    });
    asked.close();
    if (asked.total !== undefined && asked.total !== known.bytes) return true;
    return asked.version !== undefined && known.version !== undefined && asked.version !== known.version;
  } catch (error) {
    stopIfAsked(options.signal);
    if (!(error instanceof HttpError)) throw error;
    options.onNote?.(`the medium that is kept is taken, since it cannot be asked for a newer one: ${error.message}`);
    return false;
  }
}

/** @throws HttpError where a list is there and cannot be had: to go on without it would be to trust anybody */
async function findPublished(
  address: string,
  name: string,
  distro: string | undefined,
): Promise<FetchedMedium['verified']> {
  for (const list of sumAddresses(address, distro)) {
    let bytes: Uint8Array;
    try {
      bytes = await fetchBytes(list, { maxBytes: SUM_BYTES });
    } catch (error) {
      if (error instanceof HttpError && error.failure.kind === 'status' && error.failure.status < 500) continue;
      // A page of some other kind, larger than any list.
      if (error instanceof WorkError && error.code === 'http-too-large') continue;
      throw error;
    }
    const sum = findSum(new TextDecoder().decode(bytes), name, nameIn(list).startsWith(name));
    if (sum !== undefined) return { ...sum, address: withoutPassword(list) };
  }
  return undefined;
}
