// SPDX-License-Identifier: Apache-2.0

import { rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { filesIn, makeFolder, program, remains, root, runTool, startTool } from './machine.js';

const folder = makeFolder();
const cache = join(folder, 'cache');
const kickstart = join(root, 'kickstarts/debian-12-minimal.ks');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A mirror that passes everything on to another one, and is gone after so many bytes of packages. */
async function failingMirror(
  address: URL,
  bytes: number,
): Promise<{ readonly server: Server; readonly address: string }> {
  const sockets = new Set<Socket>();
  let left = bytes;
  const server = createServer((asked, answer) => {
    const { url = '/' } = asked;
    const isPackage = url.endsWith('.deb');
    const target = new URL(`${address.pathname.replace(/\/$/, '')}${url.replace(/^\/debian/, '')}`, address);
    const passed = request(target, { headers: { ...asked.headers, host: address.host } }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.on('data', (chunk: Buffer) => {
        if (isPackage) left -= chunk.length;
        if (left > 0) return void answer.write(chunk);
        server.close();
        for (const socket of sockets) socket.destroy();
      });
      got.on('end', () => answer.end());
      got.on('error', () => answer.destroy());
    });
    passed.on('error', () => answer.destroy());
    passed.end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian` };
}

it('a network that is lost in mid download is one line, exit 1, and nothing left', async () => {
  const dry = await runTool([program('guestwright'), 'build', kickstart, '--dry-run', '--json'], { cache });
  const { install } = JSON.parse(dry.stdout) as { install: { sources: { uri: string }[] } };
  const mirror = await failingMirror(new URL(install.sources[0]!.uri), 5_000_000);
  const out = join(folder, 'out');
  const running = startTool([program('guestwright'), 'build', kickstart, '-o', out, '-q', '--mirror', mirror.address], {
    cache,
  });
  const { code, stderr } = await running.ended;
  mirror.server.close();
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/installing packages failed: .*127\.0\.0\.1/);
  expect(code).toBe(1);
  expect(filesIn(out)).toEqual([]);
  expect(await remains(folder, join(cache, 'work'))).toEqual([]);
  expect(filesIn(join(cache, 'build/stages'))).toEqual([]);
});
