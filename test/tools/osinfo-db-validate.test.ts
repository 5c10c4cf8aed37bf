// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../osinfo/package-root.js';
import { database, newFolder, os, writeFiles } from '../osinfo/archive/archives.js';
import { bundleTool, type Program } from './bundle.js';
import { expectAlike, hasOriginals, outcome, type Setting } from './db-tools.js';

const folder = newFolder();
let program: Program;
beforeAll(async () => {
  program = await bundleTool('osinfo-db-validate');
});
afterAll(() => {
  program.remove();
  folder.remove();
});

const grammar = readFileSync(join(packageRoot(), 'schema/osinfo.rng'), 'utf8');
let place: string;
let db: string;
let count = 0;
beforeEach(() => {
  count += 1;
  place = join(folder.path, String(count));
  db = writeFiles(join(place, 'db'), database('1', { 'schema/osinfo.rng': grammar, 'os/e.org/backup.xml~': 'no XML' }));
});

const ours = (words: readonly string[], setting: Setting = {}) =>
  outcome([process.execPath, program.path, ...words], { cwd: place, ...setting });
const theirs = (words: readonly string[], setting: Setting = {}) =>
  outcome(['osinfo-db-validate', ...words], { cwd: place, ...setting });
const bad = os('a/1', '    <familly>linux</familly>\n    <media/>\n');

describe.skipIf(!hasOriginals)('osinfo-db-validate beside the original (packages osinfo-db-tools, osinfo-db)', () => {
  const alike: readonly (readonly [string, () => readonly string[], Setting?])[] = [
    ['a good database', () => ['--dir', db]],
    [
      'the same, of whose files it tells',
      () => [
        '-v',
        '--dir',
        writeFiles(join(place, 'one'), { 'os/e.org/a-1.xml': os('a/1'), 'schema/osinfo.rng': grammar }),
      ],
    ],
    ['its place by the environment', () => ['--system'], { env: { OSINFO_SYSTEM_DIR: '/usr/share/osinfo' } }],
    ['an unknown option', () => ['--nope']],
    ['an option without its value', () => ['--dir']],
    ['two places', () => ['--user', '--local']],
    ['files and a place', () => ['--dir', db, 'x.xml']],
    ['a grammar that is nowhere', () => ['--dir', writeFiles(join(place, 'bare'), { 'os/e.org/a-1.xml': os('a/1') })]],
    [
      'a folder that is not there',
      () => ['--dir', join(place, 'missing')],
      { env: { OSINFO_SYSTEM_DIR: '/usr/share/osinfo' } },
    ],
  ];
  for (const [what, words, setting] of alike) {
    it(`answers alike: ${what}`, async () => {
      const given = words();
      expectAlike(...(await sorted(given, setting)));
    });
  }

  /** The original walks in the order of the file system. */
  async function sorted(words: readonly string[], setting?: Setting) {
    const [one, other] = [await ours(words, setting), await theirs(words, setting)];
    const lines = (text: string): string => text.split('\n').sort().join('\n');
    return [
      { ...one, stdout: lines(one.stdout) },
      { ...other, stdout: lines(other.stdout) },
    ] as const;
  }

  const files: readonly (readonly [string, string, 0 | 1])[] = [
    ['a good file', os('a/1'), 0],
    ['a file that is not valid', bad, 1],
    ['a file that is no XML', '<libosinfo>\n', 1],
    ['an empty file', '', 1],
    ['a file of another kind', '<html/>', 1],
  ];
  for (const [what, text, exit] of files) {
    it(`ends with the same exit code: ${what}`, async () => {
      writeFiles(db, { 'os/e.org/a-1.xml': text });
      const [one, other] = [await ours(['--dir', db]), await theirs(['--dir', db])];
      expect([one.exit, other.exit, one.stdout, other.stdout]).toEqual([exit, exit, '', '']);
      expect([one.stderr === '', other.stderr === '']).toEqual([exit === 0, exit === 0]);
    });
  }

  it('finds nothing in the whole of libosinfo’s database', async () => {
    expect(await ours(['--dir', '/usr/share/osinfo'])).toEqual({ exit: 0, stdout: '', stderr: '' });
  });
});

describe('osinfo-db-validate', () => {
  it('says everything, with file, line and a sentence', async () => {
    writeFiles(db, { 'os/e.org/a-1.xml': bad, 'os/e.org/a-2.xml': '<libosinfo>\n</os>' });
    expect(await ours(['--dir', 'db'])).toEqual({
      exit: 1,
      stdout: '',
      stderr: [
        'db/os/e.org/a-1.xml:6:5: <familly> is not allowed in <os>; did you mean <family>? [grammar]',
        'db/os/e.org/a-1.xml:7:5: <media> lacks the attribute arch [grammar]',
        'db/os/e.org/a-2.xml:2:5: unexpected close tag [xml]',
        '3 errors in 2 of 2 documents',
        '',
      ].join('\n'),
    });
  });

  it('really validates the files that it is given, by the grammar of their database', async () => {
    const loose = join(place, 'loose.xml');
    writeFiles(place, { 'loose.xml': os('b', '    <oops/>\n') });
    writeFiles(db, { 'os/e.org/a-1.xml': bad });
    const env = { OSINFO_SYSTEM_DIR: db };
    expect(await ours(['db/os/e.org/a-2.xml'])).toEqual({ exit: 0, stdout: '', stderr: '' });
    expect((await ours([pathToFileURL(join(db, 'os/e.org/a-1.xml')).href])).stderr).toMatch(
      /^db\/os\/e\.org\/a-1\.xml:6:5: /,
    );
    expect((await ours(['db'])).stderr).toMatch(/2 errors in 1 of 2 documents\n$/);
    expect((await ours([loose], { env })).stderr).toMatch(/^loose\.xml:6:5: <oops> is not allowed in <os>/);
    expect((await ours(['nowhere.xml'], { env })).stderr).toBe(
      `Error when getting information for file “${join(place, 'nowhere.xml')}”: No such file or directory\n`,
    );
    expect((await ours(['https://e.org/a.xml'], { env })).stderr).toBe(
      'https://e.org/a.xml is not on this machine; only files are validated\n',
    );
  });

  it('has the bundled grammar where none is installed', async () => {
    writeFiles(place, { 'loose.xml': os('b', '    <oops/>\n') });
    const { stderr, exit } = await ours(['loose.xml'], { env: { OSINFO_SYSTEM_DIR: '' } });
    expect([exit, stderr]).toEqual([1, expect.stringContaining('<oops> is not allowed in <os>')]);
  });

  it('follows links, and names what is neither file nor folder', async () => {
    symlinkSync('a-1.xml', join(db, 'os/e.org/link.xml'));
    symlinkSync('../../os', join(db, 'os/e.org/loop'));
    symlinkSync('nowhere', join(db, 'os/e.org/broken.xml'));
    execFileSync('mkfifo', [join(db, 'os/e.org/pipe.xml')]);
    const { exit, stderr } = await ours(['--dir', 'db']);
    expect(exit).toBe(1);
    expect(stderr).toContain('db/os/e.org/loop: a link that leads back to a folder above it; remove it [unreadable]');
    expect(stderr).toContain('db/os/e.org/pipe.xml: it is neither a file nor a folder; remove it [unreadable]');
    expect(stderr).toMatch(/broken\.xml: Error when getting information .* No such file or directory \[unreadable\]/);
    expect(stderr).toMatch(/3 errors in 3 of 3 documents\n$/);
  });

  it('adds with --lint what no grammar can say, and ends well where it is only a warning', async () => {
    writeFiles(db, {
      'os/e.org/a-2.xml': os(
        'a/2',
        '    <upgrades id="http://e.org/a/1"/>\n    <release-date>2001-01-01</release-date>\n',
      ),
    });
    writeFiles(db, { 'os/e.org/a-1.xml': os('a/1', '    <release-date>2002-01-01</release-date>\n') });
    expect(await ours(['--dir', 'db', '--lint'])).toEqual({
      exit: 0,
      stdout: '',
      stderr:
        'db/os/e.org/a-2.xml:6: warning: it upgrades a1, which was released later (2002-01-01) than itself (2001-01-01) [date-order]\n1 warning in 1 of 2 documents\n',
    });
    writeFiles(db, { 'os/e.org/a-2.xml': os('a/2', '    <upgrades id="http://e.org/gone"/>\n') });
    const { exit, stderr } = await ours(['--lint', 'db/os/e.org/a-2.xml']);
    expect([exit, stderr.split('\n')[0]]).toEqual([
      1,
      'db/os/e.org/a-2.xml:6: <upgrades> names http://e.org/gone, which is not defined [dangling]',
    ]);
    // Only the files that are named are told of.
    expect(await ours(['--lint', 'db/os/e.org/a-1.xml'])).toEqual({ exit: 0, stdout: '', stderr: '' });
  });

  it('lints its own database without an error', async () => {
    expect(await ours(['--dir', join(packageRoot(), 'db'), '--lint'])).toMatchObject({ exit: 0, stdout: '' });
  });

  it('prints JSON that its schema describes', async () => {
    writeFiles(db, { 'os/e.org/a-1.xml': bad });
    const schema = JSON.parse(readFileSync(join(packageRoot(), 'schema/validate.schema.json'), 'utf8'));
    const validate = new Ajv({ strict: true, allErrors: true }).compile(schema);
    const { exit, stdout, stderr } = await ours(['--dir', 'db', '--lint', '--format', 'json', '-v']);
    const found = JSON.parse(stdout);
    expect(validate(found), JSON.stringify(validate.errors)).toBe(true);
    expect([exit, found.valid, found.errors, found.documents]).toEqual([1, false, 2, 2]);
    expect(found.findings[0]).toEqual({
      severity: 'error',
      rule: 'grammar',
      file: 'db/os/e.org/a-1.xml',
      line: 6,
      column: 5,
      message: '<familly> is not allowed in <os>; did you mean <family>?',
    });
    expect(stderr).toContain("Processing 'file://");
    writeFiles(db, { 'os/e.org/a-1.xml': os('a/1') });
    const good = JSON.parse((await ours(['--dir', 'db', '--format=json'])).stdout);
    expect(validate(good)).toBe(true);
    expect(good).toEqual({
      format: 'guestwright/validate/1',
      valid: true,
      documents: 2,
      errors: 0,
      warnings: 0,
      findings: [],
    });
  });

  it('prints SARIF 2.1.0, files from the working directory', async () => {
    writeFiles(db, { 'os/e.org/a-1.xml': bad });
    const { stdout } = await ours(['--dir', 'db', '--format', 'sarif']);
    const log = JSON.parse(stdout);
    expect([log.version, log.runs.length, log.runs[0].tool.driver.rules.map(({ id }: { id: string }) => id)]).toEqual([
      '2.1.0',
      1,
      ['grammar'],
    ]);
    expect(log.runs[0].results[0]).toEqual({
      ruleId: 'grammar',
      ruleIndex: 0,
      level: 'error',
      message: { text: '<familly> is not allowed in <os>; did you mean <family>?' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'db/os/e.org/a-1.xml' },
            region: { startLine: 6, startColumn: 5 },
          },
        },
      ],
    });
    const outside = JSON.parse(
      (await ours(['--dir', '../db', '--format', 'sarif'], { cwd: join(place, 'db/..', 'db') })).stdout,
    );
    expect(outside.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('os/e.org/a-1.xml');
    expect((await ours(['--format', 'xml'])).stderr).toMatch(
      /^Error while parsing commandline options: .*'xml' is invalid/,
    );
  });
});
