// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filesIn, makeFolder, program, remains, root, runTool, startTool } from './machine.js';

/** Tests of builds that are killed when they say one of `moments`, and of the one that follows. */
export function describeKilled(moments: readonly string[]): void {
  const folder = makeFolder();
  const cache = join(folder, 'cache');
  const out = join(folder, 'out');
  const kickstart = join(root, 'kickstarts/debian-12-minimal.ks');
  const words = [program('guestwright'), 'build', kickstart, '-o', out, '-f', 'qcow2', '--verbose'];

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe('a build that is killed', () => {
    it.each(moments)('at «%s» leaves nothing behind', async (moment) => {
      const running = startTool(words, { cache });
      await running.saw(moment);
      running.process.kill('SIGKILL');
      await running.ended;
      expect(filesIn(out)).toEqual([]);
      expect(await remains(folder, join(cache, 'work'))).toEqual([]);
    });

    it('is simply done the next time', async () => {
      const { code, stderr } = await runTool(words, { cache });
      expect(code, stderr).toBe(0);
      expect(filesIn(out)).toContain('debian-12-minimal-sda.qcow2');
      expect(await remains(folder, join(cache, 'work'))).toEqual([]);
    });

    it('is stopped by Ctrl-C within 2 s, with one line and exit code 1', async () => {
      const running = startTool(words, { cache });
      await running.saw('disks: sda3: ext4 /');
      const started = Date.now();
      running.process.kill('SIGINT');
      const { code, stderr } = await running.ended;
      expect(Date.now() - started).toBeLessThan(2000);
      expect(code).toBe(1);
      expect(stderr.trim().split('\n').at(-1)).toBe(
        'guestwright build: the build was stopped; nothing was left behind',
      );
      expect(await remains(folder, join(cache, 'work'))).toEqual([]);
    });
  });
}

/** A build that is killed at moments that nobody chose, and goes on from what is kept; the last one ends. */
export function describeKilledAtRandom(times: number): void {
  const folder = makeFolder();
  const cache = join(folder, 'cache');
  const out = join(folder, 'out');
  const kickstart = join(root, 'kickstarts/debian-12-minimal.ks');
  const words = [program('guestwright'), 'build', kickstart, '-o', out, '-f', 'qcow2', '-q'];

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(`a build that is killed at ${times} random moments leaves nothing behind, and ends the next time`, async () => {
    const started = performance.now();
    expect((await runTool(words, { cache })).code).toBe(0);
    const whole = performance.now() - started;
    const files = filesIn(out);
    rmSync(out, { recursive: true });
    for (let index = 0; index < times; index++) {
      // From time to time all is done anew.
      if (index % 5 === 0) rmSync(join(cache, 'build'), { recursive: true, force: true });
      const running = startTool(words, { cache });
      // More of them early: what is kept makes most builds shorter than the first.
      const moment = Math.random() ** 2 * whole;
      const timer = setTimeout(() => running.process.kill('SIGKILL'), moment);
      await running.ended;
      clearTimeout(timer);
      const said = `killed after ${Math.round(moment)} ms`;
      expect([[], files], said).toContainEqual(filesIn(out));
      expect(await remains(folder, join(cache, 'work')), said).toEqual([]);
      expect(filesIn(join(cache, 'running')), said).toEqual([]);
      expect(
        filesIn(join(cache, 'build/stages')).filter((name) => name.includes('part')),
        said,
      ).toEqual([]);
    }
    expect((await runTool(words, { cache })).code).toBe(0);
    expect(filesIn(out)).toEqual(files);
  });
}
