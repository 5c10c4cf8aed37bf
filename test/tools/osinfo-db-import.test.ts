// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../osinfo/doors/process.js';
import { archiveOf, database, newFolder, os, rawTar, readFiles, writeFiles, xz } from '../osinfo/archive/archives.js';
import { bundleTool, type Program } from './bundle.js';
import { expectAlike, hasOriginals, outcome, type Setting } from './db-tools.js';

const folder = newFolder();
let program: Program;
let exporter: Program;
beforeAll(async () => {
  [program, exporter] = [await bundleTool('osinfo-db-import'), await bundleTool('osinfo-db-export')];
});
afterAll(() => {
  program.remove();
  exporter.remove();
  folder.remove();
});

let place: string;
let target: string;
let count = 0;
beforeEach(() => {
  count += 1;
  place = join(folder.path, String(count));
  target = join(place, 'db');
  mkdirSync(place);
});

const ours = (words: readonly string[], setting?: Setting) =>
  outcome([process.execPath, program.path, ...words], setting);
const theirs = (words: readonly string[], setting?: Setting) => outcome(['osinfo-db-import', ...words], setting);
const file = (name: string, bytes: Buffer | string): string => {
  writeFileSync(join(place, name), bytes);
  return join(place, name);
};

describe.skipIf(!hasOriginals)('osinfo-db-import beside the original (packages osinfo-db-tools, osinfo-db)', () => {
  const wrong: readonly (readonly [string, () => readonly string[], Setting?])[] = [
    ['an unknown option', () => ['--nope']],
    ['an option without its value', () => ['--dir']],
    ['two archives', () => ['a', 'b']],
    ['two places', () => ['--user', '--system', 'a']],
    ['a missing file', () => ['--dir', target, join(place, 'missing.tar.xz')]],
    ['a file that is no archive', () => ['--dir', target, file('x', 'no archive')]],
    ['an empty file', () => ['--dir', target, file('x', '')]],
    ['a link', () => ['--dir', target, file('x', rawTar([{ name: 'db/l', type: '2', link: '/etc' }]))]],
    ['an address that refuses', () => ['--dir', target, 'http://127.0.0.1:9/x.tar.xz']],
  ];
  for (const [what, words, setting] of wrong) {
    it(`fails alike: ${what}`, async () => {
      const given = words();
      expectAlike(await ours(given, setting), await theirs(given, setting));
      expect(existsSync(target)).toBe(false);
    });
  }

  it('fails with the same exit code, and leaves nothing where the original leaves a part, of an archive that is cut', async () => {
    // Folders have entries of their own, and there is enough that the original unpacks something before it meets the end.
    const folders = ['x/', 'x/os/', 'x/os/e.org/'].map((name) => ({ name, type: '5' }));
    const files = Array.from({ length: 300 }, (_, index) => ({
      name: `x/os/e.org/${index}.xml`,
      bytes: os(String(index), `<!-- ${randomBytes(2_000).toString('hex')} -->`),
    }));
    const packed = await xz(rawTar([...folders, ...files]), place);
    const cut = file('cut.tar.xz', packed.subarray(0, packed.length / 2));
    const [one, other] = [await ours(['--dir', target, cut]), await theirs(['--dir', join(place, 'theirs'), cut])];
    expect([one.exit, other.exit]).toEqual([1, 1]);
    expect(one.stderr).toMatch(new RegExp(`^osinfo-db-import: cannot read next archive entry in ${cut}: `));
    expect(existsSync(target)).toBe(false);
    expect(existsSync(join(place, 'theirs'))).toBe(true);
  });

  it('puts the same files in place, from a file and from standard input, and says the same with -v', async () => {
    const archive = join(place, 'theirs.tar.xz');
    await run(['osinfo-db-export', '--system', archive]);
    const [one, other] = [
      await ours(['-v', '--dir', target, archive]),
      await theirs(['-v', '--dir', join(place, 'c'), archive]),
    ];
    expect(one).toEqual(other);
    expect(one.stdout.split('\n').length).toBeGreaterThan(900);
    expect(await run(['diff', '-r', target, join(place, 'c')])).toMatchObject({ stdout: '' });
    const small = archiveOf(database('1'));
    for (const words of [
      ['--dir', join(place, 'in')],
      ['--dir', join(place, 'dash'), '-'],
    ]) {
      expect(await ours(words, { input: small })).toEqual({ exit: 0, stdout: '', stderr: '' });
      expect(readFiles(words[1]!)).toEqual(database('1'));
    }
  });

  it('is given our archives by the original, which then finds nothing wrong in them', async () => {
    const archive = join(place, 'ours.tar.xz');
    const db = join(process.cwd(), 'db');
    expect(await outcome([process.execPath, exporter.path, '--dir', db, archive])).toMatchObject({
      exit: 0,
      stderr: '',
    });
    expect(await theirs(['--dir', target, archive])).toEqual({ exit: 0, stdout: '', stderr: '' });
    expect(await ours(['--dir', join(place, 'o'), archive])).toEqual({ exit: 0, stdout: '', stderr: '' });
    expect(await run(['diff', '-r', target, join(place, 'o')])).toMatchObject({ stdout: '' });
    expect(await outcome(['osinfo-db-validate', '--dir', target])).toEqual({
      exit: 0,
      stdout: '',
      stderr: '',
    });
    const query = await outcome(['osinfo-query', 'os'], { env: { OSINFO_SYSTEM_DIR: target } });
    expect([query.exit, query.stderr]).toEqual([0, '']);
    expect(query.stdout).toContain(' debian12 ');
  });
});

describe('osinfo-db-import', () => {
  it('chooses its target as osinfo-db-path does', async () => {
    const archive = file('a.tar', archiveOf(database('1')));
    const env = { OSINFO_SYSTEM_DIR: '/system', OSINFO_LOCAL_DIR: '/local', OSINFO_USER_DIR: '/user' };
    for (const word of ['--system', '--local', '--user']) await ours([word, '--root', place, archive], { env });
    await ours(['--root', place, '--dir', 'given', archive], { env });
    expect(readdirSync(place).sort()).toEqual(['a.tar', 'given', 'local', 'system', 'user']);
  });

  it('verifies the checksum that lies beside the archive, or is given', async () => {
    const bytes = archiveOf(database('1'));
    const archive = file('a.tar', bytes);
    const digest = createHash('sha256').update(bytes).digest('hex');
    file('a.tar.sha256', `${'0'.repeat(64)}  a.tar\n`);
    const refused = await ours(['--dir', target, archive]);
    expect(refused).toEqual({
      exit: 1,
      stdout: '',
      stderr: `osinfo-db-import: ${archive}: its SHA-256 is ${digest}, not ${'0'.repeat(64)}; it is damaged or another archive\n`,
    });
    expect(existsSync(target)).toBe(false);
    expect(await ours(['--dir', target, '--checksum', `sha256:${digest}`, archive])).toMatchObject({
      exit: 0,
      stderr: '',
    });
    expect((await ours(['--dir', target, '--checksum', 'abc', archive])).stderr).toMatch(
      /^osinfo-db-import: "abc" is no SHA-256/,
    );
  });

  it.skipIf(!existsSync('/usr/bin/gpg') || !existsSync('/usr/bin/gpgv'))(
    'verifies a signature (packages gpg, gpgv)',
    async () => {
      const home = join(place, 'keys');
      mkdirSync(home, { mode: 0o700 });
      const gpg = (...words: string[]) =>
        run([
          'gpg',
          '--homedir',
          home,
          '--batch',
          '--quiet',
          '--pinentry-mode',
          'loopback',
          '--passphrase',
          '',
          ...words,
        ]);
      const keyring = join(place, 'trusted.gpg');
      await gpg('--quick-generate-key', 'vendor@e.org', 'ed25519', 'sign', 'never');
      await gpg('--output', keyring, '--export', 'vendor@e.org');
      const archive = file('a.tar', archiveOf(database('1')));
      await gpg('--armor', '--detach-sign', archive);
      const words = ['--dir', target, '--signature', `${archive}.asc`, '--keyring', keyring];
      const forged = file('b.tar', archiveOf(database('2')));
      expect(await ours([...words, forged])).toEqual({
        exit: 1,
        stdout: '',
        stderr: expect.stringMatching(/^osinfo-db-import: .*b\.tar: its signature is not good: BAD signature/),
      });
      const other = file('other.gpg', '');
      expect(
        (await ours(['--dir', target, '--signature', `${archive}.asc`, '--keyring', other, archive])).stderr,
      ).toMatch(/its signature is not good: .*No public key/);
      expect(existsSync(target)).toBe(false);
      expect(await ours([...words, archive])).toEqual({ exit: 0, stdout: '', stderr: '' });
      expect(await ours(words, { input: readFileSync(archive) })).toEqual({ exit: 0, stdout: '', stderr: '' });
      expect(readFiles(target)).toEqual(database('1'));
      expect((await ours(['--signature', 'x', archive])).stderr).toMatch(/needs --keyring/);
      expect((await ours(['--keyring', 'x', archive])).stderr).toMatch(/no signature/);
      await run(['gpgconf', '--homedir', home, '--kill', 'gpg-agent']);
    },
  );

  it('says in a dry run what would change', async () => {
    await ours(['--dir', target, file('1.tar', archiveOf(database('1', { 'os/e.org/old.xml': os('old') })))]);
    const dry = await ours([
      '--dry-run',
      '--dir',
      target,
      file('2.tar', archiveOf(database('2', { 'os/e.org/new.xml': os('new') }))),
    ]);
    expect(dry.stdout.split('\n')).toEqual([
      `${target}: 1 -> 2`,
      'add    os/e.org/new.xml',
      'change VERSION',
      'remove os/e.org/old.xml',
      '1 added, 1 changed, 1 removed, 0 kept',
      '',
    ]);
    expect(readFiles(target)).toEqual(database('1', { 'os/e.org/old.xml': os('old') }));
  });

  it('names the file and the line of a database that no loader reads', async () => {
    const archive = file('a.tar', archiveOf({ ...database('1'), 'os/e.org/a-1.xml': '<libosinfo>\n</os>' }));
    expect((await ours(['--dir', target, archive])).stderr).toMatch(
      /^osinfo-db-import: osinfo-db-1\/os\/e\.org\/a-1\.xml:2:\d+: .*\n$/,
    );
  });
});

describe('--latest and --nightly', () => {
  let server: Server;
  let address: string;
  const pages: Record<string, Buffer | string> = {};
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
  });

  it('import what the address offers, if it is later, with its checksum', async () => {
    const bytes = await xz(archiveOf(database('20250102')), place);
    pages['/a.tar.xz'] = bytes;
    pages['/latest.json'] = JSON.stringify({ release: { version: '20250102', archive: 'a.tar.xz' } });
    writeFiles(target, database('20240101'));
    expect(await ours(['--latest', '--from', address, '--dir', target])).toEqual({ exit: 0, stdout: '', stderr: '' });
    expect(readFiles(target)['VERSION']).toBe('20250102');
    pages['/a.tar.xz'] = 'not asked for again';
    expect(await ours(['--latest', '--dir', target], { env: { OSINFO_DB_ADDRESS: address } })).toEqual({
      exit: 0,
      stdout: '',
      stderr: '',
    });
    pages['/a.tar.xz'] = bytes;
    pages['/nightly.json'] = JSON.stringify({
      release: { version: '1', archive: `${address}/a.tar.xz`, sha256: '0'.repeat(64) },
    });
    expect((await ours(['--nightly', '--from', address, '--dir', target])).stderr).toMatch(
      /its SHA-256 is .* not 0000/,
    );
    pages['/nightly.json'] = JSON.stringify({ release: { version: '1', archive: `${address}/a.tar.xz` } });
    expect(await ours(['--nightly', '--from', address, '--dir', target])).toMatchObject({ exit: 0 });
    expect(await ours([`${address}/a.tar.xz`, '--dir', target])).toMatchObject({ exit: 0 });
  });

  it('say what is wrong', async () => {
    const stderr = async (...words: string[]) => (await ours(['--dir', target, ...words])).stderr;
    expect(await stderr('--latest', '--nightly')).toBe(
      'osinfo-db-import: --latest and --nightly are mutually exclusive\n',
    );
    expect(await stderr('--latest', 'a.tar')).toMatch(/exclude each other/);
    expect(await stderr('--nightly', '--from', `${address}/nowhere`)).toBe(
      `Could not access ${address}/nowhere/nightly.json: Not Found\n`,
    );
    expect(await stderr(`${address}/nothing.tar`)).toBe(`Could not access ${address}/nothing.tar: Not Found\n`);
  });
});
