// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder = '';
const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestwright-ks-command-'));
  writeFileSync(file('good.ks'), 'lang de_DE\n%include /tmp/part.ks\nreboot\n');
  writeFileSync(file('part.ks'), 'part / --siz 5\n');
  writeFileSync(file('bad.ks'), 'lang a\nfrob\ninstall\n');
  const contents = `import { command } from './tools/commands/ks.js';
    import { runCommand } from './tools/main.js';
    runCommand(command().name('guestwright ks'), process.argv.slice(2));`;
  buildSync({
    stdin: { contents, resolveDir: join(import.meta.dirname, '../../..'), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: file('ks.cjs'),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command as a process of its own. */
function run(...argv: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file('ks.cjs'), ...argv], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, out: stdout, err: stderr };
}

describe('guestwright ks', () => {
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

  it('prints a line of JSON a file', () => {
    const { status, out } = run('check', '--json', file('part.ks'), file('bad.ks'));
    expect(status).toBe(2);
    const lines = out.split('\n').filter((line) => line !== '');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { format: 'guestwright/ks-check/1', file: file('part.ks'), ok: true, issues: [] },
      {
        format: 'guestwright/ks-check/1',
        file: file('bad.ks'),
        ok: false,
        issues: [
          expect.objectContaining({
            file: file('bad.ks'),
            line: 2,
            column: 1,
            severity: 'error',
            code: 'unknown-command',
          }),
          expect.objectContaining({ line: 3, severity: 'notice' }),
        ],
      },
    ]);
  });

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
});
