// SPDX-License-Identifier: Apache-2.0
import { WorkError } from '../errors.js';

export interface FetchOptions {
  /** Most bytes of the answer that are taken; more is an error. */
  readonly maxBytes: number;
  /** Milliseconds for the whole answer. Default 30 s. */
  readonly timeoutMs?: number;
}

/**
 * Gets what an http or https address has: the one door for HTTP. Bodies are taken as they are sent (no decompression,
 * which has no bound), redirects stay within http and https, a passing failure is tried again twice.
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
      const stream = got.stream(address, {
        decompress: false,
        maxRedirects: 5,
        retry: { limit: 0 },
        timeout: { lookup: 10_000, connect: 10_000, response: timeoutMs, request: timeoutMs },
        headers: { 'user-agent': 'guestwright' },
      });
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
      const status = (error as { response?: { statusCode?: number } }).response?.statusCode;
      const passing = status === undefined || status === 429 || status >= 500;
      if (!passing || attempt === 3) {
        const cause = status === undefined ? (error as Error).message : `the server answered ${status}`;
        throw new WorkError(status === 404 ? 'http-not-found' : 'http-failed', `${address}: ${cause}`, {
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 500 * attempt));
    }
  }
}
