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
const theirs = (words: readonly string[]) => outcome([original, ...words], { env: database });

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

const labels = [
  { volumeId: 'Fedora-WS-Live-36-1-5' },
  { volumeId: 'Fedora-S-dvd-x86_64-36' },
  { volumeId: 'Debian 11.5.0 amd64 n' },
  { volumeId: 'Ubuntu-Server 22.04 LTS amd64' },
  { volumeId: 'CentOS 7 x86_64' },
  { volumeId: 'RHEL-8-6-0-BaseOS-x86_64' },
  { volumeId: 'openSUSE-Leap-15.4-DVD-x86_64', publisherId: 'SUSE LLC' },
  { volumeId: 'alpine-std 3.17.0 x86_64', systemId: 'LINUX' },
  {
    volumeId: 'ARCH_202211',
    applicationId: 'ARCH LINUX LIVE/RESCUE CD',
    publisherId: 'ARCH LINUX <HTTPS://ARCHLINUX.ORG>',
  },
  { volumeId: 'GSP1RMCPRXFRER_EN_DVD', publisherId: 'MICROSOFT CORPORATION' },
  {
    volumeId: 'CCCOMA_X64FRE_EN-US_DV9',
    publisherId: 'MICROSOFT CORPORATION',
    applicationId: 'CDIMAGE 2.56 (01/01/2005 TM)',
  },
  { volumeId: 'MY OWN DISC' },
] as const;

const tree = (arch: string, more = '') =>
  `[general]\nfamily = Fedora\nversion = 36\narch = ${arch}\n${more}[images-${arch}]\nkernel = images/pxeboot/vmlinuz\n`;

describe.skipIf(!existsSync(original) || !existsSync(join(debian, 'os')))(
  'with --compat, beside the original (packages libosinfo-bin, osinfo-db)',
  () => {
    it.each(labels)('media: $volumeId', async (one) => {
      const path = image(one);
      await expectSame([path]);
      await expectSame(['--type=media', '--format=plain', pathToFileURL(path).href]);
      await expectSame([image({ ...one, bootable: false })]);
    });

    it('all matches, where there is one', async () => {
      const seen = await expectSame(['-a', image({ volumeId: 'Fedora-WS-Live-36-1-5' })]);
      expect(seen.stdout).toContain('#1: Media is an installer');
      await expectSame(['--all', image({ volumeId: 'MY OWN DISC' })]);
    });

    it('trees', async () => {
      for (const text of [tree('x86_64'), tree('x86_64', 'variant = Server\n'), '[general]\nfamily = Nobody\n', '']) {
        const address = pathToFileURL(folderOf({ '.treeinfo': text })).href;
        await expectSame(['-t', 'tree', address]);
        await expectSame(['--type=tree', '-a', `${address}/`]);
      }
      await expectSame(['-t', 'tree', pathToFileURL(folderOf({ treeinfo: tree('x86_64') })).href]);
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
        { '.treeinfo': '  [general]x\n' },
        { '.treeinfo': 'a=b\n' },
        { '.treeinfo': '[general]\n =x\n' },
        { treeinfo: '[a[]\n' },
      ]) {
        await expectSame(['-t', 'tree', pathToFileURL(folderOf(files as Record<string, string>)).href]);
      }
      await expectSame(['-t', 'tree', newFolder()]);
      await expectSame(['-t', 'tree', 'ftp://example.org/x']);
      await expectSame(['-t', 'tree', pathToFileURL(join(newFolder(), 'nothing')).href]);
    });

    it.each([
      [[]],
      [['--nope', 'x']],
      [['-x']],
      [['-f', 'env', 'x']],
      [['--format=json', 'x']],
      [['-t', 'bogus', 'x']],
      [['x', '-t']],
    ])('a wrong command line: %j', async (words) => {
      const seen = await expectSame(words);
      expect(seen.exit).toBe(words.length === 0 ? 254 : 255);
    });

    it('only the first location counts', async () => {
      await expectSame([image({ volumeId: 'Debian 11.5.0 amd64 n' }), '/nothing/there']);
    });

    it('without it, what is recognised is said in the same words', async () => {
      for (const one of labels.slice(0, 8)) {
        const path = image(one);
        const [mine, other] = await Promise.all([ours([path]), theirs([path])]);
        expect(mine).toEqual(other);
      }
    });
  },
);
