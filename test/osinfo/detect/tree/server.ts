// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface TreeServer {
  readonly address: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

export type Answering = 'length' | 'chunked';

/** Serves a folder's files over HTTP, in one piece or in chunks; what is not there is a 404. */
export async function serveFolder(
  folder: string,
  answering: Answering = 'length',
  own?: (path: string, response: ServerResponse) => boolean,
): Promise<TreeServer> {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname);
    asked.push(path);
    if (own?.(path, response)) return;
    const file = join(folder, path);
    let bytes: Buffer;
    try {
      if (!statSync(file).isFile()) throw new Error('a folder');
      bytes = readFileSync(file);
    } catch {
      response.writeHead(404).end('no');
      return;
    }
    if (answering === 'length') response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    else {
      response.writeHead(200);
      response.write(bytes.subarray(0, 5));
      setTimeout(() => response.end(bytes.subarray(5)), 5);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
