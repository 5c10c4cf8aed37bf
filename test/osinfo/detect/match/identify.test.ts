// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { identifyMedia, identifyTree } from '../../../../osinfo/detect/identify.js';
import type { MediaFacts, TreeFacts } from '../../../../osinfo/detect/types.js';
import { dbFromXml } from '../../../../osinfo/model/build.js';
import { media, tree, world } from './world.js';

type Oses = Readonly<Record<string, string>>;

const fits = (oses: Oses, facts: MediaFacts): string[] =>
  identifyMedia(world(oses), facts).candidates.map(({ os }) => os.shortId!);
const fitsTree = (oses: Oses, facts: TreeFacts): string[] =>
  identifyTree(world(oses), facts).candidates.map(({ os }) => os.shortId!);

const released = (date: string): string => `<release-date>${date}</release-date>`;

describe('which media fit', () => {
  const cases: readonly (readonly [string, string, MediaFacts, boolean])[] = [
    ['a pattern is found anywhere', media({ 'volume-id': 'ED-3' }), { volumeId: 'FED-37' }, true],
    ['case counts', media({ 'volume-id': 'fed' }), { volumeId: 'FED-37' }, false],
    [
      'an absent pattern fits whatever was read',
      media({ 'volume-id': 'FED' }),
      { volumeId: 'FED', systemId: 'X' },
      true,
    ],
    ['an absent field fits no pattern', media({ 'volume-id': 'FED', 'system-id': '.*' }), { volumeId: 'FED' }, false],
    [
      'a blank field is absent',
      media({ 'volume-id': 'FED', 'system-id': '.*' }),
      { volumeId: 'FED', systemId: '' },
      false,
    ],
    [
      'all patterns must fit',
      media({ 'volume-id': 'FED', 'publisher-id': 'RED' }),
      { volumeId: 'FED', publisherId: 'BLUE' },
      false,
    ],
    [
      'application and publisher',
      media({ 'application-id': '^A$', 'publisher-id': 'P' }),
      { applicationId: 'A', publisherId: 'xPx' },
      true,
    ],
    ['a dot is no line break', media({ 'volume-id': 'A.B' }), { volumeId: 'A\nB' }, false],
    ['the end is before a last line break too', media({ 'volume-id': 'AB$' }), { volumeId: 'AB\n' }, true],
    ['a size alone tells', media({ 'volume-size': '4096' }), { volumeSize: 4096 }, true],
    [
      'a size must be exact',
      media({ 'volume-id': 'A', 'volume-size': '4096' }),
      { volumeId: 'A', volumeSize: 4097 },
      false,
    ],
    [
      'a size that is asked for must be read',
      media({ 'volume-id': 'A', 'volume-size': '4096' }),
      { volumeId: 'A' },
      false,
    ],
    [
      'a size of 0 asks for nothing',
      media({ 'volume-id': 'A', 'volume-size': '0' }),
      { volumeId: 'A', volumeSize: 1 },
      true,
    ],
    ['what is told by nothing fits nothing', '<media arch="x86_64"><iso/></media>', { volumeId: 'A' }, false],
    ['a size of 0 alone fits nothing', media({ 'volume-size': '0' }), { volumeId: 'A', volumeSize: 0 }, false],
    ['a pattern that is none never fits', media({ 'volume-id': '(A' }), { volumeId: '(A' }, false],
    ['a back reference cannot be followed', media({ 'volume-id': '(A)\\1' }), { volumeId: 'AA' }, false],
    [
      'look-ahead',
      media({ 'volume-id': '(7 (?!SP[123])|(4 ?!SP[67])).+' }),
      { volumeId: 'Asianux Server 7 x86_64' },
      true,
    ],
    [
      'look-ahead that denies',
      media({ 'volume-id': 'r (7 (?!SP[123])|(4 ?!SP[67])).+' }),
      { volumeId: 'r 7 SP1 x86_64' },
      false,
    ],
    ['an endless text is not looked at', media({ 'volume-id': 'A' }), { volumeId: 'A'.repeat(100_000) }, false],
    ['the architecture that was read', media({ 'volume-id': 'A' }), { volumeId: 'A', arch: 's390x' }, false],
    ['by another name', media({ 'volume-id': 'A' }, 'i686'), { volumeId: 'A', arch: 'i386' }, true],
    ['ppc64 is not ppc64le', media({ 'volume-id': 'A' }, 'ppc64'), { volumeId: 'A', arch: 'ppc64le' }, false],
    ['all fits any', media({ 'volume-id': 'A' }, 'all'), { volumeId: 'A', arch: 's390x' }, true],
  ];
  it.each(cases)('%s', (_name, inside, facts, expected) => {
    expect(fits({ a: inside }, facts)).toEqual(expected ? ['a'] : []);
  });

  it('answers with the entry and what was read of each of its fields', () => {
    const inside = `<variant id="server"/>${media({ 'volume-id': '^SRV', 'system-id': 'LINUX' }, 'i686', '<variant id="server"/>')}`;
    const [found] = identifyMedia(world({ a: inside }), {
      volumeId: 'SRV-1',
      systemId: 'LINUX',
      arch: 'i386',
    }).candidates;
    expect(found).toMatchObject({ arch: 'i686', variants: ['server'], languages: [], why: 'the only entry that fits' });
    expect(found!.media).toBe(found!.os.media[0]);
    expect(found!.fields).toEqual([
      { field: 'volume-id', wanted: '^SRV', read: 'SRV-1', outcome: 'fits' },
      { field: 'system-id', wanted: 'LINUX', read: 'LINUX', outcome: 'fits' },
      { field: 'arch', wanted: 'i686', read: 'i386', outcome: 'fits' },
    ]);
  });

  it('an entry for all architectures answers with the one that was read', () => {
    const facts = { volumeId: 'A', arch: 'aarch64' };
    expect(identifyMedia(world({ a: media({ 'volume-id': 'A' }, 'all') }), facts).candidates[0]!.arch).toBe('aarch64');
  });
});

describe('who comes first', () => {
  const A = { volumeId: 'FED-37-x86_64', systemId: 'LINUX', volumeSize: 4096 };
  const cases: readonly (readonly [string, Oses, MediaFacts, readonly string[], RegExp])[] = [
    [
      'exact size before more fields',
      {
        fields: media({ 'volume-id': 'FED-37', 'system-id': 'LINUX' }),
        size: media({ 'volume-id': 'FED', 'volume-size': '4096' }),
      },
      A,
      ['size', 'fields'],
      /^size asks for exactly this size$/,
    ],
    [
      'more fields before a narrower pattern',
      { narrow: media({ 'volume-id': 'FED-37' }), fields: media({ 'volume-id': 'FED', 'system-id': 'LINUX' }) },
      A,
      ['fields', 'narrow'],
      /^fields asks for 2 fields, not 1$/,
    ],
    [
      'a longer literal before a shorter',
      { any: `${media({ 'volume-id': '^FED' })}${released('2026-01-01')}`, exact: media({ 'volume-id': '^FED-37' }) },
      A,
      ['exact', 'any'],
      /^exact says more of the text literally$/,
    ],
    [
      'a digit before a class of digits',
      { 'fed-unknown': media({ 'volume-id': '^FED-(3[6-9]|[4-9][0-9])-' }), fed37: media({ 'volume-id': '^FED-37-' }) },
      A,
      ['fed37', 'fed-unknown'],
      /literally/,
    ],
    [
      'fewer alternatives before more, however little that is',
      {
        later: `${media({ 'volume-id': '^(SSS_X64CHK|SSS_X64FREE?|SSS_X64FREV)_' })}${released('2026-01-01')}`,
        earlier: media({ 'volume-id': '^(SSS_X64CHK|SSS_X64FREE?)_' }),
      },
      { volumeId: 'SSS_X64FREE_EN-US_DV9' },
      ['earlier', 'later'],
      /literally/,
    ],
    [
      'an exact architecture before every one',
      { all: `${media({ 'volume-id': 'FED' }, 'all')}${released('2026-01-01')}`, own: media({ 'volume-id': 'FED' }) },
      { ...A, arch: 'x86_64' },
      ['own', 'all'],
      /^own has an entry for x86_64$/,
    ],
    [
      'the same name before another name of the architecture',
      {
        base: `${media({ 'volume-id': 'FED' })}${released('2026-01-01')}`,
        level: media({ 'volume-id': 'FED' }, 'x86_64_v2'),
      },
      { ...A, arch: 'x86_64_v2' },
      ['level', 'base'],
      /^level has an entry for x86_64_v2$/,
    ],
    [
      'a release before what is unknown, not released yet, or rolling',
      {
        a1: `<release-status>rolling</release-status>${media({ 'volume-id': 'FED' })}`,
        a2: `<release-status>prerelease</release-status>${media({ 'volume-id': 'FED' })}`,
        'a3-unknown': media({ 'volume-id': 'FED' }),
        a4: media({ 'volume-id': 'FED' }),
      },
      A,
      ['a4', 'a3-unknown', 'a2', 'a1'],
      /^a4 is a release, not a release yet unknown$/,
    ],
    [
      'the newer release',
      {
        old: `${media({ 'volume-id': 'FED' })}${released('2020-01-01')}`,
        young: `${media({ 'volume-id': 'FED' })}${released('2021-01-01')}`,
        undated: media({ 'volume-id': 'FED' }),
      },
      A,
      ['young', 'old', 'undated'],
      /^young is newer \(2021-01-01\)$/,
    ],
    [
      'the higher version where no date tells',
      {
        a9: `<version>9</version>${media({ 'volume-id': 'FED' })}`,
        a10: `<version>10</version>${media({ 'volume-id': 'FED' })}`,
      },
      A,
      ['a10', 'a9'],
      /^a10 has the higher version \(10\)$/,
    ],
    [
      'the commoner architecture of one release where none was read',
      { a: `${media({ 'volume-id': 'FED' }, 's390x')}${media({ 'volume-id': 'FED' })}` },
      A,
      ['a', 'a'],
      /^x86_64 is asked for more often/,
    ],
    [
      'the id where nothing else does',
      { b: media({ 'volume-id': 'FED' }), a: media({ 'volume-id': 'FED' }) },
      A,
      ['a', 'b'],
      /first by its id$/,
    ],
  ];
  it.each(cases)('%s', (_name, oses, facts, expected, why) => {
    const { candidates } = identifyMedia(world(oses), facts);
    expect(candidates.map(({ os }) => os.shortId)).toEqual(expected);
    expect(candidates[0]!.why).toMatch(why);
    // The second is told what put it behind the first.
    expect(candidates[1]!.why).toBe(candidates[0]!.why);
  });
});

describe('languages', () => {
  const datamap = {
    'datamap/example.org/words.xml':
      '<libosinfo version="0.0.1"><datamap id="http://example.org/words"><entry inval="FR-FR" outval="fr_FR"/></datamap></libosinfo>',
  };
  const of = (language: string, volumeId: string): readonly string[] => {
    const labels = `<media arch="x86_64"><iso><volume-id>WIN</volume-id>${language}</iso></media>`;
    return identifyMedia(world({ win: labels }, datamap), { volumeId }).candidates[0]!.languages;
  };
  const mapped =
    '<l10n-language regex="true" l10n-language-map="http://example.org/words">[A-Z0-9_]*_([A-Z]*-[A-Z]*)</l10n-language>';
  it.each([
    ['through the table', mapped, 'WIN_X64_FR-FR_DV9', ['fr_FR']],
    ['raw where the table does not know it', mapped, 'WIN_X64_XX-YY_DV9', ['XX-YY']],
    ['raw without a table', '<l10n-language regex="true">WIN_(..)</l10n-language>', 'WIN_de', ['de']],
    ['none where the expression does not fit', mapped, 'WIN', []],
    ['only from the beginning', '<l10n-language regex="true">_(..)</l10n-language>', 'WIN_de', []],
    [
      'the longest that goes, as PCRE takes it',
      '<l10n-language regex="true">.*_(..?)</l10n-language>',
      'WIN_de_fr',
      ['fr'],
    ],
    ['the shortest where it says so', '<l10n-language regex="true">.*?_(..?)</l10n-language>', 'WIN_de_fr', ['de']],
    ['fixed ones', '<l10n-language>nl</l10n-language><l10n-language>de</l10n-language>', 'WIN', ['nl', 'de']],
  ])('%s', (_name, language, volumeId, expected) => {
    expect(of(language, volumeId)).toEqual(expected);
  });
});

describe('trees', () => {
  const fedora = { family: '^Fedora$', version: '^37$' };
  it.each<readonly [string, string, TreeFacts, boolean]>([
    [
      'all fields',
      tree({ ...fedora, variant: 'Server', arch: 'x86_64' }),
      { family: 'Fedora', variant: 'Server', version: '37', arch: 'x86_64' },
      true,
    ],
    [
      'a field that is absent',
      tree({ ...fedora, variant: '.*' }),
      { family: 'Fedora', version: '37', arch: 'x86_64' },
      false,
    ],
    ['i386 fits i686', tree(fedora, 'i686'), { family: 'Fedora', version: '37', arch: 'i386' }, true],
    [
      'armhfp fits armv7l, whose treeinfo says armhfp',
      tree({ ...fedora, arch: 'armhfp' }, 'armv7l'),
      { family: 'Fedora', version: '37', arch: 'armhfp' },
      true,
    ],
    [
      'whose treeinfo says armv7l',
      tree({ ...fedora, arch: '^armv7l$' }, 'armv7l'),
      { family: 'Fedora', version: '37', arch: 'armhfp' },
      true,
    ],
    [
      'x86_64_v2 fits x86_64',
      tree({ ...fedora, arch: '^x86_64$' }),
      { family: 'Fedora', version: '37', arch: 'x86_64_v2' },
      true,
    ],
    ['amd64 fits x86_64', tree(fedora), { family: 'Fedora', version: '37', arch: 'amd64' }, true],
    ['arm64 fits aarch64', tree(fedora, 'aarch64'), { family: 'Fedora', version: '37', arch: 'arm64' }, true],
    ['ppc64el fits ppc64le', tree(fedora, 'ppc64le'), { family: 'Fedora', version: '37', arch: 'ppc64el' }, true],
    ['another architecture', tree(fedora, 's390x'), { family: 'Fedora', version: '37', arch: 'x86_64' }, false],
    ['none that was read fits any', tree(fedora, 's390x'), { family: 'Fedora', version: '37' }, true],
    [
      'without a treeinfo in the entry',
      '<tree arch="x86_64"><url>http://example.org/</url></tree>',
      { family: 'Fedora' },
      false,
    ],
  ])('%s', (_name, inside, facts, expected) => {
    expect(fitsTree({ a: inside }, facts)).toEqual(expected ? ['a'] : []);
  });

  it('an exact release comes before a catch-all, whichever is newer', () => {
    const oses = {
      'el9-unknown': `${released('2026-01-01')}${tree({ family: 'EL', version: '^9.([0-9]|[1-9][0-9])$' })}`,
      'el9.4': tree({ family: 'EL', version: '^9\\.4$' }),
      'el-any': tree({ family: 'EL' }),
    };
    expect(fitsTree(oses, { family: 'EL', version: '9.4', arch: 'x86_64' })).toEqual([
      'el9.4',
      'el9-unknown',
      'el-any',
    ]);
    expect(fitsTree(oses, { family: 'EL', version: '9.5', arch: 'x86_64' })).toEqual(['el9-unknown', 'el-any']);
  });

  it('answers with the entry', () => {
    const inside = `<variant id="s"/>${tree(fedora, 'all', '<variant id="s"/>')}`;
    const [found] = identifyTree(world({ a: inside }), { family: 'Fedora', version: '37', arch: 'riscv64' }).candidates;
    expect(found).toMatchObject({ arch: 'riscv64', variants: ['s'] });
    expect(found!.tree).toBe(found!.os.trees[0]);
  });
});

describe('when nothing fits', () => {
  const oses = {
    fed36: media({ 'volume-id': '^Fed-S-dvd-x86_64-36$', 'system-id': 'LINUX' }),
    fed37: `${media({ 'volume-id': '^Fed-S-dvd-x86_64-37$' })}${media({ 'volume-id': '^Fed-E-dvd-x86_64-37$' })}`,
    slack: media({ 'volume-id': 'SlackDVD' }),
    bad: media({ 'volume-id': 'Fed-S-dvd-x86_64-(' }),
  };

  it('tells the entries that miss least, and how, an operating system once', () => {
    const { candidates, nearest } = identifyMedia(world(oses), { volumeId: 'Fed-S-dvd-x86_64-38' });
    expect(candidates).toEqual([]);
    expect(nearest.map(({ os }) => os.shortId)).toEqual(['bad', 'fed37', 'fed36']);
    expect(nearest[0]!.fields[0]).toMatchObject({ outcome: 'bad-pattern' });
    expect(nearest[1]!.fields[0]).toEqual({
      field: 'volume-id',
      wanted: '^Fed-S-dvd-x86_64-37$',
      read: 'Fed-S-dvd-x86_64-38',
      outcome: 'differs',
    });
    expect(nearest[2]!.fields.map(({ outcome }) => outcome)).toEqual(['differs', 'absent', 'fits']);
  });

  it('an entry that misses one field comes before those that miss two', () => {
    const { nearest } = identifyMedia(world(oses), { volumeId: 'Fed-S-dvd-x86_64-36' });
    expect(nearest[0]!.os.shortId).toBe('fed36');
    expect(nearest[0]!.fields[1]).toMatchObject({ field: 'system-id', read: undefined, outcome: 'absent' });
  });

  it('at most five, and none where something fits or nothing was read', () => {
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`f${n}`, media({ 'volume-id': `^Fed-${n}$` })]),
    );
    expect(identifyMedia(world(many), { volumeId: 'Fed-99' }).nearest).toHaveLength(5);
    expect(identifyMedia(world(many), { volumeId: 'Fed-9' }).nearest).toEqual([]);
    expect(identifyMedia(world(many), {}).nearest).toEqual([]);
  });
});

it('a database that openDb did not make is refused', () => {
  expect(() => identifyMedia({} as never, { volumeId: 'A' })).toThrow(TypeError);
});

it('an empty database knows nothing', () => {
  expect(identifyMedia(dbFromXml({}), { volumeId: 'A' })).toMatchObject({ candidates: [], nearest: [] });
});
