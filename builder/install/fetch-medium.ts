// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cacheFolder } from '../../osinfo/doors/cache.js';
import { makeFolders } from '../../osinfo/doors/folders.js';
import { fetchBytes, HttpError } from '../../osinfo/doors/http.js';
import { type Download, openDownload } from '../../osinfo/doors/http-download.js';
import { InputError, WorkError } from '../../osinfo/errors.js';
import { checksumFile } from '../output/checksum.js';
import { takeLock } from '../run/publish.js';
import { findSum, nameIn, type PublishedSum, sumAddresses } from './published-sums.js';

export interface FetchOptions {
  /** Where media are kept. Default: `media` in the cache. */
  readonly folder?: string;
  /** As the database calls it: it tells where the checksum is published. */
  readonly distro?: string;
  /** Largest medium that is taken. Default 64 GiB. */
  readonly maxBytes?: number;
  /** Milliseconds of silence that end a connection. Default 60 s. */
  readonly silenceMs?: number;
  /** Milliseconds before the first new attempt; each further one waits so much longer. Default 1 s. */
  readonly pauseMs?: number;
  readonly onProgress?: (progress: FetchProgress) => void;
  /** What is worth a line: that it goes on where it was, that a connection broke off. */
  readonly onNote?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Bytes; `total` where the server tells it. */
export interface FetchProgress {
  readonly bytes: number;
  readonly total: number | undefined;
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

const MOST_BYTES = 64 * 1024 ** 3;
/** Lists of checksums of whole mirrors are some hundred KiB. */
const SUM_BYTES = 8 * 1024 * 1024;
/** Attempts in a row that bring nothing. */
const ATTEMPTS = 5;
/** What a disk should have left when the medium is on it. */
const SPARE_BYTES = 64 * 1024 ** 2;
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
      `${address.slice(0, 200)} is no http or https address of a file; give one, or a path`,
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
  const version = await download(address, part, join(folder, 'part.json'), options);
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
    address,
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
    if (sum !== undefined) return { ...sum, address: list };
  }
  return undefined;
}

/** What is known of a part: of which version it is, and how long that is. */
interface PartRecord {
  readonly version?: string;
  readonly total?: number;
}

/** @returns the server's word for the version that was fetched */
async function download(
  address: string,
  part: string,
  partFile: string,
  options: FetchOptions,
): Promise<string | undefined> {
  let failures = 0;
  for (;;) {
    stopIfAsked(options.signal);
    const record = readJson<PartRecord>(partFile) ?? {};
    // Without a word for its version nobody knows whether the rest belongs to it.
    const have = record.version === undefined ? 0 : (sizeOf(part) ?? 0);
    try {
      const answer = await openDownload(address, {
        from: have,
        ...(record.version === undefined ? {} : { version: record.version }),
        ...(options.silenceMs === undefined ? {} : { silenceMs: options.silenceMs }),
        ...signalOf(options),
      });
      if (answer.from > 0 && answer.version !== record.version) {
        answer.close();
        rmSync(part, { force: true });
        continue;
      }
      if (answer.from > 0) options.onNote?.(`going on at ${Math.round((have / (answer.total ?? have)) * 100)} %`);
      const begun: PartRecord = {
        ...(answer.version === undefined ? {} : { version: answer.version }),
        ...(answer.total === undefined ? {} : { total: answer.total }),
      };
      if (answer.from === 0) rmSync(part, { force: true });
      writeJson(partFile, begun);
      await take(address, answer, part, options, () => {
        failures = 0;
      });
      return answer.version;
    } catch (error) {
      stopIfAsked(options.signal);
      if (!(error instanceof HttpError)) throw error;
      const { failure } = error;
      if (failure.kind === 'status' && failure.status === 416) {
        if (have > 0 && have === record.total) return record.version;
        rmSync(part, { force: true });
        rmSync(partFile, { force: true });
        if (have === 0) throw error;
        continue;
      }
      if (failure.kind === 'status' && failure.status !== 429 && failure.status < 500) throw error;
      failures += 1;
      if (failures >= ATTEMPTS)
        throw new WorkError(
          'fetch',
          `${error.message}; given up after ${failures} attempts, the next run goes on where this one ended`,
          { cause: error },
        );
      options.onNote?.(`${error.message}; trying again`);
      await pause((options.pauseMs ?? 1000) * failures, undefined, signalOf(options)).catch(() => undefined);
    }
  }
}

/** Writes what comes behind what is there. */
async function take(
  address: string,
  answer: Download,
  part: string,
  options: FetchOptions,
  onBytes: () => void,
): Promise<void> {
  const { total, from } = answer;
  const most = options.maxBytes ?? MOST_BYTES;
  const tooLarge = (): WorkError =>
    new WorkError('fetch-too-large', `${address}: it is larger than ${most} bytes, which no installation medium is`);
  const file = openSync(part, 'a', 0o600);
  try {
    if (total !== undefined && total > most) throw tooLarge();
    if (total !== undefined) checkSpace(part, total - from);
    let bytes = from;
    for await (const chunk of answer.chunks()) {
      bytes += chunk.length;
      if (bytes > most) throw tooLarge();
      for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
      onBytes();
      options.onProgress?.({ bytes, total });
    }
    if (total !== undefined && bytes !== total)
      throw new HttpError('http-failed', `${address}: the connection broke off at ${bytes} of ${total} bytes`, {
        kind: 'answer',
        host: new URL(address).hostname,
      });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new WorkError(
        'no-space',
        `${part}: the disk is full; make room, the next run goes on where this one ended`,
        { cause: error },
      );
    throw error;
  } finally {
    closeSync(file);
    answer.close();
  }
}

function checkSpace(part: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(part);
  if (bavail * bsize >= bytes + SPARE_BYTES) return;
  const mib = (count: number): number => Math.ceil(count / 1024 ** 2);
  throw new WorkError(
    'no-space',
    `${part}: ${mib(bytes)} MiB are to be fetched, and ${mib(bavail * bsize)} MiB are free there; make room, or set GUESTWRIGHT_CACHE_DIR`,
  );
}

function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new WorkError('interrupted', 'stopped; what was fetched is kept, and the next run goes on with it');
}

const signalOf = ({ signal }: FetchOptions): { readonly signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;

/** A record that cannot be read is none: the file it is of is fetched again. */
function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
