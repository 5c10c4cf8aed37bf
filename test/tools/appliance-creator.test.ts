// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { command } from '../../tools/appliance-creator.js';
import { defaultName } from '../../tools/build/create-appliance.js';
import { filesIn, program, runTool } from '../e2e/machine.js';

const folder = mkdtempSync(join(tmpdir(), 'guestwright-creator-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const create = (...words: string[]) =>
  runTool([program('appliance-creator'), ...words], { cache: join(folder, 'cache'), cwd: folder });

const GOOD = '# osinfo: debian12\nurl --url=http://127.0.0.1:1/debian\npart / --size=900\n';

function kickstart(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('appliance-creator’s usage, as the original answers', () => {
  it('no kickstart', async () => {
    expect(await create()).toMatchObject({ code: 2, stderr: "Kickstart config 'None' does not exist\n" });
    expect(await create('-c', 'nowhere.ks')).toMatchObject({
      code: 2,
      stderr: "Kickstart config 'nowhere.ks' does not exist\n",
    });
  });

  it('an included file that is not there', async () => {
    const file = join(folder, 'a.ks');
    writeFileSync(file, '# osinfo: debian12\npart / --size=100\n');
    expect(await create('-c', file, '-i', '/nowhere')).toMatchObject({
      code: 2,
      stderr: "included file '/nowhere' does not exist\n",
    });
  });

  it('a packaging or format that is none', async () => {
    const { code, stderr } = await create('-c', 'x', '-p', 'rar');
    expect(code).toBe(2);
    expect(stderr).toContain(
      'bad option rar, Currently only none, zip, zip.64, tar, tar.gz, and tar.bz2 are supported',
    );
    expect((await create('-c', 'x', '-f', 'floppy')).code).toBe(2);
    expect((await create('--nosuch')).code).toBe(2);
  });

  it('a long option by its beginning, as optparse takes it; an ambiguous one is refused', async () => {
    expect((await create('--conf', 'nowhere.ks')).stderr).toBe("Kickstart config 'nowhere.ks' does not exist\n");
    expect((await create('--v', '1')).stderr).toMatch(/unknown option '--v'/);
  });

  it('a kickstart that cannot be read as one ends with 1 and its line', async () => {
    const file = join(folder, 'bad.ks');
    writeFileSync(file, '# osinfo: debian12\nnosuchcommand\n');
    const { code, stderr } = await create('-c', file, '-q', '-o', join(folder, 'out'));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^Unable to load kickstart file '${file}' : Failed to parse kickstart file '${file}' : ${file}:2:1: .*nosuchcommand`,
      ),
    );
  });
});

describe('appliance-creator’s options', () => {
  it('have the original’s names, short ones too, and defaults', () => {
    const options = Object.fromEntries(
      command().options.map(({ short, long, defaultValue }) => [`${short ?? ''} ${long}`.trim(), defaultValue]),
    );
    expect(options).toEqual({
      '-c --config': undefined,
      '-n --name': undefined,
      '--version': undefined,
      '--release': undefined,
      '--vmem': 512,
      '--vcpu': 1,
      '--checksum': undefined,
      '-f --format': 'raw',
      '--no-compress': undefined,
      '-p --package': 'none',
      '-i --include': undefined,
      '-o --outdir': '.',
      '-t --tmpdir': undefined,
      '--cache': undefined,
      '--logfile': undefined,
      '-d --debug': undefined,
      '-v --verbose': undefined,
      '-q --quiet': undefined,
      '--os': undefined,
      '--mirror': undefined,
    });
  });

  it('--help tells them; --version is the appliance’s and prints nothing', async () => {
    const { code, stdout } = await create('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('-c, --config');
    expect(await create('--version')).toMatchObject({ code: 2, stdout: '' });
  });

  it('-f and -p are checked before anything else, and words without an option are passed over', async () => {
    expect((await create('-f', 'floppy', '-c', 'nowhere.ks', 'and', 'more')).stderr).toContain(
      "argument 'floppy' is invalid",
    );
    expect((await create('-p', 'rar', '-c', 'nowhere.ks')).stderr).toContain('bad option rar');
    expect((await create('and', '-c', 'nowhere.ks', 'more')).stderr).toContain("'nowhere.ks' does not exist");
  });

  it('a name that files cannot have ends with 2, and nothing is written anywhere', async () => {
    const file = kickstart('good.ks', GOOD);
    for (const name of ['../out', ''])
      expect(await create('-c', file, '-n', name, '-o', 'out', '-p', 'tar')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('is no name for an appliance'),
      });
    expect(filesIn(join(folder, 'out'))).toEqual([]);
  });

  it('without -n it is the kickstart’s name and the minute', () => {
    const before = process.env['SOURCE_DATE_EPOCH'];
    process.env['SOURCE_DATE_EPOCH'] = '1700000000';
    expect(defaultName('/srv/web.server.ks')).toBe('web.server-202311142213');
    expect(defaultName('http://example.org/ks/web.cfg?x=1')).toBe('web-202311142213');
    delete process.env['SOURCE_DATE_EPOCH'];
    expect(defaultName('web')).toMatch(/^web-20\d{10}$/);
    if (before !== undefined) process.env['SOURCE_DATE_EPOCH'] = before;
  });

  it('what cannot stand beside the images is refused with 2 before anything is built', async () => {
    const file = kickstart('good.ks', GOOD);
    mkdirSync(join(folder, 'extra'), { recursive: true });
    writeFileSync(join(folder, 'extra/web.xml'), '');
    expect(await create('-c', file, '-n', 'web', '-i', 'extra')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^included file 'extra\/web\.xml': the appliance has a file of that name itself; .*\n$/,
      ),
    });
  });
});

describe('appliance-creator’s kickstart', () => {
  it('that is no file ends with 1: it cannot be read', async () => {
    mkdirSync(join(folder, 'folder.ks'), { recursive: true });
    expect(await create('-c', 'folder.ks')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^Unable to load kickstart file 'folder\.ks' : Failed to read kickstart file 'folder\.ks' : .+\n$/,
      ),
    });
  });

  it('may be an address: what is wrong with it is told with the address', async () => {
    const server = createServer((request, answer) => {
      answer.statusCode = request.url === '/bad.ks' ? 200 : 404;
      answer.end('# osinfo: debian12\nnosuchcommand\n');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const bad = await create('-c', `${address}/bad.ks`, '-q', '-o', 'fetched');
      expect(bad).toMatchObject({ code: 1 });
      expect(bad.stderr).toContain(
        `Unable to load kickstart file '${address}/bad.ks' : Failed to parse kickstart file '${address}/bad.ks' : ${address}/bad.ks:2:1: `,
      );
      const missing = await create('-c', `${address}/missing.ks`, '-q', '-o', 'fetched');
      expect(missing).toMatchObject({ code: 1 });
      expect(missing.stderr).toMatch(
        /^Unable to load kickstart file '.*' : Failed to read kickstart file '.*' : .*404/,
      );
      expect(filesIn(join(folder, 'fetched'))).toEqual([]);
      expect(filesIn(join(folder, 'cache/work'))).toEqual([]);
    } finally {
      server.close();
    }
  });

  it('that cannot be built ends with 1, in one line, and leaves nothing beside the result', async () => {
    const file = kickstart('good.ks', GOOD);
    const { code, stdout, stderr } = await create('-c', file, '-n', 'web', '-q', '-o', 'failed', '-p', 'tar');
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Unable to create appliance : [^\n]+\n$/);
    expect(filesIn(join(folder, 'failed'))).toEqual([]);
  });
});
