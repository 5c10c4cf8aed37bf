// SPDX-License-Identifier: Apache-2.0
// The one door for HTTP.
import type { IncomingHttpHeaders } from 'node:http';
import type { Request } from 'got';
import { WorkError } from '../errors.js';
import { HttpError } from './http-error.js';

export { HttpError };

export interface FetchOptions {
  /** Most bytes of the answer that are taken; more is an error. */
  readonly maxBytes: number;
  /** Milliseconds for the whole answer. Default 30 s. */
  readonly timeoutMs?: number;
}

/**
 * Gets what an http or https address has. Bodies are taken as they are sent (no decompression, which has no bound),
 * redirects stay within http and https, a passing failure is tried again twice.
 * @throws WorkError with the address and the cause
 */
export async function fetchBytes(address: string, options: FetchOptions): Promise<Buffer> {
  const { got } = await import('got');
  const chunks: Buffer[] = [];
  let size = 0;
  const timeoutMs = options.timeoutMs ?? 30_000;
  for (let attempt = 1; ; attempt++) {
    chunks.length = 0;
    size = 0;
    try {
      const stream = got.stream(address, settings(timeoutMs));
      for await (const chunk of stream) {
        size += (chunk as Buffer).length;
        if (size > options.maxBytes) {
          stream.destroy();
          throw new WorkError('http-too-large', `${address}: the answer is larger than ${options.maxBytes} bytes`);
        }
        chunks.push(chunk as Buffer);
      }
      return Buffer.concat(chunks);
    } catch (error) {
      if (error instanceof WorkError) throw error;
      const status = statusOf(error);
      if ((status !== undefined && !isPassing(status)) || attempt === 3) throw httpError(address, error);
      await pause(500 * attempt);
    }
  }
}

export interface RangeOptions {
  /** The first byte that is wanted. */
  readonly offset: number;
  /** How many bytes are wanted; the answer may have fewer at the end of the file. */
  readonly length: number;
  /** Milliseconds for the whole answer. Default 60 s. */
  readonly timeoutMs?: number;
}

/**
 * What an address answers to a request for a part. `part`: just that part, all of it. `whole`: the server knows no
 * ranges and is sending everything from the first byte; chunks are drawn one by one, and the connection lasts until
 * `close`. `total` is the length of the whole in bytes where the server tells it; `address` is where redirects led.
 */
export type RangeAnswer =
  | {
      readonly kind: 'part';
      readonly bytes: Uint8Array;
      readonly total: number | undefined;
      readonly address: string;
    }
  | {
      readonly kind: 'whole';
      readonly total: number | undefined;
      readonly address: string;
      /** The next bytes; undefined at the end. */
      next(): Promise<Uint8Array | undefined>;
      close(): void;
    };

/**
 * Asks an address for a part of what it has (RFC 9110 §14). A 206 must say in Content-Range that it begins where was
 * asked; what it sends beyond the length asked is not taken. A 416 is a part of no bytes. A passing failure is tried
 * again once.
 * @throws HttpError
 */
export async function fetchRange(address: string, options: RangeOptions): Promise<RangeAnswer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await askRange(address, options);
    } catch (error) {
      const failure = httpError(address, error);
      const { failure: why, cause } = failure;
      const again =
        why.kind === 'status'
          ? isPassing(why.status)
          : (cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET';
      if (!again || attempt === 2) throw failure;
      await pause(500);
    }
  }
}

async function askRange(address: string, { offset, length, timeoutMs = 60_000 }: RangeOptions): Promise<RangeAnswer> {
  const { got } = await import('got');
  const common = settings(timeoutMs);
  const stream = got.stream(address, {
    ...common,
    throwHttpErrors: false,
    headers: { ...common.headers, range: `bytes=${offset}-${offset + length - 1}`, 'accept-encoding': 'identity' },
  });
  let kept = false;
  try {
    const { response, first, chunks } = await beginAnswer(address, stream);
    const { statusCode, headers } = response;
    if (statusCode === 416) {
      const total = /^bytes \*\/(\d{1,15})$/.exec(headers['content-range'] ?? '')?.[1];
      return {
        kind: 'part',
        bytes: new Uint8Array(),
        total: total === undefined ? undefined : Number(total),
        address: response.url,
      };
    }
    if (statusCode !== 200 && statusCode !== 206) {
      throw statusError(address, statusCode, response.statusMessage ?? '');
    }
    refusePacked(address, headers, 'which cannot be read in parts');
    if (statusCode === 206) {
      const part = await readPart(address, chunks, first, headers['content-range'] ?? '', offset, length);
      return { kind: 'part', ...part, address: response.url };
    }
    kept = true;
    let held: IteratorResult<Buffer> | undefined = first;
    return {
      kind: 'whole',
      total: /^\d{1,15}$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : undefined,
      address: response.url,
      async next() {
        const now: IteratorResult<Buffer> =
          held ?? (await chunks.next().catch((error) => Promise.reject(httpError(address, error))));
        held = undefined;
        return now.done ? undefined : now.value;
      },
      close: () => void stream.destroy(),
    };
  } finally {
    if (!kept) stream.destroy();
  }
}

/**
 * Waits for the headers of an answer: they are there with its first bytes, or with its end where it has none.
 * @returns `chunks` are those behind `first`
 * @throws HttpError where there is none; what got throws
 */
export async function beginAnswer(address: string, stream: Request) {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  const { response } = stream;
  if (response === undefined) throw badAnswer(address, 'the connection was closed without an answer');
  return { response, first, chunks };
}

/**
 * Some servers pack what was to come as it is.
 * @throws HttpError ending with `why`
 */
export function refusePacked(address: string, headers: IncomingHttpHeaders, why: string): void {
  const packing = headers['content-encoding'];
  if (packing !== undefined && packing !== 'identity')
    throw badAnswer(address, `the server packs its answers (${packing.slice(0, 40)}), ${why}`);
}

async function readPart(
  address: string,
  chunks: AsyncIterator<Buffer>,
  first: IteratorResult<Buffer>,
  contentRange: string,
  offset: number,
  length: number,
): Promise<{ bytes: Uint8Array; total: number | undefined }> {
  const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(contentRange);
  if (!range || Number(range[1]) !== offset || Number(range[2]) < offset) {
    throw badAnswer(
      address,
      `the server answered a request for bytes ${offset}-${offset + length - 1} with another part`,
    );
  }
  const bytes = new Uint8Array(Math.min(length, Number(range[2]) - offset + 1));
  let filled = 0;
  for (let chunk = first; !chunk.done; chunk = await chunks.next()) {
    const piece = chunk.value.subarray(0, bytes.length - filled);
    bytes.set(piece, filled);
    filled += piece.length;
    if (filled === bytes.length) break;
  }
  if (filled < bytes.length) throw badAnswer(address, `the answer ended after ${filled} of ${bytes.length} bytes`);
  return { bytes, total: range[3] === '*' ? undefined : Number(range[3]) };
}

/** What every request has in common. */
export function settings(timeoutMs: number) {
  return {
    decompress: false,
    maxRedirects: 5,
    retry: { limit: 0 },
    timeout: { lookup: 10_000, connect: 10_000, response: timeoutMs, request: timeoutMs },
    headers: { 'user-agent': 'guestwright' },
  };
}

function statusOf(error: unknown): number | undefined {
  return (error as { response?: { statusCode?: number } }).response?.statusCode;
}

function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** An answer that is not what was asked for, by its status. */
export function statusError(address: string, status: number, phrase: string, cause?: unknown): HttpError {
  return new HttpError(
    status === 404 ? 'http-not-found' : 'http-failed',
    `${shown(address)}: the server answered ${status}`,
    { kind: 'status', status, phrase: phrase.replace(/\p{Cc}/gu, '').slice(0, 200) },
    { cause },
  );
}

/** An answer that cannot be used. */
export function badAnswer(address: string, what: string): HttpError {
  return new HttpError('http-failed', `${shown(address)}: ${what}`, { kind: 'answer', host: hostOf(address) });
}

const FAILURES: Readonly<Record<string, { kind: 'refused' | 'unresolved' | 'timeout'; words: string }>> = {
  ECONNREFUSED: { kind: 'refused', words: 'nothing answers there (connection refused)' },
  ENOTFOUND: { kind: 'unresolved', words: 'there is no host of this name' },
  EAI_AGAIN: { kind: 'unresolved', words: 'the name of the host cannot be looked up now' },
  ETIMEDOUT: { kind: 'timeout', words: 'no answer in time' },
};

/** What got threw, as ours. */
export function httpError(address: string, error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const { response } = error as { response?: { statusCode?: number; statusMessage?: string } };
  if (response?.statusCode !== undefined && (error as Error).name === 'HTTPError') {
    return statusError(address, response.statusCode, response.statusMessage ?? '', error);
  }
  const host = hostOf(address);
  const known = FAILURES[(error as NodeJS.ErrnoException).code ?? ''];
  const words = known?.words ?? (error as Error).message.replace(/\s+/g, ' ').slice(0, 300);
  return new HttpError(
    'http-failed',
    `${shown(address)}: ${words}`,
    { kind: known?.kind ?? 'other', host },
    { cause: error },
  );
}

/** An address without the password that may be in it, for a message. */
function shown(address: string): string {
  return address.replace(/^(https?:\/\/)[^/@]{0,500}@/i, '$1');
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : address;
}
