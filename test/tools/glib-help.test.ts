// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { glibHelp } from '../../tools/help/glib-help.js';
import { command as exportCommand } from '../../tools/osinfo-db-export.js';
import { command as importCommand } from '../../tools/osinfo-db-import.js';
import { command as pathCommand } from '../../tools/osinfo-db-path.js';
import { command as validateCommand } from '../../tools/osinfo-db-validate.js';
import { command as queryCommand } from '../../tools/osinfo-query.js';
import { newFolder } from '../osinfo/load/folders.js';
import { bundleTool, type Program } from './bundle.js';
import { outcome } from './db-tools.js';

const dropIns = {
  'osinfo-query': queryCommand,
  'osinfo-db-import': importCommand,
  'osinfo-db-export': exportCommand,
  'osinfo-db-path': pathCommand,
  'osinfo-db-validate': validateCommand,
};
const utf8 = { LC_ALL: 'C.UTF-8' };

/** The options of a help, in order: `-v, --verbose`. */
const rows = (help: string) => [...help.matchAll(/^ {2}((?:-\w, )?--[\w-]+)(?:=\S+)? {2,}\S/gm)].map((row) => row[1]!);

describe('help of the drop-ins', () => {
  it('is laid out as GLib does it, with one column for what the options do', () => {
    const lines = glibHelp(pathCommand(), '', utf8).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'Usage:',
      '  osinfo-db-path [OPTION…] - Report database locations',
      '',
      'Help Options:',
      '  -h, --help       Show help options',
      '',
    ]);
    expect(lines.slice(6, 8)).toEqual(['Application Options:', '  --user           Report the user directory']);
    expect(lines.slice(-2)).toEqual(['', '']);
  });

  it('puts a question mark for the ellipsis in a locale without UTF-8', () => {
    const usage = (env: NodeJS.ProcessEnv) => glibHelp(pathCommand(), '', env).split('\n')[1];
    expect(usage({ LC_ALL: 'C' })).toBe('  osinfo-db-path [OPTION?] - Report database locations');
    expect(usage({ LC_ALL: '', LANG: 'de_DE.utf8' })).toContain('[OPTION…]');
    expect(usage({ LC_ALL: 'C', LANG: 'de_DE.utf8' })).toContain('[OPTION?]');
  });

  it('ends with a footer where there is one', () => {
    expect(glibHelp(pathCommand(), 'One word more.', utf8)).toMatch(/\n\nOne word more\.\n$/);
  });

  describe.each(Object.entries(dropIns))('%s', (name, command) => {
    it.skipIf(!existsSync(`/usr/bin/${name}`))('has all rows of the original, in its order', async () => {
      const { stdout } = await outcome([`/usr/bin/${name}`, '--help']);
      const theirs = rows(stdout);
      const ours = rows(glibHelp(command(), '', utf8));
      expect(theirs.length).toBeGreaterThan(2);
      expect(ours.filter((row) => theirs.includes(row))).toEqual(theirs);
      // The head up to the options is the same but for spaces at ends of lines and the width of the column.
      const head = (help: string) =>
        help
          .slice(0, help.indexOf('Application Options:'))
          .replace(/ +$/gm, '')
          .replace(/ {2,}S/, '  S');
      expect(head(glibHelp(command(), '', utf8))).toBe(head(stdout));
    });
  });
});

describe('a wrong command line', () => {
  const cache = newFolder();
  let query: Program;
  let path: Program;
  beforeAll(async () => {
    [query, path] = await Promise.all([bundleTool('osinfo-query'), bundleTool('osinfo-db-path')]);
  });
  afterAll(() => {
    query.remove();
    path.remove();
  });
  const run = (program: Program, ...words: string[]) =>
    outcome([process.execPath, program.path, ...words], { env: { GUESTWRIGHT_CACHE_DIR: cache } });

  it('is answered with the cause, the whole help and an empty line on standard error', async () => {
    const help = (await run(query, '--help')).stdout;
    expect(help).toMatch(/^Usage:\n {2}osinfo-query \[OPTION…\] - /);
    for (const word of ['-?', '--help-all']) expect((await run(query, 'os', word)).stdout).toBe(help);
    expect(await run(query, '--nope')).toEqual({
      exit: 1,
      stdout: '',
      stderr: `Error while parsing commandline options: Unknown option --nope\n${help}\n`,
    });
    const pathHelp = (await run(path, '-h')).stdout;
    expect((await run(path, '--dir')).stderr).toBe(
      `osinfo-db-path: error while parsing commandline options: Missing argument for --dir\n\n${pathHelp}\n`,
    );
  });

  it.skipIf(!existsSync('/usr/bin/osinfo-db-path'))(
    'the same as the originals, before and behind the help',
    async () => {
      const around = ({ exit, stdout, stderr }: { exit: number | string; stdout: string; stderr: string }) => ({
        exit,
        stdout,
        cause: stderr.slice(0, stderr.indexOf('Usage:')),
        end: /\n*$/.exec(stderr)![0],
      });
      for (const [program, name] of [
        [query, 'osinfo-query'],
        [path, 'osinfo-db-path'],
      ] as const) {
        for (const words of [['--nope'], ['-x'], ['--nope=3']]) {
          const [mine, theirs] = [await run(program, ...words), await outcome([name, ...words])];
          expect(around(mine)).toEqual(around(theirs));
        }
      }
      const [mine, theirs] = [await run(path, '--nope'), await outcome(['/usr/bin/osinfo-db-path', '--nope'])];
      expect(around(mine).end).toBe(around(theirs).end);
    },
  );
});
