// SPDX-License-Identifier: Apache-2.0
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksumTypes } from '../../../builder/output/checksum.js';
import { checksumFiles } from '../../../builder/output/checksum-files.js';
import { run } from '../../../osinfo/doors/process.js';
import { newFolder } from '../../osinfo/load/folders.js';

const MIB = 1024 * 1024;
const folder = newFolder();

/** A file that begins with its name; the rest of it is a hole. */
function makeFile(name: string, bytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, name);
  truncateSync(path, bytes);
  return path;
}

test('files of all sizes, together, have the digests of coreutils, in the order that was asked for', async () => {
  const sizes = [0, 5 * MIB + 7, 16 * MIB, 33 * MIB + 1];
  const paths = sizes.map((bytes, index) => makeFile(`file${index}`, bytes));
  const found = await checksumFiles([...paths, paths[2]!], checksumTypes);
  expect([...found.keys()]).toEqual(paths);
  for (const path of paths) {
    expect(Object.keys(found.get(path)!)).toEqual([...checksumTypes]);
    for (const type of checksumTypes)
      expect(found.get(path)![type]).toBe((await run([`${type}sum`, path])).stdout.split(' ')[0]);
  }
});

test('a file that is not there is named', async () => {
  await expect(checksumFiles([makeFile('there', 1), join(folder, 'none')], ['sha256'])).rejects.toThrow(
    /none: there is no such file$/,
  );
});

test('a stop ends it at once, in the middle of a file', async () => {
  const stopper = new AbortController();
  const path = makeFile('large', 64 * 1024 * MIB);
  const work = checksumFiles([path], ['sha256', 'sha512'], stopper.signal);
  setTimeout(() => stopper.abort(), 300);
  const started = performance.now();
  await expect(work).rejects.toThrow('large: cannot be read: stopped');
  expect(performance.now() - started).toBeLessThan(2000);
  await expect(checksumFiles([path], ['sha256'], stopper.signal)).rejects.toThrow('stopped');
});
