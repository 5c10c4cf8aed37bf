// SPDX-License-Identifier: Apache-2.0
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderOf, newFolder } from '../../osinfo/load/folders.js';
import { bundleQuick, type Said } from '../ks-programs.js';

const folder = folderOf({
  'good.ks': 'lang de_DE\n%include /tmp/part.ks\nreboot\n',
  'part.ks': 'part / --siz 5\n',
  'bad.ks': 'lang a\nfrob\ninstall\n',
  'main.ks': 'lang a\n%include sub/deep.ks\n',
  'sub/deep.ks': '\n  part --size=1\n',
});
const file = (name: string) => join(folder, name);
let start: (argv: readonly string[], input?: string) => Said;

beforeAll(() => {
  start = bundleQuick(
    'ks',
    `import { command } from './tools/commands/ks.js';
     import { runCommand } from './tools/main.js';
     runCommand(command().name('guestwright ks'), process.argv.slice(2));`,
    newFolder(),
  );
});

/** The command as a process of its own. */
const run = (...argv: string[]): Said => start(argv);

describe('guestwright ks check', () => {
  it('checks many files, says all that is wrong, and ends with 2', () => {
    const { status, out } = run('check', file('bad.ks'), file('none.ks'), file('part.ks'));
    expect(status).toBe(2);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/bad\.ks:2:1: "frob" is no kickstart command/),
      expect.stringMatching(/bad\.ks:3:1: notice: install was removed/),
      `${file('none.ks')}:1:1: there is no such file: check the path`,
      '',
    ]);
  });

  it('checks by a version, and says nothing of what is right', () => {
    expect(run('check', '--define-include', `/tmp/part.ks=${file('part.ks')}`, file('good.ks'))).toEqual({
      status: 0,
      out: '',
      err: '',
    });
    expect(run('check', '--ks-version', 'RHEL9', file('bad.ks')).out).toMatch(
      /bad\.ks:3:1: install is no longer in RHEL9/,
    );
    const unknown = run('check', '--ks-version', 'F99', file('part.ks'));
    expect(unknown).toMatchObject({ status: 2, out: '' });
    expect(unknown.err).toMatch(/^guestwright ks: "F99" is no version of the kickstart language/);
  });

  it('names the included file', () => {
    expect(run('check', file('main.ks'))).toMatchObject({
      status: 2,
      out: `${file('sub/deep.ks')}:2:3: part needs a mount point\n`,
    });
  });

  it('reads standard input', () => {
    expect(start(['check', '-'], 'lang a\nfrob\n')).toMatchObject({
      status: 2,
      out: expect.stringMatching(/^<stdin>:2:1: "frob"/),
    });
    expect(start(['check', '--json', '-'], 'lang a\n').out).toBe('{"file":"-","ok":true,"issues":[]}\n');
    expect(start(['flatten', '-'], `part / --siz=1\n%include ${file('part.ks')}\n`).out).toBe(
      'part / --size=1\npart / --size=5\n',
    );
  });

  it('prints a line of JSON a file', () => {
    const { status, out } = run('check', '--json', file('part.ks'), file('bad.ks'));
    expect(status).toBe(2);
    const lines = out.split('\n').filter((line) => line !== '');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { file: file('part.ks'), ok: true, issues: [] },
      {
        file: file('bad.ks'),
        ok: false,
        issues: [
          {
            file: file('bad.ks'),
            line: 2,
            column: 1,
            severity: 'error',
            code: 'unknown-command',
            message: expect.stringMatching(/^"frob"/),
          },
          expect.objectContaining({ line: 3, severity: 'notice' }),
        ],
      },
    ]);
  });

  it('prints one document of SARIF', () => {
    const { status, out } = run('check', '--sarif', file('part.ks'), file('bad.ks'));
    expect(status).toBe(2);
    const [found] = JSON.parse(out).runs;
    expect(found.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['removed-command', 'unknown-command']);
    expect(found.results).toEqual([
      expect.objectContaining({ ruleId: 'unknown-command', ruleIndex: 1, level: 'error' }),
      expect.objectContaining({ ruleId: 'removed-command', ruleIndex: 0, level: 'note' }),
    ]);
    expect(found.results[0].locations[0].physicalLocation.region).toEqual({ startLine: 2, startColumn: 1 });
    expect(run('check', '--sarif', '--json', file('part.ks')).status).toBe(2);
  });
});

describe('guestwright ks format', () => {
  it('prints one, and writes many into their files', () => {
    const mine = folderOf({ 'a.ks': 'part / --siz 5 # c\n', 'b.ks': 'lang a\n' });
    symlinkSync('a.ks', join(mine, 'link.ks'));
    chmodSync(join(mine, 'a.ks'), 0o640);
    const before = statSync(join(mine, 'b.ks')).mtimeMs;
    expect(run('format', join(mine, 'a.ks'))).toEqual({ status: 0, out: 'part / --size=5 # c\n', err: '' });
    expect(run('format', '--write', join(mine, 'link.ks'), join(mine, 'b.ks'))).toEqual({
      status: 0,
      out: '',
      err: '',
    });
    expect(readFileSync(join(mine, 'a.ks'), 'utf8')).toBe('part / --size=5 # c\n');
    expect(statSync(join(mine, 'a.ks')).mode & 0o777).toBe(0o640);
    expect(lstatSync(join(mine, 'link.ks')).isSymbolicLink()).toBe(true);
    expect(statSync(join(mine, 'b.ks')).mtimeMs).toBe(before);
    expect(readdirSync(mine).sort()).toEqual(['a.ks', 'b.ks', 'link.ks']);
  });

  it('refuses what is wrong, and what nobody can mean', () => {
    expect(run('format', file('bad.ks'))).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringMatching(/bad\.ks:2:1/),
    });
    expect(run('format', file('part.ks'), file('good.ks'))).toMatchObject({ status: 2, out: '' });
    expect(start(['format', '-w', '-'], 'lang a')).toMatchObject({ status: 2, out: '' });
  });
});

describe('guestwright ks upgrade', () => {
  it('prints the new text, says what it did, and ends with 1 where something is left', () => {
    const { status, out, err } = start(['upgrade', '--to', 'RHEL10', '-'], 'install\nbtrfs / --label=x a\nlang b\n');
    expect(status).toBe(1);
    expect(out).toBe('btrfs / --label=x a\nlang b\n');
    expect(err.split('\n')).toEqual([
      '<stdin>:1:1: notice: install is gone: installing is what a kickstart does',
      expect.stringMatching(/^<stdin>:2:1: btrfs is no longer in RHEL10/),
      '',
    ]);
    expect(run('upgrade', '--to', 'RHEL10', file('part.ks'))).toEqual({ status: 0, out: 'part / --siz 5\n', err: '' });
    expect(run('upgrade', '--to', 'RHEL1', file('part.ks')).status).toBe(2);
    expect(run('upgrade', file('part.ks')).status).toBe(2);
  });

  it('writes into the file', () => {
    const path = join(newFolder(), 'a.ks');
    writeFileSync(path, 'install\nlang a\n');
    expect(run('upgrade', '-w', '--to', 'F45', path)).toMatchObject({ status: 0, out: '' });
    expect(readFileSync(path, 'utf8')).toBe('lang a\n');
  });
});

describe('guestwright ks flatten, json and explain', () => {
  it('flattens what is right', () => {
    expect(run('flatten', '--define-include', `/tmp/part.ks=${file('part.ks')}`, file('good.ks'))).toEqual({
      status: 0,
      out: 'lang de_DE\npart / --size=5\nreboot\n',
      err: '',
    });
    expect(run('flatten', file('bad.ks'))).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringMatching(/bad\.ks:2:1: "frob"/),
    });
  });

  it('prints the model', () => {
    const { out } = run('json', file('part.ks'));
    expect(JSON.parse(out)).toMatchObject({
      format: 'guestwright/kickstart/1',
      parts: [{ mountpoint: '/', sizeMiB: 5 }],
    });
  });

  it('explains what each command does to an image', () => {
    const { out } = run('explain', '--define-include', `/tmp/part.ks=${file('part.ks')}`, file('good.ks'));
    expect(out.replaceAll(`${folder}/`, '').split('\n')).toEqual([
      'good.ks:1: done       lang sets the language of the system and makes its locales',
      'part.ks:1: done       part makes this partition, its file system and its line in /etc/fstab',
      'good.ks:3: no-effect  reboot says what the installer does when it has finished; an image does not start by itself',
      '',
    ]);
  });

  it('explains what the user accepts to be without effect', () => {
    const text = 'realm join example.org\nsnapshot vg/lv --name=a --when=pre-install\n';
    expect(start(['explain', '--allow-ignored', 'realm', '-'], text).out).toMatch(
      /^<stdin>:1: no-effect .*\(ignored, as --allow-ignored realm says\)\n<stdin>:2: refused /,
    );
  });
});
