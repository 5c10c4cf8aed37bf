// SPDX-License-Identifier: Apache-2.0

import { badAnswer, beginAnswer, httpError, refusePacked, settings, statusError } from './http.js';
import { HttpError } from './http-error.js';

export interface DownloadOptions {
  /** How many bytes of it are there already. Default 0. */
  readonly from?: number;
  /** What the server called the version that those bytes are of: with another version it sends everything. */
  readonly version?: string;
  /** Milliseconds in which nothing comes. Default 60 s. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

/** A large answer that is being sent. */
export interface Download {
  /** Where in the whole the first chunk belongs: what was asked for, or 0 where the server begins anew. */
  readonly from: number;
  /** Length of the whole in bytes, where the server tells it. */
  readonly total: number | undefined;
  /** A word for exactly this version: a strong ETag, else the time of the last change; absent where there is neither. */
  readonly version: string | undefined;
  /** Where redirects led. */
  readonly address: string;
  /** The bytes as they come; ends early by an HttpError when the connection is cut. */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
  close(): void;
}

/**
 * Begins, or goes on with, a download that may take hours: only silence ends it (RFC 9110 §13.1.5 and §14). Nothing is
 * tried again here. Bytes are taken as they are sent.
 * @throws HttpError; with status 416 where the server has fewer bytes than `from`
 */
export async function openDownload(address: string, options: DownloadOptions = {}): Promise<Download> {
  const { from = 0, version, silenceMs = 60_000, signal } = options;
  const { got } = await import('got');
  const common = settings(silenceMs);
  const { request: _, ...timeout } = common.timeout;
  const stream = got.stream(address, {
    ...common,
    timeout: { ...timeout, socket: silenceMs },
    throwHttpErrors: false,
    ...(signal === undefined ? {} : { signal }),
    headers: {
      ...common.headers,
      'accept-encoding': 'identity',
      ...(from === 0 ? {} : { range: `bytes=${from}-` }),
      ...(from === 0 || version === undefined ? {} : { 'if-range': version }),
    },
  });
  let kept = false;
  try {
    const { response, first, chunks } = await beginAnswer(address, stream);
    const { statusCode, headers } = response;
    if (statusCode !== 200 && statusCode !== 206) throw statusError(address, statusCode, response.statusMessage ?? '');
    refusePacked(address, headers, 'which was not asked for');
    const range =
      statusCode === 206 ? /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(headers['content-range'] ?? '') : null;
    if (statusCode === 206 && Number(range?.[1]) !== from)
      throw badAnswer(address, `the server answered a request for the bytes from ${from} on with others`);
    kept = true;
    const length = headers['content-length'] ?? '';
    const whole = range ? range[2]! : length;
    return {
      from: range ? from : 0,
      total: /^\d{1,15}$/.test(whole) ? Number(whole) : undefined,
      version: versionOf(headers['etag'], headers['last-modified']),
      address: response.url,
      chunks: () => follow(address, chunks, first),
      close: () => void stream.destroy(),
    };
  } catch (error) {
    throw error instanceof HttpError ? error : httpError(address, error);
  } finally {
    if (!kept) stream.destroy();
  }
}

/** A weak ETag is of any version that means the same, and may not be gone on with. */
function versionOf(etag: string | undefined, modified: string | undefined): string | undefined {
  const word = etag !== undefined && !etag.startsWith('W/') ? etag : modified;
  return word !== undefined && /^[\x20-\x7e]{1,200}$/.test(word) ? word : undefined;
}

async function* follow(
  address: string,
  source: AsyncIterator<Uint8Array>,
  first: IteratorResult<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let now = first; !now.done; now = await source.next()) yield now.value;
  } catch (error) {
    throw httpError(address, error);
  }
}
