// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { originalMediaWords } from '../../../../osinfo/detect/iso/errors.js';
import { openSource } from '../../../../osinfo/index.js';
import { newFolder } from '../../load/folders.js';
import { genisoImage, readImage, run, someFiles, xorrisoImage } from '../iso/images.js';
import { sendRange, sendWhole, serve } from './server.js';

const big = 'x'.repeat(1_000_000);

/** A boot catalogue that lies far from the descriptors, as files before it push it there. */
function bootImage(): Buffer {
  const files = someFiles({ 'a.dat': big, 'b.img': '\0'.repeat(4096), 'efi.img': '\0'.repeat(4096) });
  const words = ['-J', '-b', 'b.img', '-no-emul-boot', '-eltorito-alt-boot', '-e', 'efi.img', '-no-emul-boot'];
  return readFileSync(xorrisoImage({ volumeId: 'REMOTE' }, words, files));
}

function udfImage(): Buffer {
  const path = join(newFolder(), 'udf.img');
  run('mkudffs', ['-l', 'REMOTE', '-b', '2048', '--new-file', path, '2000']);
  return readFileSync(path);
}

test.each([
  ['El Torito, its catalogue far away', () => farCatalogue(bootImage())],
  ['plain', () => readFileSync(xorrisoImage({ volumeId: 'REMOTE' }, [], someFiles({ big })))],
  ['POWER', () => readFileSync(xorrisoImage({ volumeId: 'REMOTE' }, [], someFiles({ 'ppc/bootinfo.txt': '', big })))],
  ['ISO and UDF', () => readFileSync(genisoImage({ volumeId: 'REMOTE' }, ['-udf'], someFiles({ big })))],
  ['UDF alone', udfImage],
])('three requests and 128 KiB are enough: %s', async (_, make) => {
  const image = make();
  const server = await serve((request, response) => sendRange(image, request, response));
  const media = await readImage(`${server.address}/x.iso`);
  expect(media.facts.volumeId).toBe('REMOTE');
  expect(media.warnings).toEqual([]);
  expect(server.requests.length).toBeLessThanOrEqual(3);
  expect(server.bytes).toBeLessThanOrEqual(128 * 1024);
});

/** The image with its catalogue moved to its end. */
function farCatalogue(image: Buffer): Buffer {
  const pointer = 17 * 2048 + 71;
  const at = image.readUInt32LE(pointer) * 2048;
  const moved = Buffer.concat([image, Buffer.alloc(1_000_000), image.subarray(at, at + 2048)]);
  moved.copy(moved, Math.ceil(moved.length / 2048 - 1) * 2048 - 2048, at, at + 2048);
  moved.writeUInt32LE(Math.ceil(moved.length / 2048 - 1) - 1, pointer);
  return moved;
}

test('the same is read from afar as from the file', async () => {
  const image = farCatalogue(bootImage());
  const path = join(newFolder(), 'x.iso');
  writeFileSync(path, image);
  const server = await serve((request, response) => sendRange(image, request, response));
  const media = await readImage(server.address);
  expect(media).toEqual(await readImage(path));
  expect(media.bootPlatforms).toEqual(['bios', 'uefi']);
});

test.each([
  ['with a length', false],
  ['in chunks', true],
])('a server without ranges is read only as far as needed, then closed: %s', async (_, chunked) => {
  const image = Buffer.concat([bootImage(), Buffer.alloc(100 * 1024 * 1024)]);
  const server = await serve((_request, response) => sendWhole(image, response, chunked));
  const media = await readImage(server.address);
  expect(media).toMatchObject({ facts: { volumeId: 'REMOTE' }, bootPlatforms: ['bios', 'uefi'] });
  await expect.poll(() => server.left).toBe(1);
  expect(server.requests).toHaveLength(1);
  expect(server.bytes).toBeLessThan(16 * 1024 * 1024);
});

test('from a server without ranges a far catalogue is not fetched: the rest is told', async () => {
  const image = farCatalogue(bootImage());
  const server = await serve((_, response) => sendWhole(image, response));
  const media = await readImage(server.address);
  expect(media).toMatchObject({ facts: { volumeId: 'REMOTE' }, bootable: true, bootPlatforms: [] });
  expect(media.warnings.map(({ code }) => code)).toEqual(['boot-catalogue']);
});

test('after a redirect the further parts come from where it led', async () => {
  const image = farCatalogue(bootImage());
  const mirror = await serve((request, response) => sendRange(image, request, response));
  const server = await serve((_, response) => {
    response.writeHead(302, { location: `${mirror.address}/mirror/x.iso` });
    response.end();
  });
  await readImage(`${server.address}/x.iso`);
  expect(server.requests).toHaveLength(1);
  expect(mirror.requests).toHaveLength(2);
});

test('a server that answers with less than was asked for is asked again', async () => {
  const image = bootImage();
  const server = await serve((request, response) => {
    const [from, to] = request.headers.range!.slice('bytes='.length).split('-').map(Number) as [number, number];
    const range = `bytes=${from}-${Math.min(to, from + 39_999)}`;
    sendRange(image, Object.assign(request, { headers: { range } }), response);
  });
  expect(await readImage(server.address)).toMatchObject({
    facts: { volumeId: 'REMOTE' },
    bootPlatforms: ['bios', 'uefi'],
  });
});

test('a file that changes while it is read is an error', async () => {
  const image = farCatalogue(bootImage());
  let asked = 0;
  const server = await serve((request, response) => {
    asked++;
    sendRange(asked === 1 ? image : image.subarray(0, image.length - 1000), request, response);
  });
  await expect(readImage(server.address)).rejects.toThrow(/it changed while it was read/);
});

test('pages of errors, empty answers and short ones are told as of a file', async () => {
  const answers: Record<string, string> = {
    '/page': '<html>nothing here</html>',
    '/empty': '',
    '/short': 'PK\x03\x04',
  };
  for (const ranges of [true, false]) {
    const server = await serve((request, response) => {
      const content = Buffer.from(answers[request.url ?? ''] ?? '', 'latin1');
      if (ranges) sendRange(content, request, response);
      else sendWhole(content, response);
    });
    await expect(readImage(`${server.address}/page`)).rejects.toThrow(/a web page or XML/);
    await expect(readImage(`${server.address}/empty`)).rejects.toThrow(/is empty/);
    await expect(readImage(`${server.address}/short`)).rejects.toThrow(/a zip archive/);
  }
});

test('error statuses and hosts that are not there have the words of libosinfo too', async () => {
  const server = await serve((_, response) => {
    response.writeHead(404, 'Not Found');
    response.end('nothing here');
  });
  const words = async (location: string) =>
    originalMediaWords(await openSource(location).catch((error: unknown) => error));
  expect(await words(`${server.address}/x.iso`)).toBe('Failed to open file: Not Found');
  expect(await words('http://127.0.0.1:1/x.iso')).toBe(
    'Failed to open file: Could not connect to 127.0.0.1: Connection refused',
  );
  expect(await words('http://no-such-host.invalid/x.iso')).toBe(
    'Failed to open file: Error resolving “no-such-host.invalid”: Name or service not known',
  );
});

test('a server that sends without end is left', async () => {
  const server = await serve((_, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, 1)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  await expect(readImage(server.address)).rejects.toThrow(/is not an ISO image/);
  await expect.poll(() => server.left).toBe(1);
});
