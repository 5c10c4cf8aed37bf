// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  formatCommand,
  formatIssue,
  formatKickstart,
  type Issue,
  type Kickstart,
  parseKickstart,
  readKickstartText,
} from '../../../builder/kickstart/index.js';
import { formatGiven } from '../../../builder/kickstart/write/command.js';
import {
  type BadCase,
  type ExpectedCase,
  type GoodCase,
  hasReference,
  REFERENCE,
  readCases,
  readOptionVersions,
  skipNote,
} from './reference.js';
import { factsOf, factsOfCase } from './reference-model.js';

/** Missing files are tolerated by the cases: what they would hold was not collected. */
function firstError({ issues }: Kickstart): Issue | undefined {
  return issues.find((issue) => issue.severity === 'error' && issue.code !== 'include-missing');
}

const texts = new Map<string, string | undefined>();

function readInclude(path: string): string | undefined {
  if (!texts.has(path)) texts.set(path, existsSync(path) ? readKickstartText(path) : undefined);
  return texts.get(path);
}

function parseCase({ file }: ExpectedCase, version?: string): Kickstart {
  const path = join(REFERENCE, 'corpus', file);
  return parseKickstart(readInclude(path) ?? '', path, { version, readInclude });
}

describe.skipIf(!hasReference)(`the reference's cases${skipNote}`, () => {
  it('refuses every bad input at its line, in its version', () => {
    const cases = readCases<BadCase>('bad.jsonl');
    const wrong = cases.filter(
      ({ text, file, version, want_line }) =>
        firstError(parseKickstart(text, file, { version }))?.at.line !== want_line,
    );
    expect(wrong.map(({ text }) => text)).toEqual([]);
    expect(cases).toHaveLength(379);
  });

  it('refuses in the union what no version accepts', () => {
    const cases = readCases<BadCase>('bad.jsonl').filter(({ accepted_by }) => accepted_by.length === 0);
    const accepted = cases.filter(({ text, file }) => !firstError(parseKickstart(text, file)));
    // Two that releases older than those of the cases accept.
    expect(
      accepted.map(({ text }) =>
        text
          .trim()
          .split('\n')
          .find((line) => /^(?:langsupport|monitor)/.test(line)),
      ),
    ).toEqual(['langsupport', 'monitor --noprobe']);
  });

  it('accepts every good line in its version, and writes it as the reference does', () => {
    const wrong: string[] = [];
    let written = 0;
    for (const { ver, input, canonical } of readCases<GoodCase>('good-lines.jsonl')) {
      const kickstart = parseKickstart(input, 'line', { version: ver });
      const error = firstError(kickstart);
      if (error) wrong.push(`${ver}: ${input}: ${formatIssue(error)}`);
      if (canonical === null) continue;
      const lines = kickstart.commands
        .map((command) => formatCommand(command, { version: ver }))
        .filter((line) => line !== '');
      if (lines.map((line) => `${line}\n`).join('') !== canonical) wrong.push(`${ver}: ${input}: ${lines.join('\n')}`);
      written++;
    }
    expect(wrong).toEqual([]);
    expect(written).toBe(1609);
  });

  it('accepts and refuses real files as the reference does in each version', () => {
    const wrong: string[] = [];
    let compared = 0;
    for (const expected of readCases<ExpectedCase>('expected.jsonl')) {
      for (const [version, want] of Object.entries(expected.matrix)) {
        const line = firstError(parseCase(expected, version))?.at.line ?? 'ok';
        if (line !== want) wrong.push(`${expected.file} in ${version}: ${line}, not ${want}`);
        compared++;
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBe(4566);
  });

  it('reads real files to the same model, and reads back what it writes', () => {
    let compared = 0;
    const known = readOptionVersions();
    for (const expected of readCases<ExpectedCase>('expected.jsonl')) {
      if (!expected.ok || expected.version_used === null) continue;
      const version = expected.version_used;
      const kickstart = parseCase(expected, version);
      const facts = factsOf(kickstart);
      expect(facts, expected.file).toEqual(factsOfCase(expected));
      const written = formatKickstart(kickstart, { version });
      const again = parseKickstart(written, 'again.ks', { version });
      expect(
        again.issues.filter((issue) => issue.severity === 'error'),
        expected.file,
      ).toEqual([]);
      expect(withoutPlaces(again), expected.file).toEqual(withoutPlaces(kickstart));
      const unknown = writtenOptions(kickstart, version).filter((option) => {
        const versions = known.get(option);
        return !versions?.has('all') && !versions?.has(version);
      });
      expect(unknown, expected.file).toEqual([]);
      compared++;
    }
    expect(compared).toBe(670);
  });
});

/** `part --size` … for each option that the writer writes of a command whose words it looks into. */
function writtenOptions(kickstart: Kickstart, version: string): string[] {
  return kickstart.commands.flatMap((line) => {
    const [name, ...rest] = formatGiven(line, { version }).split(' ');
    // What stands in quotes is a value, whatever it looks like.
    const words = rest
      .join(' ')
      .replace(/"(?:[^"\\]|\\.)*"/g, '')
      .split(' ');
    const options = words.flatMap((word) => /^--[a-z0-9-]+/i.exec(word) ?? []);
    return ['auth', 'authselect'].includes(line.name) ? [] : options.map((option) => `${name} ${option}`);
  });
}

function withoutPlaces(kickstart: Kickstart): unknown {
  const dropped = new Set(['at', 'file', 'issues', 'includes']);
  return JSON.parse(
    JSON.stringify(kickstart, (key, value) =>
      dropped.has(key) ? undefined : key === 'include' || key === 'exclude' ? sorted(value) : value,
    ),
  );
}

/** The entries of a package list stand in no order that matters. */
function sorted(value: unknown): unknown {
  return Array.isArray(value) ? value.map((entry) => JSON.stringify({ ...entry, at: undefined })).sort() : value;
}
