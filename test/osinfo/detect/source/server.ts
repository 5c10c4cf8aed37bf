// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

const running: Server[] = [];
afterAll(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

export interface Counted {
  readonly address: string;
  readonly requests: { readonly range: string | undefined; readonly path: string }[];
  /** Bytes of bodies given to the connections. */
  bytes: number;
  /** Answers that the client left before their end. */
  left: number;
}

/** A server of this machine that counts. `answer` writes each answer. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Counted> {
  const counted: Counted = { address: '', requests: [], bytes: 0, left: 0 };
  const server = createServer((request, response) => {
    counted.requests.push({ range: request.headers.range, path: request.url ?? '' });
    const write = response.write.bind(response);
    const end = response.end.bind(response);
    response.write = ((chunk: Uint8Array) => {
      counted.bytes += chunk.length;
      return write(chunk);
    }) as typeof response.write;
    response.end = ((chunk?: Uint8Array) => {
      counted.bytes += chunk?.length ?? 0;
      return chunk === undefined ? end() : end(chunk);
    }) as typeof response.end;
    response.on('close', () => {
      if (!response.writableFinished) counted.left++;
    });
    answer(request, response);
  });
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(counted, { address: `http://127.0.0.1:${port}` });
}

/** Answers with the part of `content` that is asked for, as any file server does. */
export function sendRange(content: Uint8Array, request: IncomingMessage, response: ServerResponse): void {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  if (!range) {
    response.writeHead(200, { 'content-length': content.length });
    response.end(content);
    return;
  }
  const from = Number(range[1]);
  if (from >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` });
    response.end();
    return;
  }
  const part = content.subarray(from, Number(range[2]) + 1);
  response.writeHead(206, {
    'content-range': `bytes ${from}-${from + part.length - 1}/${content.length}`,
    'content-length': part.length,
  });
  response.end(part);
}

/** Answers as a server without ranges: from the first byte, as fast as it is taken. */
export function sendWhole(content: Uint8Array, response: ServerResponse, chunked = false): void {
  response.writeHead(200, chunked ? {} : { 'content-length': content.length });
  let at = 0;
  const more = () => {
    while (at < content.length && !response.destroyed) {
      const chunk = content.subarray(at, at + 8192);
      at += chunk.length;
      if (!response.write(chunk)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}
