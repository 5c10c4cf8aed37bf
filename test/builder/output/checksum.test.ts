// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checksumFile, checksumTypes } from '../../../builder/output/checksum.js';
import { run } from '../../../osinfo/doors/process.js';

const folder = mkdtempSync(join(tmpdir(), 'guestwright-checksum-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([0, 1, 1024 * 1024, 5 * 1024 * 1024 + 7])('%i bytes: the digests of coreutils', async (bytes) => {
  const path = join(folder, 'file');
  writeFileSync(path, 'guestwright');
  truncateSync(path, bytes);
  const digests = await checksumFile(path, checksumTypes);
  for (const type of checksumTypes) {
    expect(digests[type]).toBe((await run([`${type}sum`, path])).stdout.split(' ')[0]);
  }
});

test('only what is asked for is computed', async () => {
  const path = join(folder, 'one');
  writeFileSync(path, '');
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect(await checksumFile(path, ['sha256'])).toEqual({ sha256: empty });
});

test('a missing file is one line', async () => {
  await expect(checksumFile(join(folder, 'none'), ['sha1'])).rejects.toThrow(/none: there is no such file$/);
  await expect(checksumFile(folder, ['sha1'])).rejects.toThrow(/cannot be read: EISDIR/);
});
