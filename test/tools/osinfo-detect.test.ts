// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../osinfo/package-root.js';
import { shellQuoted } from '../../tools/detect/env.js';
import { serveFolder } from '../osinfo/detect/tree/server.js';
import { folderOf, newFolder } from '../osinfo/load/folders.js';
import { bundleTool, type Program } from './bundle.js';
import { outcome } from './db-tools.js';
import { image, imageBytes } from './osinfo-detect-images.js';

const cache = newFolder();
let program: Program;
beforeAll(async () => {
  program = await bundleTool('osinfo-detect');
});
afterAll(() => program.remove());

const os = (name: string, version: string, more: string) =>
  `<os id="http://e.org/${name}/${version}"><short-id>${name}${version}</short-id><name>The ${name} ${version}</name><version>${version}</version><vendor>E</vendor><family>linux</family><distro>${name}</distro>${more}</os>`;

/** A database of three: with media, with trees, and with neither. */
const database = folderOf({
  'os/e.org/acme-1.xml': os(
    'acme',
    '1',
    `<variant id="server"><name>Acme 1 Server</name></variant><variant id="desk"><name>Acme 1 Desk</name></variant>
     <media arch="x86_64"><variant id="server"/><iso><volume-id>^ACME-1-SRV$</volume-id></iso><kernel>boot/vmlinuz</kernel></media>
     <media arch="all" live="true"><variant id="server"/><variant id="desk"/><iso><volume-id>^ACME-1</volume-id></iso></media>`,
  ),
  'os/e.org/tree-2.xml': os(
    'tree',
    '2',
    '<tree arch="i686"><treeinfo><family>Tree</family><version>^2$</version><arch>i[36]86</arch></treeinfo></tree>',
  ),
  'os/e.org/debian-12.xml': os('debian', '12', '<codename>Bookworm</codename>'),
});

const detect = (words: readonly string[], input?: string) =>
  outcome([process.execPath, program.path, '--db', database, ...words], {
    env: { GUESTWRIGHT_CACHE_DIR: cache },
    ...(input === undefined ? {} : { input }),
  });

const schemaOf = (name: string) => {
  const schema = JSON.parse(readFileSync(join(packageRoot(), 'schema', `${name}.schema.json`), 'utf8')) as object;
  return new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
};

const server = image({ volumeId: 'ACME-1-SRV' });
const unknown = image({ volumeId: 'ACME-3', publisherId: 'SOMEONE' });
const debianTree = folderOf({
  '.disk/info': 'Debian GNU/Linux 12.5.0 "Bookworm" - Official amd64 NETINST\n',
  'install.amd/vmlinuz': 'k',
});
const tree = folderOf({
  '.treeinfo': '[general]\nfamily = Tree\nversion = 2\narch = i386\n[images-i386]\nkernel = a/vmlinuz\n',
});

describe('osinfo-detect', () => {
  it('says what an image, a tree and a tree without treeinfo are, and tells them apart by looking', async () => {
    expect(await detect([server])).toEqual({
      exit: 0,
      stderr: '',
      stdout: "Media is bootable.\nMedia is an installer for OS 'Acme 1 Server (x86_64)'\n",
    });
    expect((await detect([tree])).stdout).toBe("Tree is an installer for OS 'The tree 2 (i686)'\n");
    const layout = await detect(['-v', debianTree]);
    expect(layout.stdout).toBe("Tree is an installer for OS 'The debian 12 (x86_64)'\n");
    expect(layout.stderr).toContain('.disk/info says');
    expect(layout.exit).toBe(0);
  });

  it('recognises what does not start', async () => {
    const { stdout, exit } = await detect([image({ volumeId: 'ACME-1-SRV', bootable: false })]);
    expect(stdout).toBe("Media is not bootable.\nMedia is an installer for OS 'Acme 1 Server (x86_64)'\n");
    expect(exit).toBe(0);
  });

  it('lists all that fits, best first', async () => {
    expect((await detect(['-a', server])).stdout).toBe(
      `Media is bootable.
#1: Media is an installer for OS 'Acme 1 Server (x86_64)'
#2: Media is an installer for OS 'The acme 1 (all)'
#2: Media is live media for OS 'The acme 1 (all)'
#2: Available OS variants on media:
#2: Acme 1 Server
#2: Acme 1 Desk
`,
    );
  });

  it('of what is unknown says what was read, what comes near, and what could be added', async () => {
    const seen = await detect([unknown]);
    expect(seen).toMatchObject({ exit: 1, stdout: 'Media is bootable.\n' });
    expect(seen.stderr).toBe(
      `osinfo-detect: ${unknown}: is not in the database; read was volume id "ACME-3", publisher id "SOMEONE", size 43008
osinfo-detect:   near: acme1: volume-id "ACME-3" is not ^ACME-1
`,
    );
    expect((await detect(['-q', unknown])).stderr).toBe('');
    const suggested = await detect(['-q', '--suggest', unknown]);
    expect(suggested.exit).toBe(1);
    const element = suggested.stdout.replace('Media is bootable.\n', '');
    expect(element).toMatch(/^<media .*<\/media>\n$/s);
    const richer = folderOf({ 'os/e.org/acme-3.xml': os('acme', '3', element) });
    expect((await detect(['--db', richer, unknown])).exit).toBe(0);
  });

  it('takes many, each line with its name, and one that is wrong stops none', async () => {
    const none = join(newFolder(), 'none.iso');
    const { exit, stdout, stderr } = await detect([none, server, tree]);
    expect(exit).toBe(2);
    expect(stdout).toBe(
      `${server}: Media is bootable.\n${server}: Media is an installer for OS 'Acme 1 Server (x86_64)'\n${tree}: Tree is an installer for OS 'The tree 2 (i686)'\n`,
    );
    expect(stderr).toBe(`osinfo-detect: ${none}: there is no such file\n`);
    expect((await detect([unknown, server])).exit).toBe(1);
  });

  it.each([
    [[], 'osinfo-detect: name an ISO image, a block device, a tree or an http address; see --help\n'],
    [['--unheard-of'], "osinfo-detect: unknown option '--unheard-of'; see osinfo-detect --help\n"],
    [['-t', 'x'], "osinfo-detect: option '-t, --type <type>' argument 'x' is invalid. It is media or tree.; see"],
    [['--facts', '/nothing/there'], 'osinfo-detect: /nothing/there: there is no such file\n'],
    [['--facts', '-', 'x.iso'], 'osinfo-detect: --facts reads one file; leave out x.iso\n'],
    [['-t', 'media', '.'], 'osinfo-detect: .: is a directory, not an image'],
    [['-t', 'tree', tree.replace(/$/, '/.treeinfo')], `osinfo-detect: ${tree}/.treeinfo: is not a folder`],
  ])('refuses %j in one line', async (words, message) => {
    const { exit, stdout, stderr } = await detect(words);
    expect(stderr.startsWith(message)).toBe(true);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  });

  it('reads images and trees at addresses, and tells them apart', async () => {
    const files = folderOf({ 'os/.treeinfo': '[general]\nfamily = Tree\nversion = 2\narch = i686\n' });
    const bytes = imageBytes({ volumeId: 'ACME-1-SRV' });
    const web = await serveFolder(files, 'chunked', (path, response) => {
      if (path === '/os') response.writeHead(301, { location: '/os/' }).end();
      else if (path === '/os/') response.writeHead(200).end('<!DOCTYPE html><title>Index of /os</title>');
      else if (path === '/get' || path === '/a.iso') response.writeHead(200).end(bytes);
      else return false;
      return true;
    });
    try {
      const { exit, stdout } = await detect(['os/', 'os', 'get', 'a.iso'].map((path) => `${web.address}/${path}`));
      expect(stdout.replaceAll(web.address, '')).toBe(
        `/os/: Tree is an installer for OS 'The tree 2 (i686)'
/os: Tree is an installer for OS 'The tree 2 (i686)'
/get: Media is bootable.
/get: Media is an installer for OS 'Acme 1 Server (x86_64)'
/a.iso: Media is bootable.
/a.iso: Media is an installer for OS 'Acme 1 Server (x86_64)'
`,
      );
      expect(exit).toBe(0);
      const missing = await detect([`${web.address}/none.iso`, `${web.address}/none/`]);
      expect(missing.stderr).toContain('/none.iso: the server answered 404');
      expect(missing.stderr).toContain('/none/: is no installation tree that is known');
    } finally {
      await web.close();
    }
  });
});

describe('--format json', () => {
  it('is as its schema says', async () => {
    const valid = schemaOf('detect');
    const { stdout, exit } = await detect([
      '-f',
      'json',
      '-a',
      '--suggest',
      server,
      unknown,
      tree,
      debianTree,
      '/nothing',
    ]);
    const document = JSON.parse(stdout) as { results: Record<string, unknown>[] };
    expect(valid(document), JSON.stringify(valid.errors)).toBe(true);
    expect(exit).toBe(2);
    expect(document.results.map(({ type, recognised }) => [type, recognised])).toEqual([
      ['media', true],
      ['media', false],
      ['tree', true],
      ['tree', true],
      [null, false],
    ]);
    expect(document.results[0]).toMatchObject({
      location: server,
      media: { volumeId: 'ACME-1-SRV', bootable: true, bootPlatforms: ['bios'] },
      candidates: [
        {
          shortId: 'acme1',
          arch: 'x86_64',
          variants: [{ id: 'server', name: 'Acme 1 Server' }],
          kernel: 'boot/vmlinuz',
        },
        { shortId: 'acme1', live: true },
      ],
    });
    expect(document.results[1]).toMatchObject({ candidates: [], nearest: [{ shortId: 'acme1' }] });
    expect(document.results[2]).toMatchObject({ tree: { from: '.treeinfo', arch: 'i386', kernel: 'a/vmlinuz' } });
    expect(document.results[3]).toMatchObject({ candidates: [{ id: 'http://e.org/debian/12', entry: null }] });
  });
});

describe('--format env', () => {
  it('is for eval', async () => {
    const { stdout } = await detect(['-f', 'env', server]);
    const value = execFileSync('sh', [
      '-c',
      'eval "$1"; echo "$OSINFO_BOOTABLE $OSINFO_INSTALLER $OSINFO_MEDIA"',
      'sh',
      stdout,
    ]);
    expect(value.toString()).toBe('1 http://e.org/acme/1 http://e.org/acme/1:0\n');
    expect(stdout).not.toContain('OSINFO_LIVE');
  });

  it('of several leaves nothing of the one before', async () => {
    const { stdout } = await detect(['-f', 'env', '-q', server, tree, unknown]);
    const seen = execFileSync('sh', [
      '-c',
      'eval "$1"; echo "$OSINFO_LOCATION|$OSINFO_INSTALLER|$OSINFO_KERNEL|$OSINFO_ARCH|"',
      'sh',
      stdout,
    ]);
    expect(seen.toString()).toBe(`${unknown}||||\n`);
  });

  it('gives every value back as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 40 }), (texts) => {
        const values = ["'", "'; exit 3; '", '$(exit 3)`exit 3`', 'a\nb', '\\', ...texts].map((text) =>
          text.replaceAll('\0', ''),
        );
        const script = values.map((value) => `x=${shellQuoted(value)}; printf '%s\\0' "$x"`).join('\n');
        const seen = execFileSync('sh', ['-c', 'eval "$1"', 'sh', script]).toString('utf8');
        expect(seen.split('\0').slice(0, -1)).toEqual(values);
      }),
      { numRuns: 10 },
    );
  });
});
