// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filesIn, makeFolder, program, remains, root, runTool, startTool } from './machine.js';

const folder = makeFolder();
const cache = join(folder, 'cache');
const out = join(folder, 'out');
const words = [
  program('guestwright'),
  'build',
  join(root, 'kickstarts/debian-12-minimal.ks'),
  '-o',
  out,
  '-f',
  'qcow2',
  '--verbose',
];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a stage says when it is at work; the first ones before anything is kept, the last ones after. */
const MOMENTS = [
  'check this machine and the mirror …',
  'install: running apt-get update',
  'install: installing essential packages',
  'configure: initramfs of',
  'clean up …',
  'disks: sda: ext4 /',
  'write the images …',
  'describe the appliance …',
];

describe('a build that is killed', () => {
  for (const moment of MOMENTS) {
    it(`at «${moment}» leaves nothing behind`, async () => {
      const running = startTool(words, { cache });
      await running.saw(moment);
      running.process.kill('SIGKILL');
      await running.ended;
      expect(filesIn(out)).toEqual([]);
      expect(await remains(folder, join(cache, 'work'))).toEqual([]);
    });
  }

  it('is simply done the next time', async () => {
    const { code, stderr } = await runTool(words, { cache });
    expect(code, stderr).toBe(0);
    expect(filesIn(out)).toContain('debian-12-minimal-sda.qcow2');
    expect(await remains(folder, join(cache, 'work'))).toEqual([]);
  });

  it('is stopped by Ctrl-C within 2 s, with one line and exit code 1', async () => {
    const running = startTool(words, { cache });
    await running.saw('disks: sda: ext4 /');
    const started = Date.now();
    running.process.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(Date.now() - started).toBeLessThan(2000);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toBe('guestwright build: the build was stopped; nothing was left behind');
    expect(await remains(folder, join(cache, 'work'))).toEqual([]);
  });
});
