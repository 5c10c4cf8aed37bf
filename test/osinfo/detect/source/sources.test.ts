// SPDX-License-Identifier: Apache-2.0
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { blockDeviceBytes } from '../../../../osinfo/detect/source/file.js';
import { openSource, SourceError } from '../../../../osinfo/index.js';
import { newFolder } from '../../load/folders.js';
import { run } from '../iso/images.js';

async function refusal(location: string): Promise<SourceError> {
  const error = await openSource(location).then(
    (source) => source.close(),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SourceError);
  expect((error as Error).message).not.toContain('\n');
  return error as SourceError;
}

test('a file is read at places, by path and by address', async () => {
  const path = join(newFolder(), 'a b%20ü.iso');
  writeFileSync(path, 'hello, world');
  for (const location of [path, pathToFileURL(path).href, pathToFileURL(path).href.replace('file:', 'FILE:')]) {
    const source = await openSource(location);
    expect(source).toMatchObject({ name: location, kind: 'file' });
    expect(source.size()).toBe(12);
    expect(Buffer.from(await source.read(7, 3)).toString()).toBe('wor');
    expect(Buffer.from(await source.read(7, 300)).toString()).toBe('world');
    expect(await source.read(12, 10)).toHaveLength(0);
    expect(await source.read(Number.MAX_SAFE_INTEGER - 10, 10)).toHaveLength(0);
    await source.close();
  }
});

test('a hole of eight TiB costs nothing', async () => {
  const path = join(newFolder(), 'huge.iso');
  writeFileSync(path, '');
  truncateSync(path, 8 * 2 ** 40);
  const source = await openSource(path);
  expect(source.size()).toBe(8 * 2 ** 40);
  expect(await source.read(8 * 2 ** 40 - 4, 100)).toEqual(new Uint8Array(4));
  expect((await source.read(0, 2 ** 40)).length).toBeLessThanOrEqual(16 * 1024 * 1024);
  await source.close();
});

test('what cannot be read at places is refused at once, and not waited for', async () => {
  const folder = newFolder();
  run('mkfifo', [join(folder, 'pipe')]);
  const server = createServer().listen(join(folder, 'socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  expect((await refusal(join(folder, 'pipe'))).message).toMatch(/: is a pipe, .*save what comes out of it/);
  expect((await refusal(join(folder, 'socket'))).message).toMatch(/: is a socket, /);
  expect((await refusal('/dev/zero')).message).toMatch(/: is a character device, /);
  expect((await refusal(folder)).fault).toBe('directory');
  symlinkSync(join(folder, 'pipe'), join(folder, 'link'));
  expect((await refusal(join(folder, 'link'))).fault).toBe('special');
  server.close();
});

test('missing files, circles of links, forbidden files and other addresses are told apart', async () => {
  const folder = newFolder();
  expect((await refusal(join(folder, 'none'))).fault).toBe('missing');
  expect((await refusal(join(folder, 'x'.repeat(5000)))).fault).toBe('missing');
  symlinkSync('circle', join(folder, 'circle'));
  expect((await refusal(join(folder, 'circle'))).message).toMatch(/round in a circle/);
  expect((await refusal('')).fault).toBe('missing');
  expect((await refusal('ftp://example.org/x.iso')).message).toMatch(/ftp: addresses are not read/);
  expect((await refusal('http://')).fault).toBe('scheme');
  expect((await refusal('file://elsewhere/x.iso')).fault).toBe('scheme');
  expect((await refusal('/no\nsuch\x1b[31m')).message).toBe('/no�such�[31m: there is no such file');
  expect((await refusal('a\0b')).fault).toBe('unreadable');
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'x');
  chmodSync(secret, 0);
  if (process.getuid?.() !== 0) expect((await refusal(secret)).fault).toBe('denied');
});

const devices = existsSync('/sys/dev/block') ? readdirSync('/sys/dev/block') : [];
test.skipIf(devices.length === 0)(
  'the kernel tells the bytes of a block device (there is none in /sys/dev/block)',
  () => {
    const name = devices[0]!;
    const [major, minor] = name.split(':').map(Number) as [number, number];
    const sectors = Number(readFileSync(`/sys/dev/block/${name}/size`, 'latin1'));
    const number = (minor & 0xff) + major * 256 + Math.floor(minor / 256) * 2 ** 20;
    expect(blockDeviceBytes(number)).toBe(sectors * 512);
    expect(blockDeviceBytes(2 ** 20 - 1)).toBeUndefined();
  },
);
