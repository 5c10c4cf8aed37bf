// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../osinfo/package-root.js';
import { planMatrix } from '../../../tools/build/matrix.js';
import type { BuildRequest } from '../../../tools/build/plan-build.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { bundleTool, type Program } from '../bundle.js';

const REQUEST = { outputFolder: undefined, name: undefined } as unknown as BuildRequest;
const labels = (files: string[], archs: (string | undefined)[] = [undefined], request = REQUEST) =>
  planMatrix(request, files, archs).map(({ label, request: one }) => [label, one.file, one.arch, one.outputFolder]);

describe('several builds', () => {
  it('have a folder each: by their names, and by the architecture where there are several', () => {
    expect(labels(['x/a.ks', 'b.cfg'])).toEqual([
      ['a', 'x/a.ks', undefined, 'appliances/a'],
      ['b', 'b.cfg', undefined, 'appliances/b'],
    ]);
    expect(labels(['a.ks'], ['amd64', 'arm64'], { ...REQUEST, outputFolder: 'out' })).toEqual([
      ['a-x86_64', 'a.ks', 'x86_64', 'out/a-x86_64'],
      ['a-aarch64', 'a.ks', 'aarch64', 'out/a-aarch64'],
    ]);
  });

  it('of one architecture by two names are one', () => {
    expect(labels(['a.ks', 'b.ks'], ['amd64', 'x86_64'])).toEqual([
      ['a', 'a.ks', 'x86_64', 'appliances/a'],
      ['b', 'b.ks', 'x86_64', 'appliances/b'],
    ]);
  });

  it('that would meet in a folder, and a name for all of them, are refused', () => {
    expect(() => labels(['x/a.ks', 'y/a.ks'])).toThrow('x/a.ks and y/a.ks would both be written to appliances/a');
    expect(() => labels(['a.ks', 'a.ks'])).toThrow('would both be written');
    expect(() => labels(['a.ks', 'b.ks'], undefined, { ...REQUEST, name: 'web' })).toThrow('--name web names one');
    expect(() => labels(['a.ks'], ['amd64', 'amd46'])).toThrow(/--arch amd46.*amd64/);
  });

  it('have a picture of the screen each', () => {
    const bootTest = { commands: [], screenshot: 'shots/screen.png' };
    const builds = planMatrix({ ...REQUEST, bootTest }, ['a.ks', 'b.ks'], [undefined]);
    expect(builds.map(({ request }) => request.bootTest?.screenshot)).toEqual([
      'shots/screen-a.png',
      'shots/screen-b.png',
    ]);
  });
});

describe('guestwright build a.ks b.ks', () => {
  let program: Program;
  const folder = newFolder();
  const good = readFileSync(join(packageRoot(), 'kickstarts/debian-12-minimal.ks'), 'utf8');

  beforeAll(async () => {
    program = await bundleTool('guestwright');
    writeFileSync(join(folder, 'good.ks'), good);
    writeFileSync(join(folder, 'bad.ks'), good.replace('timezone', 'timezoen'));
  }, 60_000);
  afterAll(() => program.remove());

  function start(...words: string[]) {
    const child = spawn(process.execPath, [program.path, 'build', ...words], {
      cwd: folder,
      env: { ...process.env, GUESTWRIGHT_CACHE_DIR: join(folder, 'cache'), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    const heard: (() => void)[] = [];
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk: Buffer) => {
        said[name] += chunk.toString();
        for (const one of heard) one();
      });
    const ended = new Promise<{ code: number | null } & typeof said>((resolve) =>
      child.once('close', (code) => resolve({ code, ...said })),
    );
    const saw = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => void (said.stderr.includes(text) && resolve());
        heard.push(look);
        look();
      });
    return { child, ended, saw };
  }

  const check = (name: string) =>
    new Ajv({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(readFileSync(join(packageRoot(), `schema/${name}.schema.json`), 'utf8')),
    );

  it('goes on where one fails, ends with the worst exit code, and is one document', async () => {
    const words = ['bad.ks', 'good.ks', '--mirror', 'http://127.0.0.1:9/debian', '--jobs', '2'];
    const { code, stdout, stderr } = await start(...words, '--json', '--progress', 'json').ended;
    expect(code).toBe(2);
    const document = JSON.parse(stdout) as { builds: { label: string; exitCode: number; error: string }[] };
    const validate = check('builds');
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    expect(document.builds.map(({ label, exitCode }) => [label, exitCode])).toEqual([
      ['bad', 2],
      ['good', 1],
    ]);
    expect(document.builds[0]!.error).toMatch(/bad\.ks:\d+.*timezoen/);
    expect(document.builds[1]!.error).toMatch(/cannot be reached/);
    const lines = stderr.trim().split('\n');
    const events = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as { build: string });
    const event = check('build-event');
    for (const one of events) expect(event(one), JSON.stringify([one, event.errors])).toBe(true);
    expect(events).toContainEqual({ build: 'good', type: 'stage', stage: 'prepare', status: 'start' });
    expect(lines.filter((line) => !line.startsWith('{')).map((line) => line.slice(0, 23))).toEqual([
      'guestwright build: bad:',
      'guestwright build: good',
    ]);
    expect(readdirSync(folder)).not.toContain('appliances');
  });

  it('shows lines with the names of the builds in them, and a table', async () => {
    const { code, stdout, stderr } = await start(
      'good.ks',
      '--arch',
      'amd64,arm64',
      '--mirror',
      'http://127.0.0.1:9/debian',
      '--jobs',
      '1',
    ).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('[good-x86_64] check this machine and the mirror …');
    expect(stderr).toContain('[good-aarch64] check this machine and the mirror …');
    expect(stdout).toMatch(/✗ good-x86_64 .*exit code 1\n {2}✗ good-aarch64 .*exit code 1\n\n2 of 2 builds failed/);
  });

  it('with --dry-run prints all plans', async () => {
    const { code, stdout } = await start('good.ks', '--arch', 'amd64,arm64', '--dry-run', '--json').ended;
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { arch: { name: string } }[]).map(({ arch }) => arch.name)).toEqual([
      'x86_64',
      'aarch64',
    ]);
  });

  it('with --dry-run prints the plans that there are, and says which there are not', async () => {
    const words = ['bad.ks', 'good.ks', '--arch', 'amd64,arm64', '--dry-run', '--json'];
    const { code, stdout, stderr } = await start(...words).ended;
    expect(code).toBe(2);
    expect((JSON.parse(stdout) as { name: string; arch: { name: string } }[]).map((one) => one.arch.name)).toEqual([
      'x86_64',
      'aarch64',
    ]);
    expect(stderr).toMatch(/^guestwright build: bad-x86_64: bad\.ks:\d+.*timezoen/m);
    expect(stderr).toMatch(/^guestwright build: bad-aarch64: bad\.ks:\d+.*timezoen/m);
  });

  it.each([
    ['one', ['good.ks'], 'the build was stopped; nothing was left behind'],
    ['all', ['good.ks', 'good.ks', '--arch', 'amd64,arm64'], 'the builds were stopped; nothing was left behind'],
  ])('is stopped by Ctrl-C within 2 s, %s of them, also while a mirror does not answer', async (_name, files, says) => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const words = [...new Set(files)];
    const { port } = server.address() as AddressInfo;
    const running = start(...words, '--mirror', `http://127.0.0.1:${port}/debian`);
    const asked = new Promise<void>((resolve) => server.once('connection', () => resolve()));
    await asked;
    const started = performance.now();
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(performance.now() - started).toBeLessThan(2000);
    expect(stderr.trim().split('\n').at(-1)).toBe(`guestwright build: ${says}`);
    expect(code).toBe(1);
    server.close();
  });
});
