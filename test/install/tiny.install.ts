// SPDX-License-Identifier: Apache-2.0
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootTest } from '../../builder/boot-test/boot-test.js';
import { installSystem, prepareInstallation, type SystemOptions } from '../../builder/install/install.js';
import { openDb } from '../../osinfo/open.js';
import { LABEL, type TinyEntry, tinyPlaces } from '../builder/install/database.js';
import { serve, type TestServer } from '../builder/install/server.js';
import { filesIn, leftovers, makeFolder, program, runTool, startTool } from '../e2e/machine.js';
import { missing, PASSWORD, setUpTiny, skipped, type TinyMedia } from './tiny-installer.js';

const folder = makeFolder();
const cache = join(folder, 'cache');
let answers: string;
let media: TinyMedia;
let server: TestServer;

const lacking = missing();

beforeAll(async () => {
  if (lacking !== '') return;
  ({ media, answers } = await setUpTiny(folder, LABEL));
  server = await serve({ files: { '/cd/tiny.iso': readFileSync(media.plain) } });
}, 600_000);
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const output = (name: string): string => join(folder, 'machines', name);
const install = (...words: string[]): string[] => [program('guestwright'), 'install', ...words];
const withEntry = (entry: TinyEntry = {}) => ({ cache, env: tinyPlaces(entry) });

/** Starts what was installed, logs in, and asks for its name. */
async function nameInside(machine: string, name: string): Promise<string> {
  const record = JSON.parse(readFileSync(join(machine, `${name}.install.json`), 'utf8'));
  const result = await bootTest({
    recommendation: record.recommendation,
    name,
    disks: [{ path: join(machine, `${name}.qcow2`), format: 'qcow2' }],
    firmware: 'bios',
    inside: { password: PASSWORD, commands: ['hostname'] },
  });
  return result.commands[0]!.output.trim();
}

/** The installer's own end, by the name that the machine is to have. */
async function installNamed(name: string, options: Partial<SystemOptions> = {}): Promise<Error | undefined> {
  const db = openDb({ env: tinyPlaces() });
  const prepared = await prepareInstallation(db, {
    what: media.plain,
    script: { profile: 'jeos' },
    config: new Map([
      ['admin-password', [PASSWORD]],
      ['hostname', [name]],
    ]),
    wishes: { name: `m-${name || 'asks'}`, output: output(name || 'asks') },
    to: 'qemu',
  });
  return await installSystem(db, prepared, { display: 'none', ...options }).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
}

describe(`a system from its installer${skipped(lacking)}`, () => {
  it.skipIf(lacking !== '')(
    'comes by its short id: fetched, verified, installed, described, and lets root in',
    async () => {
      const { createHash } = await import('node:crypto');
      const sum = createHash('sha256').update(readFileSync(media.plain)).digest('hex');
      server.offer.files['/cd/SHA256SUMS'] = `${sum}  tiny.iso\n`;
      const words = install('tiny1', '-f', answers, '--name', 'box', '-o', output('box'), '--console');
      const ended = await runTool(words, withEntry({ address: `${server.address}/cd/tiny.iso` }));
      expect(ended.code, ended.stderr).toBe(0);
      expect(ended.stderr).toContain(`its sha256 is what ${server.address}/cd/SHA256SUMS says`);
      expect(ended.stderr).toMatch(/told: .*tiny\.auto=1 console=ttyS0/);
      expect(ended.stderr + ended.stdout).not.toContain(PASSWORD);
      expect(filesIn(output('box'))).toEqual([
        'box.SHA256SUMS',
        'box.install.json',
        'box.libvirt.xml',
        'box.qcow2',
        'box.xml',
      ]);
      expect(filesIn(join(folder, 'machines'))).toEqual([
        'box',
        ...filesIn(output('box')).map((name) => `box/${name}`),
      ]);
      for (const file of ['box.install.json', 'box.xml', 'box.libvirt.xml'])
        expect(readFileSync(join(output('box'), file), 'utf8')).not.toContain(PASSWORD);
      expect(await nameInside(output('box'), 'box')).toBe('box');
      const again = await runTool(words, withEntry({ address: `${server.address}/cd/tiny.iso` }));
      expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/is there already; give another --name/) });
    },
  );

  it.skipIf(lacking !== '')(
    'whose medium starts by itself finds its answers on a second disc, and starts anew at the end',
    async () => {
      const words = install(
        media.bootable,
        '-f',
        answers,
        '-c',
        'hostname=anew',
        '--name',
        'disc',
        '-o',
        output('disc'),
        '-q',
      );
      const ended = await runTool(words, withEntry({ kernel: false, words: '' }));
      expect(ended.code, ended.stderr).toBe(0);
      expect(ended.stdout + ended.stderr).toBe('');
      expect(await nameInside(output('disc'), 'disc')).toBe('anew');
    },
  );

  it.skipIf(lacking !== '').each([
    ['asks', '', /asks what its answers do not say: .*What is this machine to be called\?/],
    ['stands still', 'still', /has done nothing for .* the console's last words: .*Now nothing happens/],
    ['panics', 'panic', /panicked; the console's last words: /],
    ['does nothing', 'nothing', /switched the machine off and has written nothing to its disk/],
  ])('that %s is ended, told in one line, and leaves nothing', async (_, name, message) => {
    const error = await installNamed(name, { limits: { question: 4, still: 60 } });
    expect(error?.message).toMatch(message);
    expect(error?.message).not.toContain('\n');
    expect(filesIn(output(name || 'asks'))).toEqual([]);
    expect(leftovers(join(folder, 'machines'))).toEqual([]);
  });

  it.skipIf(lacking !== '')('that goes over into what it installed is known by the prompt of that', async () => {
    expect(await installNamed('stays', { limits: { question: 4, still: 60 } })).toBeUndefined();
    expect(filesIn(output('stays'))).toContain('m-stays.qcow2');
  });

  it.skipIf(lacking !== '').each(['SIGINT', 'SIGKILL'] as const)(
    'that is ended by %s leaves nothing',
    async (signal) => {
      const place = join(folder, `killed-${signal}`);
      const words = install(media.plain, '-f', answers, '-c', 'hostname=still', '-o', join(place, 'm'), '--console');
      const running = startTool(words, withEntry());
      await running.saw('Now nothing happens');
      running.process.kill(signal);
      const { code, stderr } = await running.ended;
      if (signal === 'SIGINT')
        expect([code, stderr.trim().split('\n').at(-1)]).toEqual([
          130,
          expect.stringMatching(/^guestwright install: stopped; nothing is kept/),
        ]);
      await expect.poll(() => [...leftovers(place), ...filesIn(place)], { timeout: 15_000 }).toEqual([]);
    },
  );

  it.skipIf(lacking !== '')('is answered by a person where there is no script', async () => {
    const { spawn } = await import('node:child_process');
    const child = spawn(
      process.execPath,
      install(media.plain, '--script', 'none', '--name', 'by-hand', '-o', output('by-hand')),
      {
        env: { ...process.env, ...tinyPlaces(), GUESTWRIGHT_CACHE_DIR: cache },
      },
    );
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('What is this machine to be called?')) child.stdin.write('\x1d');
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    const code = await new Promise((done) => child.once('close', done));
    expect(said).toContain('What is this machine to be called?');
    expect(complaint).toContain('answer the installer here; Ctrl-] ends it');
    expect(code).toBe(1);
    expect(filesIn(output('by-hand'))).toEqual([]);
  });
});
