// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Ajv from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../osinfo/package-root.js';
import { folderOf, newFolder } from '../osinfo/load/folders.js';
import { bundleTool, type Program } from './bundle.js';

const debian = '/usr/share/osinfo';
const original = '/usr/bin/osinfo-query';
const run = promisify(execFile);
let program: Program;
const cache = newFolder();
/** GLib writes below the home: one that is ours. */
const home = newFolder();

beforeAll(async () => {
  program = await bundleTool('osinfo-query');
});
afterAll(() => program.remove());

interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function outcome(words: readonly string[], env: Record<string, string>): Promise<Outcome> {
  const options = { env: { PATH: '/usr/bin:/bin', HOME: home, ...env }, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout, stderr } = await run(words[0]!, words.slice(1), options);
    return { exit: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exit: code, stdout, stderr };
  }
}

const places = (system: string) => ({
  OSINFO_SYSTEM_DIR: system,
  OSINFO_LOCAL_DIR: '/nonexistent/osinfo',
  OSINFO_USER_DIR: '/nonexistent/osinfo',
});
const ours = (words: readonly string[], env: Record<string, string> = {}) =>
  outcome([process.execPath, program.path, ...words], { ...places(debian), GUESTWRIGHT_CACHE_DIR: cache, ...env });
const theirs = (words: readonly string[], env: Record<string, string> = {}) =>
  outcome([original, ...words], { ...places(debian), LC_ALL: 'C.UTF-8', ...env });

/** Our hints are lines after the original's first line; its help text is another. */
const firstLine = (text: string) => text.split('\n')[0];
const withoutWarnings = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('** '))
    .join('\n');

describe.skipIf(!existsSync(original) || !existsSync(join(debian, 'os')))(
  'beside the original (packages libosinfo-bin, osinfo-db)',
  () => {
    const sorted = (text: string) => text.split('\n').sort();

    it('the whole tables of all types, byte for byte; lines as a set where the original has no order', async () => {
      for (const type of ['os', 'platform', 'deployment']) {
        const [mine, original] = await Promise.all([ours([type]), theirs([type])]);
        expect(mine.exit).toBe(original.exit);
        expect(sorted(mine.stdout)).toEqual(sorted(original.stdout));
        expect(mine.stdout.split('\n').slice(0, 2)).toEqual(original.stdout.split('\n').slice(0, 2));
      }
    });

    it('all devices, with those of pci.ids and usb.ids', async () => {
      // Names with characters of several bytes are put in line here, and are not there.
      const cells = (text: string) =>
        text.split('\n').map((line) =>
          line
            .split(' | ')
            .map((cell) => cell.trim())
            .join('|'),
        );
      const [mine, original] = await Promise.all([ours(['device']), theirs(['device'])]);
      expect(cells(mine.stdout).sort()).toEqual(cells(original.stdout).sort());
      expect(mine.exit).toBe(0);
    });

    it('the order of the default key, and of a chosen one where all have it', async () => {
      const order = (text: string) =>
        text
          .split('\n')
          .slice(2)
          .map((line) => line.slice(1, 21));
      for (const words of [
        ['os'],
        ['platform'],
        ['os', '-s', 'id', '-f', 'id'],
        ['platform', '--sort=name', '-f', 'name'],
      ]) {
        expect(order((await ours(words)).stdout)).toEqual(order((await theirs(words)).stdout));
      }
    });

    const all = 'short-id,name,version,family,distro,vendor,release-date,eol-date,codename,id,release-status';
    const queries: string[][] = [
      ['os', '-f', all, 'distro=debian'],
      ['os', '--fields', 'id,name,short-id,id', 'short-id=fedora36'],
      ['os', 'short-id=debian11', 'short-id=debianbullseye'],
      ['os', 'short-id=debianbullseye'],
      ['os', 'short-id=debian11', 'short-id=debian10'],
      ['os', 'family=winnt', 'vendor=Microsoft Corporation', '-s', 'release-date', '-f', 'release-date'],
      ['os', 'short-id=debian11', '-f', ''],
      ['os', '-f', '', 'vendor=nobody at all whatsoever'],
      ['os', 'release-status=rolling'],
      ['os', 'release-status=released'],
      ['os', 'short-id='],
      ['os', 'name=Debian 11', '-s', 'kernel-url-argument'],
      ['platform', '-f', 'short-id,vendor,release-date,eol-date,codename', 'short-id=xen-4.2.0'],
      ['device', 'id=http://pcisig.com/pci/1af4/1000'],
      ['device', 'class=video', '-s', 'id', '-f', 'name,class,bus-type,id'],
      ['deployment', 'id=x'],
      ['--', 'os', 'short-id=debian11'],
    ];
    it.concurrent.each(queries.map((words) => [words.join(' '), words] as const))('%s', async (_text, words) => {
      const [mine, original] = await Promise.all([ours(words), theirs(words)]);
      expect([mine.exit, mine.stdout]).toEqual([original.exit, original.stdout]);
    });

    // What is wrong with the words shows with any database.
    const small = folderOf({ 'os/e.org/a.xml': '<os id="http://e.org/a"><name>A</name></os>' });
    const errors: string[][] = [
      [],
      ['foo'],
      ['OS'],
      ['os', 'foo'],
      ['os', 'foo=bar'],
      ['os', '=bar'],
      ['os', 'baz', 'foo=bar'],
      ['os', '-f', 'foo'],
      ['os', '-f', 'name,,id'],
      ['os', '-f', 'foo', 'foo=bar'],
      ['platform', 'family=x'],
      ['device', 'short-id=x'],
      ['--nope'],
      ['os', '-z'],
      ['os', '--sort'],
      ['os', '-s'],
      ['os', '--fields'],
      ['os', '--', '-f'],
      ['os', '--fie', 'name'],
    ];
    it.concurrent.each(errors.map((words) => [words.join(' '), words] as const))('error: %s', async (_text, words) => {
      const [mine, original] = await Promise.all([ours(words, places(small)), theirs(words, places(small))]);
      expect([mine.exit, mine.stdout, firstLine(mine.stderr)]).toEqual([
        original.exit,
        original.stdout,
        firstLine(withoutWarnings(original.stderr)),
      ]);
    });

    it('names in the user’s language', async () => {
      const words = ['os', '-f', 'short-id,name', 'short-id=win10'];
      const last = (text: string) =>
        text
          .trimEnd()
          .split('\n')
          .at(-1)!
          .trim()
          .split(/ +\| +/);
      for (const env of [
        { LANG: 'C.UTF-8', LANGUAGE: 'ko' },
        { LANG: 'C.UTF-8', LANGUAGE: 'xx:fr' },
        { LC_ALL: 'C.UTF-8' },
      ]) {
        expect(last((await ours(words, env)).stdout)).toEqual(last((await theirs(words, env)).stdout));
      }
    });

    it('nothing but references: a row with the id alone', async () => {
      const system = folderOf({ 'os/e.org/a.xml': '<os id="http://e.org/a"><upgrades id="http://e.org/gone"/></os>' });
      const [mine, original] = [await ours(['os'], places(system)), await theirs(['os'], places(system))];
      expect(sorted(mine.stdout)).toEqual(sorted(original.stdout));
    });
  },
);

describe('beyond the original', () => {
  const database = folderOf({
    'os/e.org/a9.xml':
      '<os id="http://e.org/a9"><short-id>a9</short-id><short-id>alpha9</short-id><name>A, "nine"</name><release-date>2020-01-01</release-date></os>',
    'os/e.org/a10.xml':
      '<os id="http://e.org/a10"><short-id>a10</short-id><name>Schrödinger</name><release-date>2024-01-01</release-date></os>',
    'os/e.org/b.xml': '<os id="http://e.org/b"><short-id>b</short-id><name>Line&#10;&#x9b;2J</name></os>',
  });
  const query = (...words: string[]) => ours([...words, '--db', database]);

  it('--json obeys its schema, with all fields or the chosen ones', async () => {
    const schema = JSON.parse(readFileSync(join(packageRoot(), 'schema/query.schema.json'), 'utf8'));
    const validate = new Ajv.default({ strict: true }).compile(schema);
    for (const words of [
      ['os', '--json'],
      ['device', 'class=net', '--json', '--db', 'bundled'],
      ['deployment', '--json'],
    ]) {
      const output = JSON.parse((await ours([...words, ...(words.includes('--db') ? [] : ['--db', database])])).stdout);
      expect(validate(output), JSON.stringify(validate.errors)).toBe(true);
    }
    expect(JSON.parse((await query('os', 'short-id=alpha9', '--json', '-f', 'short-id,release-date')).stdout)).toEqual({
      format: 'guestwright/query/1',
      type: 'os',
      entries: [{ 'short-id': 'a9', 'short-ids': ['a9', 'alpha9'], 'release-date': '2020-01-01' }],
    });
    expect(await query('os', 'short-id=none-of-these', '--json')).toMatchObject({ exit: 1, stderr: '' });
  });

  it('--csv quotes what has to be', async () => {
    expect((await query('os', '--csv', '-f', 'short-id,name', 'short-id=a9')).stdout).toBe(
      'short-id,name\na9,"A, ""nine"""\n',
    );
  });

  it('comparisons and globs', async () => {
    const ids = async (...words: string[]) =>
      (await query('os', '-f', 'short-id', '--csv', ...words)).stdout.split('\n').slice(1, -1);
    expect(await ids('release-date>=2024')).toEqual(['a10']);
    expect(await ids('short-id=a*')).toEqual(['a10', 'a9']);
    expect(await ids('short-id=a*', '-V')).toEqual(['a9', 'a10']);
    expect(await ids('short-id!=b', '--sort-key', 'release-date')).toEqual(['a9', 'a10']);
  });

  it('a name of wide or accented characters keeps the columns, and control characters do nothing', async () => {
    const lines = (await query('os', '-f', 'name,id')).stdout.split('\n');
    expect(lines[2]).toBe(` ${'Schrödinger'.padEnd(50)} | ${'http://e.org/a10'.padEnd(40)}`);
    expect(lines[4]).toBe(` ${'Line  2J'.padEnd(50)} | ${'http://e.org/b'.padEnd(40)}`);
  });

  it('near matches on a line of their own', async () => {
    expect((await query('oss')).stderr).toBe("Unknown type 'oss' requested\ndid you mean os?\n");
    expect((await query('os', 'nme=x')).stderr).toBe(
      'Unable to construct filter: Unknown property name nme\ndid you mean name?\n',
    );
    expect((await query('os', '-f', 'codname')).stderr).toContain('\ndid you mean codename, name?\n');
    expect((await query('os', 'short-id=a8')).stderr).toMatch(/^no os has short-id 'a8'; did you mean a9/);
    expect(await query('os', '-s', 'releasedate')).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('did you mean release-date?'),
    });
  });

  it('an error in the database is told and does not stop the query, unless --strict', async () => {
    const broken = folderOf({
      'os/e.org/a.xml': '<os id="http://e.org/a"/>',
      'os/e.org/b.xml': '<?xml version="1.0"?><libosinfo>',
    });
    const message = `Error loading OS data: ${broken}/os/e.org/b.xml:1:32: unclosed tag: libosinfo\n`;
    expect(await ours(['os', '--db', broken])).toMatchObject({
      exit: 0,
      stderr: message,
      stdout: expect.stringContaining('http://e.org/a'),
    });
    expect(await ours(['os', '--db', broken, '--strict'])).toMatchObject({ exit: 1, stderr: message, stdout: '' });
    expect(await ours(['os', '--db', '/nowhere'])).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('there is no database /nowhere'),
    });
  });

  it('help goes to standard output', async () => {
    const help = await ours(['--help']);
    expect(help).toMatchObject({ exit: 0, stderr: '' });
    expect(help.stdout).toContain('--sort=KEY');
  });

  it('many starting at once with no index: one answer, one whole index', async () => {
    const shared = newFolder();
    await new Promise((resolve) => setTimeout(resolve, 130));
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => ours(['os', '--db', database], { GUESTWRIGHT_CACHE_DIR: shared })),
    );
    expect(new Set(answers.map((one) => `${one.exit} ${one.stdout} ${one.stderr}`)).size).toBe(1);
    expect(readdirSync(join(shared, 'db'))).toHaveLength(1);
  });
});
