// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server has, and how it behaves. */
export interface Offer {
  /** By path, with a leading `/`. */
  files: Record<string, Uint8Array | string>;
  /** Answers to requests for a part. Default true. */
  ranges?: boolean;
  /** A word for the version, or none. Default `"v1"`. */
  etag?: string | undefined;
  /** Cuts the connection after so many bytes of each answer that has more. */
  cutAfter?: number;
  /** Answers this to everything. */
  status?: number;
}

export interface TestServer {
  readonly address: string;
  readonly offer: Offer;
  /** `GET /x.iso bytes=5-`, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** A server of files that can cut connections. */
export async function serve(offer: Offer): Promise<TestServer> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => answer(offer, asked, request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    offer,
    asked,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function answer(offer: Offer, asked: string[], request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent(request.url ?? '/');
  const { range, 'if-range': ifRange } = request.headers;
  asked.push(`${request.method} ${path}${range === undefined ? '' : ` ${range}`}`);
  const found = offer.files[path];
  if (offer.status !== undefined || found === undefined) {
    response.writeHead(offer.status ?? 404).end('no');
    return;
  }
  const bytes = Buffer.from(found as Uint8Array);
  const etag = 'etag' in offer ? offer.etag : '"v1"';
  const version = etag === undefined ? {} : { etag };
  const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
  const fresh = ifRange === undefined || ifRange === etag;
  const isPart = match !== null && offer.ranges !== false && fresh;
  const from = isPart ? Number(match[1]) : 0;
  if (isPart && from >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}`, ...version }).end();
    return;
  }
  const last = isPart && match[2] !== '' ? Math.min(Number(match[2]), bytes.length - 1) : bytes.length - 1;
  const body = bytes.subarray(from, last + 1);
  response.writeHead(isPart ? 206 : 200, {
    'content-length': String(body.length),
    ...version,
    ...(isPart ? { 'content-range': `bytes ${from}-${last}/${bytes.length}` } : {}),
  });
  const { cutAfter } = offer;
  if (cutAfter === undefined || body.length <= cutAfter) response.end(body);
  else response.write(body.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 20));
}
