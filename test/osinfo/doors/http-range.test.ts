// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { fetchRange, HttpError } from '../../../osinfo/doors/http.js';
import { sendRange, sendWhole, serve } from '../detect/source/server.js';

const content = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);

async function failureOf(address: string, timeoutMs = 5_000): Promise<HttpError> {
  try {
    await fetchRange(address, { offset: 10, length: 100, timeoutMs });
  } catch (error) {
    expect(error).toBeInstanceOf(HttpError);
    expect((error as HttpError).message).not.toContain('\n');
    return error as HttpError;
  }
  throw new Error('it was answered');
}

test('a part is just what was asked for, and tells the length of the whole', async () => {
  const server = await serve((request, response) => sendRange(content, request, response));
  const part = await fetchRange(server.address, { offset: 1000, length: 50 });
  expect(part).toMatchObject({ kind: 'part', total: 100_000, bytes: content.subarray(1000, 1050) });
  const end = await fetchRange(server.address, { offset: 99_990, length: 50 });
  expect(end).toMatchObject({ kind: 'part', bytes: content.subarray(99_990) });
  const beyond = await fetchRange(server.address, { offset: 200_000, length: 50 });
  expect(beyond).toMatchObject({ kind: 'part', total: 100_000, bytes: new Uint8Array() });
});

test('a server without ranges gives everything, until it is closed', async () => {
  const server = await serve((_, response) => sendWhole(new Uint8Array(64 * 1024 * 1024), response));
  const whole = await fetchRange(server.address, { offset: 1000, length: 50 });
  if (whole.kind !== 'whole') throw new Error('it was a part');
  expect(whole.total).toBe(64 * 1024 * 1024);
  expect((await whole.next())?.length).toBeGreaterThan(0);
  whole.close();
  await expect.poll(() => server.left).toBe(1);
  expect(server.bytes).toBeLessThan(32 * 1024 * 1024);
});

test.each([
  ['another place', { 'content-range': 'bytes 0-99/100000' }, 'answered a request for bytes 10-109 with another part'],
  ['no place', {}, 'with another part'],
  ['several parts', { 'content-type': 'multipart/byteranges; boundary=x' }, 'with another part'],
  ['a packed part', { 'content-range': 'bytes 10-109/100000', 'content-encoding': 'gzip' }, 'packs its answers (gzip)'],
  ['a part cut short', { 'content-range': 'bytes 10-109/100000' }, 'ended after 40 of 100 bytes'],
])('%s instead of the part is refused', async (_, headers, message) => {
  const server = await serve((_request, response) => {
    response.writeHead(206, headers);
    response.end(content.subarray(0, 40));
  });
  const error = await failureOf(server.address);
  expect(error.message).toContain(message);
  expect(error.failure.kind).toBe('answer');
});

test('more than the part is not taken', async () => {
  const server = await serve((_, response) => {
    response.writeHead(206, { 'content-range': 'bytes 10-99999/100000' });
    response.end(content.subarray(10));
  });
  const part = await fetchRange(server.address, { offset: 10, length: 100 });
  expect(part).toMatchObject({ bytes: content.subarray(10, 110) });
});

test('redirects are followed to http and https only, and not for ever', async () => {
  const target = await serve((request, response) => sendRange(content, request, response));
  const server = await serve((request, response) => {
    const to = { '/there': `${target.address}/image.iso`, '/file': 'file:///etc/passwd', '/round': '/round' };
    response.writeHead(302, { location: to[request.url as keyof typeof to] });
    response.end();
  });
  const part = await fetchRange(`${server.address}/there`, { offset: 10, length: 100 });
  expect(part).toMatchObject({ kind: 'part', address: `${target.address}/image.iso` });
  expect(target.requests).toEqual([{ range: 'bytes=10-109', path: '/image.iso' }]);
  expect((await failureOf(`${server.address}/file`)).message).toMatch(/protocol/i);
  await failureOf(`${server.address}/round`);
  expect(server.requests.filter(({ path }) => path === '/round').length).toBeLessThanOrEqual(7);
});

test('error statuses are told by their number and phrase', async () => {
  const server = await serve((_, response) => {
    response.writeHead(404, 'Not Found');
    response.end('<html>gone</html>');
  });
  const error = await failureOf(`${server.address.replace('//', '//user:secret@')}/x.iso`);
  expect(error.code).toBe('http-not-found');
  expect(error.message).toBe(`${server.address}/x.iso: the server answered 404`);
  expect(error.failure).toEqual({ kind: 'status', status: 404, phrase: 'Not Found' });
});

test('a passing failure is tried again once', async () => {
  let asked = 0;
  const server = await serve((request, response) => {
    asked++;
    if (asked > 1) return sendRange(content, request, response);
    response.writeHead(503);
    response.end();
  });
  expect(await fetchRange(server.address, { offset: 10, length: 100 })).toMatchObject({ kind: 'part' });
  const broken = await serve((_, response) => {
    response.writeHead(500);
    response.end();
  });
  expect((await failureOf(broken.address)).message).toContain('the server answered 500');
  expect(broken.requests).toHaveLength(2);
});

test('nobody there, no such host, and silence are errors of one line', async () => {
  expect((await failureOf('http://127.0.0.1:1/x')).failure).toEqual({ kind: 'refused', host: '127.0.0.1' });
  expect((await failureOf('http://no-such-host.invalid/x')).failure.kind).toBe('unresolved');
  const silent = await serve(() => undefined);
  expect((await failureOf(silent.address, 300)).failure.kind).toBe('timeout');
});

test('what is not HTTP is an error', async () => {
  const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await failureOf(`http://127.0.0.1:${port}/`);
  server.close();
});
