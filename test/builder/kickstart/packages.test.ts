// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { errorsOf, issuesOf, parse } from './parsing.js';

const packages = (body: string, header = '') => parse(`%packages ${header}\n${body}\n%end\n`).packages;
const names = (body: string) => {
  const { include, exclude } = packages(body);
  return [include.map((entry) => entry.name), exclude.map((entry) => entry.name)];
};

describe('%packages', () => {
  it.each([
    ['a\nb # c\n#d\n  e', [['a', 'b', 'e'], []]],
    ['-a\na', [['a'], []]],
    ['a\n-a', [[], ['a']]],
    ['a\na', [['a'], []]],
    ['-gl*b', [[], ['gl*b']]],
    ['@core\n-@core', [[], ['core']]],
    ['-@core\n@core', [['core'], ['core']]],
    ['@Ubuntu Desktop', [['Ubuntu Desktop'], []]],
    ['@^one\n@^two', [['two'], []]],
    ['@^one\n-@^one', [[], []]],
    ['@^one\n-@^two', [['one'], []]],
    [
      'nginx=1.22*\nvim/bookworm-backports\nlibc6:i386\n%foo',
      [['nginx=1.22*', 'vim/bookworm-backports', 'libc6:i386', '%foo'], []],
    ],
  ])('reads %j', (body, expected) => {
    expect(names(body)).toEqual(expected);
  });

  it('says where each entry stands, and how a group is wanted', () => {
    expect(packages('\n  @core --nodefaults\n@base --optional').include).toEqual([
      { kind: 'group', name: 'core', include: 'nodefaults', at: { file: 'a.ks', line: 3, column: 3 } },
      { kind: 'group', name: 'base', include: 'optional', at: { file: 'a.ks', line: 4, column: 1 } },
    ]);
  });

  it('reads every option of the header, in both spellings', () => {
    expect(
      packages(
        '',
        '--excludedocs --ignoremissing --nocore --multilib --timeout=5 --retries=2 --inst-langs=en:de --exclude-weakdeps --ignorebroken --default'.replace(
          '--nocore ',
          '',
        ),
      ),
    ).toMatchObject({
      excludeDocs: true,
      ignoreMissing: true,
      multilib: true,
      timeout: 5,
      retries: 2,
      instLangs: ['en', 'de'],
      excludeWeakdeps: true,
      ignoreBroken: true,
      default: true,
    });
    expect(packages('', '--instLangs= --excludeWeakdeps --nocore')).toMatchObject({
      instLangs: [],
      excludeWeakdeps: true,
      noCore: true,
    });
  });

  it('takes the last header, keeps --default and the languages, and says what was lost', () => {
    const kickstart = parse('%packages --excludedocs --inst-langs=en --default\na\n%end\n%packages\nb\n%end\n');
    expect(kickstart.packages).toMatchObject({ excludeDocs: false, instLangs: ['en'], default: true });
    expect(issuesOf('%packages --excludedocs\n%end\n%packages\n%end\n')).toEqual([
      'a.ks:3:1: notice: this %packages takes back --excludedocs of the one before (a.ks:1): repeat what is meant to stay',
    ]);
  });

  it.each([
    ['-', 'a.ks:2:1: a - stands alone: write the name of the package to leave out after it'],
    ['@', 'a.ks:2:1: an @ stands alone: write the name of the group after it'],
    ['@a --nodefaults --optional', 'a.ks:2:1: give only one of --nodefaults and --optional'],
  ])('refuses %j', (body, message) => {
    expect(errorsOf(`%packages\n${body}\n%end\n`)).toEqual([message]);
  });
});
