// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FetchOptions, fetchMedium } from '../../../builder/install/fetch-medium.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { serve, type TestServer } from './server.js';

const medium = randomBytes(300_000);
const sha = (type: string, bytes: Uint8Array = medium): string => createHash(type).update(bytes).digest('hex');

let server: TestServer;
let folder: string;
beforeEach(async () => {
  server = await serve({ files: { '/cd/os.iso': medium } });
  folder = newFolder();
});
afterEach(() => server.close());

const notes: string[] = [];
const fetchIt = (more: FetchOptions = {}) => {
  notes.length = 0;
  const options = { folder, pauseMs: 5, silenceMs: 2000, onNote: (text: string) => void notes.push(text) };
  return fetchMedium(`${server.address}/cd/os.iso`, { ...options, ...more });
};
const filesBelow = (): string[] =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.split('/').at(-1)!)
    .sort();

describe('fetching a medium', () => {
  it('tells how far it is, and keeps what it fetched for the next time', async () => {
    server.offer.files['/cd/SHA256SUMS'] = `${sha('sha256')}  os.iso\n`;
    const progress: number[] = [];
    const first = await fetchIt({ onProgress: ({ bytes }) => void progress.push(bytes) });
    expect(readFileSync(first.path).equals(medium)).toBe(true);
    expect(first).toMatchObject({
      bytes: medium.length,
      sha256: sha('sha256'),
      kept: false,
      verified: { type: 'sha256', digest: sha('sha256'), address: `${server.address}/cd/SHA256SUMS` },
    });
    expect(progress.at(-1)).toBe(medium.length);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(filesBelow()).toEqual(['medium.json', 'os.iso']);
    expect(await fetchIt()).toEqual({ ...first, kept: true });
    await server.close();
    expect(await fetchIt()).toEqual({ ...first, kept: true });
    expect(notes.join()).toMatch(/is taken, since it cannot be asked for a newer one: .*connection refused/);
  });

  it('goes on where a connection broke off, again and again', async () => {
    server.offer.cutAfter = 70_000;
    const { path } = await fetchIt();
    expect(readFileSync(path).equals(medium)).toBe(true);
    const parts = server.asked.filter((line) => /^GET \/cd\/os\.iso(?: |$)/.test(line));
    expect(parts).toEqual([
      'GET /cd/os.iso',
      'GET /cd/os.iso bytes=70000-',
      'GET /cd/os.iso bytes=140000-',
      'GET /cd/os.iso bytes=210000-',
      'GET /cd/os.iso bytes=280000-',
    ]);
    expect(notes.join()).toContain('going on at 23 %');
  });

  it('goes on in a later run where this one was stopped', async () => {
    const controller = new AbortController();
    server.offer.cutAfter = 100_000;
    const stopped = fetchIt({
      signal: controller.signal,
      onProgress: ({ bytes }) => {
        if (bytes >= 100_000) controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    expect(filesBelow()).toEqual(['os.iso.part', 'part.json']);
    delete server.offer.cutAfter;
    server.asked.length = 0;
    expect(readFileSync((await fetchIt()).path).equals(medium)).toBe(true);
    expect(server.asked.at(-1)).toBe('GET /cd/os.iso bytes=100000-');
    expect(filesBelow()).toEqual(['medium.json', 'os.iso']);
  });

  it('never joins two versions: another one is begun anew', async () => {
    const controller = new AbortController();
    server.offer.cutAfter = 100_000;
    await expect(fetchIt({ signal: controller.signal, onProgress: () => controller.abort() })).rejects.toMatchObject({
      code: 'interrupted',
    });
    const other = randomBytes(300_000);
    server.offer.files['/cd/os.iso'] = other;
    server.offer.etag = '"v2"';
    delete server.offer.cutAfter;
    expect(readFileSync((await fetchIt()).path).equals(other)).toBe(true);
  });

  it.each([
    ['a server that knows no parts', { ranges: false }],
    ['one that has no word for its version', { etag: undefined }],
  ])('%s sends it again from the first byte', async (_, behaviour) => {
    Object.assign(server.offer, behaviour, { cutAfter: 100_000 });
    const begun = fetchIt({
      onNote: () => {
        delete server.offer.cutAfter;
      },
    });
    expect(readFileSync((await begun).path).equals(medium)).toBe(true);
  });

  it('fetches another medium that came under the same address', async () => {
    await fetchIt();
    const other = randomBytes(200_000);
    server.offer.files['/cd/os.iso'] = other;
    server.offer.etag = '"v2"';
    expect(await fetchIt()).toMatchObject({ kept: false, sha256: sha('sha256', other) });
  });

  it('throws away what is not what its vendor says', async () => {
    server.offer.files['/cd/SHA256SUMS'] = `${'0'.repeat(64)} *os.iso\n`;
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'checksum',
      message: `os.iso: its sha256 is ${sha('sha256')}, and ${server.address}/cd/SHA256SUMS says ${'0'.repeat(64)}; it was thrown away, try again`,
    });
    expect(filesBelow()).toEqual(['part.json']);
  });

  it('says that nothing is published where that is so, and does not go on where a list cannot be had', async () => {
    expect((await fetchIt()).verified).toBeUndefined();
    server.offer.files['/cd/os.iso'] = randomBytes(10);
    server.offer.etag = '"v3"';
    await server.close();
    server = await serve({ files: {}, status: 503 });
    await expect(fetchIt()).rejects.toMatchObject({ message: expect.stringContaining('answered 503') });
  });

  it.each([
    ['what is not there', { status: 404 }, /the server answered 404$/],
    ['what is larger than any medium', {}, /larger than 1000 bytes/],
  ])('refuses %s in one line', async (_, behaviour, message) => {
    Object.assign(server.offer, behaviour);
    const error = (await fetchIt({ maxBytes: 1000 }).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
    expect(filesBelow().filter((name) => name.endsWith('.iso'))).toEqual([]);
  });

  it('gives up a server that always cuts at once, and keeps what came', async () => {
    server.offer.cutAfter = 0;
    await expect(fetchIt()).rejects.toMatchObject({ message: expect.stringMatching(/given up after 5 attempts/) });
  });

  it('two at once fetch it once', async () => {
    const both = await Promise.all([fetchIt(), fetchIt()]);
    expect(both.map(({ kept }) => kept).sort()).toEqual([false, true]);
    expect(new Set(both.map(({ path }) => path)).size).toBe(1);
  });

  it('takes no part of another file for its own, nor a name that leads elsewhere', async () => {
    server.offer.files['/cd/..%2fos.iso'] = medium;
    server.offer.files['/cd/../os.iso'] = medium;
    const { path } = await fetchMedium(`${server.address}/cd/..%2fos.iso`, { folder, pauseMs: 5 });
    expect(path.startsWith(folder)).toBe(true);
    expect(path.split('/').at(-1)).toMatch(/^[\w.+~-]+$/);
    await expect(fetchMedium('ftp://e.org/os.iso', { folder })).rejects.toMatchObject({ code: 'no-address' });
    await expect(fetchMedium(`${server.address}/`, { folder })).rejects.toMatchObject({ code: 'no-address' });
  });

  it('fetches anew what was cut short in the cache', async () => {
    const { path } = await fetchIt();
    writeFileSync(path, medium.subarray(0, 1000));
    expect(readFileSync((await fetchIt()).path).equals(medium)).toBe(true);
    expect(existsSync(path)).toBe(true);
  });
});
