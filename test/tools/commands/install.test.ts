// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatFetched, formatInstalling, ProgressLine } from '../../../tools/install/progress-line.js';
import { makeIso, type TinyEntry, tinyPlaces } from '../../builder/install/database.js';
import { serve } from '../../builder/install/server.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { bundleTool, type Program } from '../bundle.js';

let program: Program;
beforeAll(async () => {
  program = await bundleTool('guestwright');
});
afterAll(() => program.remove());

/** One for all: a compiled index of the database is not made for each of them. */
const usual = tinyPlaces();
const place = newFolder();
const iso = makeIso({ 'boot/linux': 'no kernel', 'boot/initrd': 'no initrd' });

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function install(
  words: readonly string[],
  setting: { entry?: TinyEntry; input?: string; cwd?: string } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [program.path, 'install', ...words], {
    cwd: setting.cwd ?? place,
    env: { ...process.env, ...(setting.entry === undefined ? usual : tinyPlaces(setting.entry)) },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.end(setting.input ?? '');
  return new Promise((done) => child.once('close', (code) => done({ code, stdout, stderr })));
}

const SECRET = '[install-script]\nadmin-password=top secret\n';

describe('guestwright install', () => {
  it('says what it would do, with reasons, and does nothing', async () => {
    const { code, stdout, stderr } = await install(['debian12', '--arch', 'x86_64', '--dry-run', '-n', 'web'], {});
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^system +Debian 12 for x86_64\nmedium +https:\/\/\S+netinst\.iso \(.*small.*\)\nchecksum +\S+SHA512SUMS$/m,
    );
    expect(stdout).toMatch(/^answers +\S+preseed\/jeos \(.*\)$/m);
    expect(stdout).toMatch(/^result +\S+appliances\/web\/: .*web\.qcow2/m);
    expect(readdirSync(place)).toEqual([]);
  });

  it('takes passwords from standard input and from files, and lets none of them out', async () => {
    const file = join(newFolder(), 'answers.conf');
    writeFileSync(file, SECRET);
    for (const [words, input] of [
      [['-f', '-'], SECRET],
      [['-f', file], ''],
    ] as const) {
      const { code, stdout } = await install([iso, ...words, '--dry-run', '--json'], { input });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ format: 'guestwright/install-plan/1', os: { shortId: 'tiny1' } });
      expect(stdout).not.toContain('top secret');
    }
  });

  it.each([
    [['debian12', '-c', 'admin-password=x'], /admin-password on a command line is seen by all users/],
    [['debian12', '--script', 'none', '-c', 'hostname=x'], /--script none has none/],
    [['debian12', '--disk-size', 'sda=5G'], /there is one disk/],
    [['tiny1'], /database has no address of an installation medium of Tiny 1; give an ISO image/],
    [[iso, '-f', '/no/such/file'], /No such file/],
    [['/etc/hostname'], /hostname/],
  ])('refuses %j in one line', async (words, message) => {
    const { code, stdout, stderr } = await install(words);
    expect(stderr).toMatch(message);
    expect([code, stdout, stderr.trimEnd().split('\n').length]).toEqual([2, '', 1]);
    expect(stderr.startsWith('guestwright install: ')).toBe(true);
    expect(readdirSync(place)).toEqual([]);
  });

  it('tells in one line what cannot be fetched, or is not what its vendor says, and leaves nothing', async () => {
    const server = await serve({ files: { '/tiny.iso': 'not it', '/SHA256SUMS': `${'0'.repeat(64)}  tiny.iso\n` } });
    const entry = { address: `${server.address}/tiny.iso` };
    const wrong = await install(['tiny1', '-f', '-'], { entry, input: SECRET });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(
      /^guestwright install: tiny\.iso: its sha256 is \w{64}, and \S+ says 0{64}; it was thrown away/m,
    );
    delete server.offer.files['/tiny.iso'];
    delete server.offer.files['/SHA256SUMS'];
    const gone = await install(['tiny1', '-f', '-', '-q'], { entry, input: SECRET });
    expect(gone).toEqual({
      code: 1,
      stdout: '',
      stderr: `guestwright install: ${entry.address}: the server answered 404\n`,
    });
    await server.close();
    const away = await install([entry.address, '-f', '-', '-q'], { entry, input: SECRET });
    expect(away).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/nothing answers there \(connection refused\)\n$/),
    });
    expect(readdirSync(place)).toEqual([]);
  });

  it('does not touch a machine that is there', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'tiny1.qcow2'), 'mine');
    const { code, stderr } = await install([iso, '-f', '-', '-o', folder], { input: SECRET });
    expect([code, stderr]).toEqual([
      2,
      `guestwright install: ${folder}/tiny1.qcow2 is there already; give another --name or --output, or remove it\n`,
    ]);
    expect(readdirSync(folder)).toEqual(['tiny1.qcow2']);
  });
});

describe('progress', () => {
  it('tells how far and how fast', () => {
    expect(formatFetched(50 * 2 ** 20, 200 * 2 ** 20, 10 * 2 ** 20)).toMatch(
      /^ {2}25 % of 200 MiB, 10 MiB\/s, 15 s left$/,
    );
    expect(formatFetched(50 * 2 ** 20, undefined, undefined)).toBe('  50 MiB');
    expect(formatInstalling({ seconds: 185, writtenBytes: 2 ** 30, lastLine: 'a\x07b ' })).toBe(
      '  3 min, 1 GiB written: a b',
    );
  });

  it('writes one line anew on a terminal, and few lines elsewhere', () => {
    const said: string[] = [];
    const write = (text: string) => said.push(text);
    const line = new ProgressLine({ write }, false);
    for (let bytes = 0; bytes <= 100; bytes++) line.fetched({ bytes, total: 100 });
    expect(said.map((text) => text.trim().slice(0, 5))).toEqual(['0 % o', '100 %']);
    said.length = 0;
    const screen = new ProgressLine({ write, isTTY: true, columns: 40 }, false);
    screen.installed({ seconds: 1, writtenBytes: 0, lastLine: 'x'.repeat(200) });
    screen.say('done');
    expect(said).toEqual([`\r\x1b[K  1 s, 0 B written: ${'x'.repeat(19)}`, '\r\x1b[K', 'done\r\n']);
  });
});
