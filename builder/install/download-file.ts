// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpError } from '../../osinfo/doors/http.js';
import { type Download, openDownload } from '../../osinfo/doors/http-download.js';
import { WorkError } from '../../osinfo/errors.js';
import { withoutPassword } from '../plan/rpm/address.js';
import { readJson, writeJson } from './notes.js';

export interface DownloadFileOptions {
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

const MOST_BYTES = 64 * 1024 ** 3;
/** Attempts in a row that bring nothing. */
const ATTEMPTS = 5;
/** What a disk should have left when the medium is on it. */
const SPARE_BYTES = 64 * 1024 ** 2;
/** What is known of a part: of which version it is, and how long that is. */
interface PartRecord {
  readonly version?: string;
  readonly total?: number;
}

/**
 * Fetches what an address has into a file, going on where an earlier attempt, or another run, was cut off.
 * @param part gets the bytes; what it has is of the version that `partFile` notes
 * @returns the server's word for the version that was fetched
 * @throws HttpError where the server does not have it; WorkError where it gives nothing any more, is too large or does not
 *   fit, and `interrupted`
 */
export async function downloadFile(
  address: string,
  part: string,
  partFile: string,
  options: DownloadFileOptions,
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
  options: DownloadFileOptions,
  onBytes: () => void,
): Promise<void> {
  const { total, from } = answer;
  const most = options.maxBytes ?? MOST_BYTES;
  const tooLarge = (): WorkError =>
    new WorkError(
      'fetch-too-large',
      `${withoutPassword(address)}: it is larger than ${most} bytes, which no installation medium is`,
    );
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
      throw new HttpError(
        'http-failed',
        `${withoutPassword(address)}: the connection broke off at ${bytes} of ${total} bytes`,
        {
          kind: 'answer',
          host: new URL(address).hostname,
        },
      );
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

/** @throws WorkError `interrupted` */
export function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new WorkError('interrupted', 'stopped; what was fetched is kept, and the next run goes on with it');
}

/** Absent where there is none. */
export const signalOf = ({ signal }: DownloadFileOptions): { readonly signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };

/** Bytes of a file; undefined where there is none. */
export const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;
