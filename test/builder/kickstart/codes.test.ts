// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ISSUE_CODES } from '../../../builder/kickstart/codes.js';
import { type Kickstart, parseKickstart, readKickstartText } from '../../../builder/kickstart/index.js';
import { readIncluded } from '../../../builder/kickstart/read.js';
import { type ExpectedCase, hasReference, REFERENCE, readCases, skipNote } from './reference.js';

describe('the codes of issues', () => {
  it('are words, each with what it stands for', () => {
    for (const [code, about] of Object.entries(ISSUE_CODES)) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(about.length, code).toBeGreaterThan(10);
    }
  });

  it('stand in the table, all that the language gives', () => {
    const folder = join(import.meta.dirname, '../../../builder/kickstart');
    const files = [
      'parse',
      'command',
      'options',
      'option-table',
      'bodies',
      'check',
      'packages',
      'words',
      'effects',
      'read',
    ];
    const used = files.flatMap((name) => [
      ...readFileSync(join(folder, `${name}.ts`), 'utf8').matchAll(
        /(?:\.error\(\s*|code: |(?:'notice'|'warning'),\s*|\.fail\(\s*|InputError\(\s*)'([a-z0-9-]+)'/g,
      ),
    ]);
    const codes = new Set(used.map((match) => match[1]!));
    expect(codes.size).toBeGreaterThan(25);
    expect([...codes].filter((code) => !(code in ISSUE_CODES))).toEqual([]);
  });
});

/**
 * Why a real file is refused in the union of all versions: each code with the words that its message has to have. No
 * version of the reference parser takes one of these files either.
 */
const REFUSALS: Readonly<Record<string, RegExp>> = {
  // Files of RHEL 5 and 6 whose sections do not end, which their own release refuses too.
  'missing-end': /does not end with %end/,
  // Templates, ESXi, fragments of shell.
  'unknown-command': /template|ESXi|shell script|is no kickstart command/,
  // A blank behind a comma; `url PLACEHOLDER`.
  'unexpected-word': /one too many/,
  'missing-word': /rootpw needs a password/,
  // @PLACEHOLDER@ for a number or an address; a protocol that there is not.
  'bad-value': /is no whole number|is file:, http: or https:|is not one of/,
};

describe.skipIf(!hasReference)(`real files in the union of all versions${skipNote}`, () => {
  const parse = ({ file }: ExpectedCase): Kickstart => {
    const path = join(REFERENCE, 'corpus', file);
    const text = existsSync(path) ? readKickstartText(path) : '';
    return parseKickstart(text, path, { readInclude: readIncluded });
  };

  it('are refused for these reasons only, and only where every version refuses them', () => {
    const cases = readCases<ExpectedCase>('expected.jsonl');
    const unforeseen: string[] = [];
    let refused = 0;
    for (const expected of cases) {
      // What an absent include would hold was not collected.
      const error = parse(expected).issues.find(
        ({ severity, code }) => severity === 'error' && code !== 'include-missing',
      );
      if (!error) continue;
      refused++;
      if (!REFUSALS[error.code]?.test(error.message))
        unforeseen.push(`${expected.file}: ${error.code}: ${error.message}`);
      if (Object.values(expected.matrix).includes('ok')) unforeseen.push(`${expected.file} is taken by some version`);
    }
    expect(unforeseen).toEqual([]);
    expect(refused / cases.length).toBeLessThan(0.05);
  });
});
