// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder, type TreeServer } from '../osinfo/detect/tree/server.js';
import { folderOf, newFolder } from '../osinfo/load/folders.js';
import { bundleTool, type Program } from './bundle.js';
import { type Outcome, outcome } from './db-tools.js';
import { image, imageBytes } from './osinfo-detect-images.js';

const original = '/usr/bin/osinfo-detect';
const debian = '/usr/share/osinfo';
const cache = newFolder();
const database = { OSINFO_SYSTEM_DIR: debian, GUESTWRIGHT_CACHE_DIR: cache };
let program: Program;
beforeAll(async () => {
  program = await bundleTool('osinfo-detect');
});
afterAll(() => program.remove());

const ours = (words: readonly string[]) => outcome([process.execPath, program.path, ...words], { env: database });
/** With a limit: it looks for ever for a directory that an image does not have. */
const theirs = (words: readonly string[]) => outcome(['/usr/bin/timeout', '30', original, ...words], { env: database });

/** GLib's warnings are no contract, and come with a time and a process number. */
const without = (one: Outcome): Outcome => ({
  ...one,
  stderr: one.stderr
    .split('\n')
    .filter((line) => !line.startsWith('** ('))
    .join('\n')
    .trim(),
});

async function expectSame(words: readonly string[]): Promise<Outcome> {
  const [mine, other] = await Promise.all([ours(['--compat', ...words]), theirs(words)]);
  expect(without(mine)).toEqual(without(other));
  return other;
}

const fedora = { volumeId: 'Fedora-WS-Live-36-1-5' };
const windows = {
  volumeId: 'CCCOMA_X64FRE_EN-US_DV9',
  publisherId: 'MICROSOFT CORPORATION',
  applicationId: 'CDIMAGE 2.56 (01/01/2005 TM)',
};

const tree = (arch: string, more = '') =>
  `[general]\nfamily = Fedora\nversion = 36\narch = ${arch}\n${more}[images-${arch}]\nkernel = images/pxeboot/vmlinuz\n`;

describe.skipIf(!existsSync(original) || !existsSync(join(debian, 'os')))(
  'with --compat, beside the original (packages libosinfo-bin, osinfo-db)',
  () => {
    it('media', async () => {
      for (const one of [fedora, windows, { volumeId: 'MY OWN DISC' }]) await expectSame([image(one)]);
      await expectSame(['--type=media', '--format=plain', pathToFileURL(image(fedora)).href, '/nothing/there']);
      await expectSame([image({ ...fedora, bootable: false })]);
      const all = await expectSame(['-a', image(fedora)]);
      expect(all.stdout).toContain('#1: Media is an installer');
    });

    it('trees', async () => {
      for (const text of [tree('x86_64', 'variant = Server\n'), '[general]\nfamily = Nobody\n']) {
        await expectSame(['-t', 'tree', pathToFileURL(folderOf({ '.treeinfo': text })).href]);
      }
      await expectSame(['--type=tree', '-a', pathToFileURL(folderOf({ treeinfo: tree('x86_64') })).href]);
    });

    it('trees and media over HTTP', async () => {
      const folder = folderOf({ 'tree/.treeinfo': tree('x86_64') });
      writeFileSync(join(folder, 'image.iso'), imageBytes({ volumeId: 'Debian 11.5.0 amd64 n' }));
      const server: TreeServer = await serveFolder(folder);
      try {
        for (const words of [
          ['-t', 'tree', `${server.address}/tree`],
          ['-t', 'tree', `${server.address}/none`],
          [`${server.address}/image.iso`],
          [`${server.address}/none.iso`],
        ]) {
          await expectSame(words);
        }
      } finally {
        await server.close();
      }
      await expectSame([`${server.address}/image.iso`]);
      await expectSame(['-t', 'tree', `${server.address}/tree`]);
    });

    it('media that are none', async () => {
      const folder = newFolder();
      const file = (name: string, bytes: Buffer): string => {
        writeFileSync(join(folder, name), bytes);
        return join(folder, name);
      };
      const whole = imageBytes({ volumeId: 'X' });
      mkdirSync(join(folder, 'folder'));
      for (const path of [
        join(folder, 'nothing.iso'),
        join(folder, 'folder'),
        file('empty', Buffer.alloc(0)),
        file('short', whole.subarray(0, 32_000)),
        file('first', whole.subarray(0, 33_000)),
        file('second', whole.subarray(0, 35_000)),
        file('zeros', Buffer.alloc(200_000)),
        file('blank', imageBytes({})),
        file('text', Buffer.alloc(200_000, 'what is this ')),
      ]) {
        const seen = await expectSame([path]);
        expect(seen.stdout + seen.stderr).not.toBe('');
      }
    });

    it('trees that are none', async () => {
      for (const files of [
        {},
        { '.treeinfo': 'garbage\n' },
        { '.treeinfo': 'a=b\n' },
        { '.treeinfo': '[general]\n =x\n' },
      ]) {
        await expectSame(['-t', 'tree', pathToFileURL(folderOf(files as Record<string, string>)).href]);
      }
      await expectSame(['-t', 'tree', newFolder()]);
      await expectSame(['-t', 'tree', 'ftp://example.org/x']);
      await expectSame(['-t', 'tree', pathToFileURL(join(newFolder(), 'nothing')).href]);
    });

    it('wrong command lines', async () => {
      const lines = [[], ['--nope', 'x'], ['-x'], ['-f', 'env', 'x'], ['-t', 'bogus', 'x'], ['x', '-t']];
      for (const words of lines) expect((await expectSame(words)).exit).toBe(words.length === 0 ? 254 : 255);
    });

    it('without it, what is recognised is said in the same words', async () => {
      for (const one of [fedora, windows]) {
        const path = image(one);
        const [mine, other] = await Promise.all([ours([path]), theirs([path])]);
        expect(mine).toEqual(other);
      }
    });
  },
);
