// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checksumBeside, parseChecksum } from '../../../osinfo/archive/checksum.js';
import { archiveAt, isLater, readRelease } from '../../../osinfo/archive/release.js';
import { newFolder } from './archives.js';

const folder = newFolder();
const digest = 'a'.repeat(64);
const pages: Record<string, string> = {};
let server: Server;
let address: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    response.statusCode = page === undefined ? 404 : 200;
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  folder.remove();
});

describe('the list of a release', () => {
  it('is read with its archive, absolute or relative, and its checksum', async () => {
    pages['/latest.json'] = JSON.stringify({ release: { version: '20250101', archive: 'https://e.org/a.tar.xz' } });
    expect(await readRelease(address, 'latest')).toEqual({ version: '20250101', archive: 'https://e.org/a.tar.xz' });
    pages['/x/nightly.json'] = JSON.stringify({
      release: { version: '2', archive: 'a.tar.xz', sha256: digest.toUpperCase() },
      more: 1,
    });
    expect(await readRelease(`${address}/x/`, 'nightly')).toEqual({
      version: '2',
      archive: `${address}/x/a.tar.xz`,
      sha256: digest,
    });
  });

  const bad: readonly (readonly [string, RegExp])[] = [
    ['<html>', /latest\.json: it is no JSON/],
    ['[]', /it has no "release"/],
    ['{"release":{"archive":"a"}}', /it has no "release\.version"/],
    ['{"release":{"version":"1"}}', /it has no "release\.archive"/],
    ['{"release":{"version":"1","archive":"file:///etc/passwd"}}', /file: is not fetched/],
    ['{"release":{"version":"1","archive":"a","sha256":"abc"}}', /"abc" is no SHA-256/],
    ['{"release":{"version":"1","archive":"a","sha256":7}}', /"release\.sha256" is no text/],
  ];
  for (const [page, message] of bad) {
    it(`is refused: ${page}`, async () => {
      pages['/latest.json'] = page;
      await expect(readRelease(address, 'latest')).rejects.toThrow(message);
    });
  }

  it("says in the original's words what cannot be had", async () => {
    await expect(readRelease(`${address}/nowhere`, 'latest')).rejects.toThrow(
      `Could not access ${address}/nowhere/latest.json: Not Found`,
    );
    const reading = async (): Promise<void> => {
      for await (const _ of archiveAt('http://127.0.0.1:9/a.tar').chunks);
    };
    await expect(reading()).rejects.toThrow(
      'Could not access http://127.0.0.1:9/a.tar: Could not connect to 127.0.0.1: Connection refused',
    );
  });

  it('is later than what is there by its version', () => {
    const release = { version: '20250101', archive: 'x' };
    expect([undefined, '20241231', '20250101', '20250102'].map((present) => isLater(release, present))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('checksums', () => {
  it('are taken with and without their name', () => {
    expect(parseChecksum(`sha256:${digest.toUpperCase()}`)).toBe(digest);
    expect(parseChecksum(` ${digest}\n`)).toBe(digest);
    for (const text of ['', 'abc', `${digest}0`, `md5:${digest}`])
      expect(() => parseChecksum(text)).toThrow(/is no SHA-256/);
  });

  it('are found beside the archive as sha256sum writes them', () => {
    const archive = join(folder.path, 'a.tar.xz');
    expect(checksumBeside(archive)).toBeUndefined();
    for (const text of [digest, `${digest}  a.tar.xz\n`, `${'b'.repeat(64)}  other\n${digest} *./a.tar.xz\n`]) {
      writeFileSync(`${archive}.sha256`, text);
      expect(checksumBeside(archive)).toBe(digest);
    }
    writeFileSync(`${archive}.sha256`, `${'b'.repeat(64)}  other\n`);
    expect(() => checksumBeside(archive)).toThrow(/a\.tar\.xz\.sha256: no SHA-256 of a\.tar\.xz is in it/);
  });
});
