// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleTool, type Program } from './bundle.js';
import { expectAlike, hasOriginals, outcome } from './db-tools.js';

let program: Program;
beforeAll(async () => {
  program = await bundleTool('osinfo-db-path');
});
afterAll(() => program.remove());

const noPlaces = { OSINFO_SYSTEM_DIR: '', OSINFO_LOCAL_DIR: '', OSINFO_USER_DIR: '' };
const ours = (words: readonly string[], env: Record<string, string> = {}) =>
  outcome([process.execPath, program.path, ...words], { env, cwd: '/tmp' });

describe.skipIf(!hasOriginals)('osinfo-db-path beside the original (packages osinfo-db-tools, osinfo-db)', () => {
  const cases: readonly (readonly [readonly string[], Readonly<Record<string, string>>?])[] = [
    [[]],
    [['--user']],
    [['--local']],
    [['--system']],
    [['--user'], { OSINFO_USER_DIR: 'relative/place' }],
    [['--dir', '/some/where']],
    [['--dir=../x/./y/']],
    [['--root', '/r']],
    [['--root', '/r', '--system']],
    [['--root', 'rel', '--local']],
    [['--root', '/r', '--dir', 'rel']],
    [['--nope']],
    [['--dir']],
    [['extra']],
    [['--system', 'extra']],
    [['--user', '--local']],
    [['--system', '--dir', '/x']],
    [['--', '--user']],
  ];
  for (const [words, env = {}] of cases) {
    it(
      [...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...words].join(' ') || 'nothing said',
      async () => {
        expectAlike(await ours(words, env), await outcome(['osinfo-db-path', ...words], { env, cwd: '/tmp' }));
      },
    );
  }
});

describe('osinfo-db-path', () => {
  it('knows the places where the environment names none', async () => {
    const env = { ...noPlaces, XDG_CONFIG_HOME: '/config' };
    for (const [word, path] of [
      ['--user', '/config/osinfo'],
      ['--local', '/etc/osinfo'],
      ['--system', '/usr/share/osinfo'],
    ] as const) {
      expect(await ours([word], env)).toEqual({ exit: 0, stdout: `${path}\n`, stderr: '' });
    }
    expect((await ours(['--user'], { ...noPlaces, HOME: '/home/me' })).stdout).toBe('/home/me/.config/osinfo\n');
  });

  it('refuses a folder without a name, which the original prints as (null)', async () => {
    expect(await ours(['--dir', ''])).toEqual({ exit: 1, stdout: '', stderr: '--dir names no folder; give a path\n' });
  });

  it('prints help on standard output', async () => {
    const { exit, stdout } = await ours(['--help']);
    expect([exit, stdout.includes('--system')]).toEqual([0, true]);
  });
});
