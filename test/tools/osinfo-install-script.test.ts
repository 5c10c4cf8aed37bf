// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newFolder } from '../osinfo/archive/archives.js';
import { bundleTool, type Program } from './bundle.js';
import { hasOriginals, type Outcome, outcome, type Setting } from './db-tools.js';

const folder = newFolder();
let program: Program;
beforeAll(async () => {
  program = await bundleTool('osinfo-install-script');
});
afterAll(() => {
  program.remove();
  folder.remove();
});

let place: string;
let out: string;
beforeEach(() => {
  place = mkdtempSync(join(folder.path, 'place-'));
  out = join(place, 'out');
  mkdirSync(out);
});

const system = { OSINFO_SYSTEM_DIR: '/usr/share/osinfo', XDG_CACHE_HOME: folder.path };
const ours = (words: readonly string[], setting: Setting = {}) =>
  outcome([process.execPath, program.path, ...words], { cwd: place, ...setting, env: { ...system, ...setting.env } });
const theirs = (words: readonly string[]) =>
  outcome(['/usr/bin/timeout', '60', '/usr/bin/osinfo-install-script', ...words], { cwd: place, env: system });

const file = (name: string, text: string): string => {
  writeFileSync(join(place, name), text);
  return join(place, name);
};

/** GLib's warnings are no part of a contract, nor is the order of a hash table, nor the help, which has more options here. */
const comparable = ({ exit, stdout, stderr }: Outcome) => ({
  exit: Number(exit),
  stdout: stdout.split('\n').sort(),
  stderr: stderr
    .replace(/Usage:[\s\S]*$/, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('** (') && !line.startsWith('osinfo-install-script: ')),
});

describe.skipIf(!hasOriginals)('osinfo-install-script beside the original (packages osinfo-bin, osinfo-db)', () => {
  it.each<readonly [string, readonly string[]]>([
    ['parameters of a profile', ['--list-config', '-p', 'desktop', 'fedora36']],
    ['profiles', ['--list-profiles', 'win10']],
    ['ways to give a script to an installer', ['--list-injection-methods', 'http://fedoraproject.org/fedora/36']],
    ['profiles where there are none', ['--list-profiles', 'alpinelinux3.14']],
    ['a script', ['fedora36']],
    ['a script, quietly', ['-q', 'debian11']],
    ['no argument', []],
    ['two lists', ['--list-config', '--list-profiles', 'fedora36']],
    ['an unknown OS', ['nope']],
    ['a profile that is not there', ['-p', 'nope', 'fedora36']],
    ['a pair that is none', ['-c', 'nokv', 'fedora36']],
    ['an option that is not there', ['--nope']],
    ['a source that is none', ['-s', 'bogus', 'fedora36']],
  ])('%s', async (_, words) => {
    expect(comparable(await ours(words))).toEqual(comparable(await theirs(words)));
  });

  it('reads the same file of parameters, and writes the same file', async () => {
    const config = file(
      'answers.conf',
      '[install-script]\nhostname=box\nadmin-password=topsecret\nuser-login=berta\nuser-password=alsosecret\nunknown=x\nl10n-keyboard=de_DE\n',
    );
    expect(await ours(['-p', 'desktop', '-f', config, '-d', out, 'fedora36'])).toEqual({
      exit: 0,
      stdout: 'fedora.ks\n',
      stderr: '',
    });
    const mine = readFileSync(join(out, 'fedora.ks'), 'utf8');
    await theirs(['-p', 'desktop', '-f', config, '-d', out, 'fedora36']);
    expect(readFileSync(join(out, 'fedora.ks'), 'utf8')).toBe(mine);
  });
});

describe.skipIf(!hasOriginals)("what the original leaves undone (package osinfo-db's scripts)", () => {
  it('files are for their owner alone, and what was there is kept', async () => {
    writeFileSync(join(out, 'fedora.ks'), 'old');
    expect(await ours(['-c', 'admin-password=x', '-d', out, 'fedora36'])).toMatchObject({ exit: 0 });
    expect(statSync(join(out, 'fedora.ks')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(out, 'fedora.ks~'), 'utf8')).toBe('old');
    expect(readdirSync(out).sort()).toEqual(['fedora.ks', 'fedora.ks~']);
  });

  it('a file of parameters that is not there is named', async () => {
    const { exit, stderr } = await ours(['-f', 'missing.conf', 'fedora36']);
    expect([exit, stderr.split('\n')[0]]).toEqual([
      255,
      'Error while parsing options: missing.conf: No such file or directory',
    ]);
  });

  it('a prefix stands once', async () => {
    expect((await ours(['-q', '-P', 'a', '-d', out, 'fedora36'])).exit).toBe(0);
    expect(readdirSync(out)).toEqual(['a-fedora.ks']);
  });

  it('tells a password that it made up, which is the one in the file', async () => {
    const { stderr } = await ours(['-d', out, 'fedora36']);
    const password = /made up: (\w{16})\n$/.exec(stderr)?.[1];
    expect(readFileSync(join(out, 'fedora.ks'), 'utf8')).toContain(`rootpw '${password}'`);
  });

  it('a required parameter that is missing is named, and nothing is written', async () => {
    const { exit, stderr } = await ours(['-p', 'desktop', '-d', out, '-c', 'admin-password=x', 'fedora36']);
    expect([exit, stderr.split('\n').at(-2)]).toEqual([
      251,
      'Unable to generate install script: http://fedoraproject.org/fedora/kickstart/desktop needs user-login; give it with --config-file or --config',
    ]);
    expect(readdirSync(out)).toEqual([]);
  });

  it('a folder that is not there does not hang it', async () => {
    const { exit, stderr } = await ours(['-d', join(place, 'none'), 'fedora36']);
    expect([exit, stderr]).toEqual([
      251,
      `Unable to generate install script: there is no folder ${join(place, 'none')}; make it first, or give another --output-dir\n`,
    ]);
  });

  it('parameters come from standard input, where no list of processes shows them', async () => {
    const input = '[install-script]\nadmin-password=from-stdin\n';
    expect(await ours(['-f', '-', '-d', out, 'fedora36'], { input })).toEqual({
      exit: 0,
      stdout: 'fedora.ks\n',
      stderr: '',
    });
    expect(readFileSync(join(out, 'fedora.ks'), 'utf8')).toContain("rootpw 'from-stdin'");
  });

  it('a password on the command line is done with a warning', async () => {
    const { exit, stderr } = await ours(['-c', 'admin-password=x', '-d', out, 'fedora36']);
    expect([exit, stderr]).toEqual([
      0,
      'osinfo-install-script: warning: admin-password on a command line is seen by all users of this machine; use --config-file\n',
    ]);
  });

  it('a prefix with a folder in it is refused', async () => {
    expect((await ours(['-P', '../x', '-d', out, 'fedora36'])).exit).toBe(251);
    expect(readdirSync(place).sort()).toEqual(['out']);
  });

  it('prints what the kernel of the installer is to be told', async () => {
    const { stdout } = await ours(['--command-line', '-c', 'l10n-keyboard=de_DE', 'debian11']);
    expect(stdout).toBe('keyboard-configuration/xkb-keymap=de debconf/priority=critical\n');
  });
});
