// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandNames, commands } from '../../../builder/kickstart/commands/index.js';
import { formatIssue, formatKickstart, hasErrors, parseKickstart } from '../../../builder/kickstart/index.js';
import { expectSoundIssues } from './sound-issues.js';

const optionNames = [...new Set(commands.flatMap((spec) => spec.options.map((option) => `--${option.name}`)))];

/** Words as people and machines write them, right and wrong. */
const word = fc.oneof(
  fc.constantFrom(
    '/',
    'swap',
    'pv.1',
    '-',
    '--',
    '-x',
    '"',
    "'",
    '\\',
    '#',
    '""',
    '=',
    '%end',
    '@core',
    '-5',
    '\ufeff',
    '\u2028',
    '\0',
    '__proto__',
    'constructor',
  ),
  fc.constantFrom(...optionNames),
  fc.tuple(fc.constantFrom(...optionNames), fc.string({ maxLength: 8 })).map(([name, value]) => `${name}=${value}`),
  fc.constantFrom(...optionNames).chain((name) => fc.nat({ max: name.length }).map((length) => name.slice(0, length))),
  fc.string({ maxLength: 12, unit: 'grapheme' }),
);
const start = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...commandNames()) },
  fc.constantFrom(
    '%packages',
    '%post',
    '%pre',
    '%end',
    '%include',
    '%ksappend',
    '%addon',
    '%certificate',
    '%anaconda',
    '%traceback',
    ' %end',
    '%',
    '#',
  ),
  word,
);
const line = fc.tuple(start, fc.array(word, { maxLength: 5 })).map(([first, rest]) => [first, ...rest].join(' '));
const text = fc
  .array(line, { maxLength: 20 })
  .chain((lines) => fc.constantFrom('\n', '\r\n', '\r').map((end) => lines.join(end)));
const version = fc.constantFrom(undefined, 'FC3', 'RHEL5', 'RHEL6', 'F20', 'RHEL8', 'RHEL10', 'DEVEL');

/** The releases that want every section closed. */
const withEnd = fc.constantFrom(undefined, 'RHEL6', 'F20', 'RHEL8', 'RHEL10', 'DEVEL');

describe('whatever is in a kickstart', () => {
  it('is read without a throw, and every issue has a place and one line', () => {
    fc.assert(
      fc.property(text, text, version, (main, other, name) => {
        const kickstart = parseKickstart(main, 'a.ks', {
          version: name,
          readInclude: (path) => (path.length % 2 === 0 ? other : undefined),
        });
        expectSoundIssues(kickstart);
      }),
      { numRuns: 250 },
    );
  });

  it('is read back to the same when it was right and is written', () => {
    const plain = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (key, part) => (key === 'at' || key === 'file' || key === 'issues' ? undefined : part)),
      );
    fc.assert(
      fc.property(text, withEnd, (main, name) => {
        const kickstart = parseKickstart(main, 'a.ks', { version: name });
        fc.pre(!hasErrors(kickstart.issues) && kickstart.includes.length === 0);
        const written = formatKickstart(kickstart, { version: name });
        const again = parseKickstart(written, 'a.ks', { version: name });
        expect(again.issues.filter((issue) => issue.severity === 'error').map(formatIssue), written).toEqual([]);
        expect(plain(again)).toEqual(plain(kickstart));
      }),
      { numRuns: 60 },
    );
  });
});
