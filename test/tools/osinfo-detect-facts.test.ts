// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../osinfo/package-root.js';
import { readLines } from '../../tools/detect/lines.js';
import { folderOf, newFolder } from '../osinfo/load/folders.js';
import { bundleTool, type Program } from './bundle.js';
import { outcome } from './db-tools.js';

const cache = newFolder();
let program: Program;
beforeAll(async () => {
  program = await bundleTool('osinfo-detect');
});
afterAll(() => program.remove());

const database = folderOf({
  'os/e.org/acme-1.xml': `<os id="http://e.org/acme/1"><short-id>acme1</short-id><short-id>acme-one</short-id><name>A</name>
    <media arch="all"><variant id="server"/><iso><volume-id>^ACME-1</volume-id><l10n-language>de</l10n-language></iso></media>
    <tree arch="x86_64"><treeinfo><family>^Acme$</family><version>^1$</version></treeinfo></tree></os>`,
});

type Answer = Record<string, unknown>;

async function facts(words: readonly string[], input: string, db: string = database) {
  const { exit, stdout, stderr } = await outcome([process.execPath, program.path, '--db', db, ...words], {
    env: { GUESTWRIGHT_CACHE_DIR: cache },
    input,
  });
  expect(stderr).toBe('');
  return {
    exit,
    answers: stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Answer),
  };
}

const schema = JSON.parse(readFileSync(join(packageRoot(), 'schema/detect-facts.schema.json'), 'utf8')) as object;
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
const valid = ajv.compile(schema);
const validInput = ajv.compile({ $ref: 'urn:guestwright:detect-facts:1#/definitions/facts' });

const acme = {
  shortId: 'acme1',
  shortIds: ['acme1', 'acme-one'],
  id: 'http://e.org/acme/1',
  why: 'the only entry that fits',
};

describe('osinfo-detect --facts', () => {
  it('answers every line in its place', async () => {
    const lines = [
      { volume_id: 'ACME-1 ', system_id: '', publisher_id: null, volume_size: 5, arch: 'aarch64', path: 'mine' },
      { volume_id: 'OTHER', volume_size: '4096' },
      { treeinfo: '[general]\nfamily = Acme\nversion = 1\narch = amd64\n', volume_id: 'x', arch: null },
      {},
      { treeinfo: '[general]\nfamily = Acme\nversion = 1\n', arch: 'i686' },
    ];
    for (const line of lines) expect(validInput(line)).toBe(true);
    const { exit, answers } = await facts(
      ['--facts', '-'],
      `\n${lines.map((line) => JSON.stringify(line)).join('\r\n\n')}`,
    );
    expect(exit).toBe(1);
    for (const answer of answers) expect(valid(answer), JSON.stringify(valid.errors)).toBe(true);
    expect(answers).toHaveLength(5);
    expect(answers[0]).toMatchObject({ ...acme, variants: ['server'] });
    expect(answers[1]).toMatchObject({ shortId: null });
    expect(answers[2]).toEqual({ ...acme, arch: 'x86_64', variants: [], languages: [] });
    expect(answers[3]).toEqual({ shortId: null, nearest: [] });
    expect(answers[4]).toMatchObject({ shortId: null, nearest: [{ shortId: 'acme1', missed: [{ field: 'arch' }] }] });
  });

  it('ends with 0 where all were recognised, and takes a file', async () => {
    const file = join(newFolder(), 'facts.jsonl');
    writeFileSync(file, '\uFEFF{"volume_id":"ACME-1"}\n{"volume_id":"ACME-10"}\n');
    const { exit, answers } = await facts(['--all', '--facts', file], '');
    expect(exit).toBe(0);
    expect(answers.map(({ shortId, candidates }) => [shortId, (candidates as unknown[]).length])).toEqual([
      ['acme1', 1],
      ['acme1', 1],
    ]);
    for (const answer of answers) expect(valid(answer), JSON.stringify(valid.errors)).toBe(true);
  });

  it('names the line that is wrong, goes on, and ends with 2', async () => {
    const good = '{"volume_id":"ACME-1"}';
    const lines = [
      good,
      '{',
      '[]',
      '{"volume_id":1}',
      '{"volume_size":-1}',
      '{"volume_size":1.5}',
      '{"treeinfo":"garbage"}',
      `{"volume_id":"${'x'.repeat(1024 * 1024)}"}`,
      '['.repeat(500_000),
      good,
    ];
    const { exit, answers } = await facts(['--facts', '-'], lines.join('\n'));
    expect(exit).toBe(2);
    expect(answers.map(({ shortId, error }) => shortId ?? error)).toEqual([
      'acme1',
      'standard input:2: is no JSON; every line has to be one JSON object',
      'standard input:3: is no JSON object; a line is like {"volume_id": "…", "volume_size": 1}',
      'standard input:4: "volume_id" has to be a string or null',
      'standard input:5: "volume_size" has to be a whole number of bytes, or null',
      'standard input:6: "volume_size" has to be a whole number of bytes, or null',
      'standard input:7: treeinfo:1: Key file contains line “garbage” which is not a key-value pair, group, or comment',
      'standard input:8: is longer than 1048576 bytes',
      'standard input:9: is no JSON; every line has to be one JSON object',
      'acme1',
    ]);
    for (const answer of answers) expect(valid(answer), JSON.stringify(valid.errors)).toBe(true);
  });

  it('suggests an element for what is unknown', async () => {
    const { answers } = await facts(
      ['--suggest', '--facts', '-'],
      '{"volume_id":"NEW-1"}\n{"treeinfo":"[general]\\nfamily=New"}\n{}',
    );
    expect(answers.map(({ suggestion }) => /^<\w+/.exec(String(suggestion))?.[0])).toEqual([
      '<media',
      '<tree',
      undefined,
    ]);
  });

  it('answers as it reads, for whoever waits for the answer', async () => {
    async function* chunks() {
      yield Buffer.from('a\nb');
      yield Buffer.from('c\r\n\nd');
    }
    const seen: unknown[] = [];
    for await (const line of readLines(chunks(), 2)) seen.push(line);
    expect(seen).toEqual([
      { number: 1, text: 'a' },
      { number: 2, tooLong: true },
      { number: 3, text: '' },
      { number: 4, text: 'd' },
    ]);
  });

  const reference = process.env['GUESTWRIGHT_REFERENCE'] ?? join(packageRoot(), '../shared/reference');
  const cases = join(reference, 'osinfo-db');
  it.skipIf(!existsSync(join(cases, 'tree-cases.jsonl')) || !existsSync('/usr/share/osinfo/os'))(
    'real labels and trees, thousands a second (needs the reference cases and osinfo-db)',
    async () => {
      for (const [name, least] of [
        ['detect-cases', 1476],
        ['tree-cases', 190],
      ] as const) {
        const text = readFileSync(join(cases, `${name}.jsonl`), 'utf8');
        const expected = text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as { expected_shortid: string });
        const { answers } = await facts(['--facts', '-'], text, '/usr/share/osinfo');
        expect(answers).toHaveLength(expected.length);
        const right = answers.filter(({ shortIds }, index) =>
          ((shortIds ?? []) as string[]).includes(expected[index]!.expected_shortid),
        );
        expect(right.length).toBeGreaterThanOrEqual(least);
        for (const answer of answers) expect(valid(answer), JSON.stringify(valid.errors)).toBe(true);
      }
    },
    60_000,
  );
});
