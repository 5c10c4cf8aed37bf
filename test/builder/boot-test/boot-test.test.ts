// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootTest } from '../../../builder/boot-test/boot-test.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { writeTinyGuest } from '../machine/tiny-guest.js';

const folder = newFolder();
const before = process.env['GUESTWRIGHT_CACHE_DIR'];
beforeAll(() => {
  process.env['GUESTWRIGHT_CACHE_DIR'] = join(folder, 'cache');
});
afterAll(() => {
  if (before === undefined) delete process.env['GUESTWRIGHT_CACHE_DIR'];
  else process.env['GUESTWRIGHT_CACHE_DIR'] = before;
});

const db = openDb();
const recommendation = recommend({
  os: db.os('debian12'),
  platform: db.platform('qemu-7.2'),
  overrides: { memoryBytes: 64 * 1024 ** 2, cpus: 1 },
  image: { firmware: ['bios'] },
});

function guest(says: string) {
  const path = writeTinyGuest(join(folder, `${says.length}.raw`), says);
  return { recommendation, name: 'tiny', disks: [{ path, format: 'raw' }], firmware: 'bios' as const };
}

describe('a guest that is started from its image', () => {
  it('passes when it comes to a login prompt, and its screen is a picture', async () => {
    const screenshot = join(folder, 'pictures/screen.png');
    const started = guest('\r\ntiny login: ');
    const written = statSync(started.disks[0]!.path).mtimeMs;
    const result = await bootTest({ ...started, screenshot, timeoutSeconds: 60 });
    expect(result).toEqual({
      firmware: 'bios',
      accelerator: expect.stringMatching(/^(?:kvm|tcg)$/),
      seconds: expect.any(Number),
      checks: [],
      commands: [],
      failures: [],
      screenshot,
    });
    const png = readFileSync(screenshot);
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect(png.readUInt32BE(16)).toBeGreaterThanOrEqual(640);
    expect(statSync(started.disks[0]!.path).mtimeMs).toBe(written);
  });

  it('passes with another text that was expected of it, in the midst of others', async () => {
    const lines: string[] = [];
    const result = await bootTest({
      ...guest('one\r\nready (for work), at last\r\n'),
      expect: 'ready (for work)',
      timeoutSeconds: 60,
      onLine: (line) => void lines.push(line),
    });
    expect(result).toMatchObject({ expected: 'ready (for work)', failures: [] });
    expect(lines).toContain('one');
  });

  it('fails without it: with the last words, all of them kept, and a picture', async () => {
    const screenshot = join(folder, 'failed.png');
    const error = await bootTest({ ...guest('panic: no root\r\n'), screenshot, timeoutSeconds: 3 }).catch(
      (one: Error) => one,
    );
    const log = join(folder, 'cache/logs/failed-boot-tiny-x86_64-bios.log');
    expect((error as Error).message).toBe(
      `no login prompt within 3 s from BIOS; the console's last words: panic: no root (console: ${log})`,
    );
    expect(readFileSync(log, 'utf8')).toContain('panic: no root\n');
    expect(existsSync(screenshot)).toBe(true);
  });

  it('fails when nobody answers behind the prompt', async () => {
    const inside = { password: 'x', commands: ['true'] };
    await expect(bootTest({ ...guest('tiny login: '), inside, timeoutSeconds: 3 })).rejects.toThrow(
      /^no question for root’s password within 3 s from BIOS; the console's last words: tiny login: root/,
    );
  });

  it('is stopped by who asked for it', async () => {
    const stopper = new AbortController();
    const running = bootTest({ ...guest('waiting'), signal: stopper.signal });
    setTimeout(() => stopper.abort(), 300);
    await expect(running).rejects.toThrow('the boot test was stopped');
  });

  it('is not started from an image that is not there', async () => {
    const missing = { ...guest('x'), disks: [{ path: join(folder, 'missing.raw'), format: 'raw' }] };
    await expect(bootTest(missing)).rejects.toThrow(
      /^QEMU ended by itself \(exit code 1\) from BIOS; .*missing\.raw.*No such file/,
    );
  });
});
