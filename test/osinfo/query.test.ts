// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dbFromXml } from '../../osinfo/model/build.js';
import { ConditionError, fits, matchesGlob, parseCondition, sortEntities } from '../../osinfo/query.js';
import { compareVersions } from '../../osinfo/version-order.js';

const os = (name: string, content: string) => [
  `os/e.org/${name}.xml`,
  `<libosinfo version="0.0.1"><os id="http://e.org/${name}"><short-id>${name}</short-id>${content}</os></libosinfo>`,
];
const db = dbFromXml(
  Object.fromEntries([
    os(
      'rhel9',
      '<short-id>el9</short-id><version>9</version><family>linux</family><distro>rhel</distro><vendor>Red Hat, Inc</vendor><release-date>2022-05-17</release-date>',
    ),
    os(
      'rhel10',
      '<version>10</version><family>linux</family><distro>rhel</distro><release-date>2025-05-20</release-date><eol-date>2035-05-31</eol-date><derives-from id="http://e.org/rhel9"/>',
    ),
    os(
      'win',
      '<family>winnt</family><release-date>2024-10-01</release-date><devices><device id="http://d.org/x"/></devices>',
    ),
    os('winchild', '<derives-from id="http://e.org/win"/>'),
  ]),
);
const keys = ['short-id', 'version', 'family', 'release-date', 'id'];
const found = (...conditions: string[]) => {
  const parsed = conditions.map((text) => parseCondition(text, keys));
  return db
    .oses()
    .filter((one) => parsed.every((condition) => fits(one, condition)))
    .map((one) => one.shortId);
};

describe('conditions', () => {
  const table: [string, string[]][] = [
    ['short-id=el9', ['rhel9']],
    ['short-id=EL9', []],
    ['short-id=', []],
    ['short-id=rhel*', ['rhel10', 'rhel9']],
    ['short-id=?in', ['win']],
    ['family!=linux', ['win', 'winchild']],
    ['version>=9', ['rhel10', 'rhel9']],
    ['version>9', ['rhel10']],
    ['version<10', ['rhel9']],
    ['release-date>=2024', ['rhel10', 'win']],
    ['release-date>2024', ['rhel10']],
    ['release-date<=2024', ['rhel9', 'win']],
    ['release-date<2024-10', ['rhel9']],
    ['release-date<=2024-10-01', ['rhel9', 'win']],
    ['id=http://e.org/win', ['win']],
  ];
  it.each(table)('%s', (condition, wanted) => {
    expect(found(condition)).toEqual(wanted);
  });

  it('are all to be met; one key twice wants both values', () => {
    expect(found('family=linux', 'version>9')).toEqual(['rhel10']);
    expect(found('short-id=rhel9', 'short-id=el9')).toEqual(['rhel9']);
    expect(found('short-id=rhel9', 'short-id=win')).toEqual([]);
  });

  it('are split at the first operator: a value may hold more', () => {
    expect(parseCondition('version=a=b<c', keys)).toEqual({ key: 'version', operator: '=', value: 'a=b<c' });
    expect(parseCondition('version<=>=', keys)).toEqual({ key: 'version', operator: '<=', value: '>=' });
  });

  it('without an operator, or with another key, are errors that name what comes near', () => {
    expect(() => parseCondition('version', keys)).toThrow('Syntax error in condition, expecting KEY=VALUE');
    expect(() => parseCondition('=x', keys)).toThrow(/^Unknown property name $/);
    try {
      parseCondition('famly=x', keys);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConditionError);
      expect((error as ConditionError).near).toEqual(['family']);
    }
  });
});

describe('globs', () => {
  it('fit as a regular expression of the same meaning does', () => {
    const letter = fc.constantFrom('a', 'b', '*', '?', '.');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '.') }),
        fc.string({ unit: letter, maxLength: 8 }),
        (text, glob) => {
          const expression = glob.replace(/[.]/g, '\\.').replace(/[*]+/g, '.*').replace(/[?]/g, '.');
          expect(matchesGlob(text, glob)).toBe(new RegExp(`^${expression}$`, 's').test(text));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('cannot be made to hang', () => {
    const begin = performance.now();
    expect(matchesGlob('a'.repeat(20_000), `${'*a'.repeat(100)}b`)).toBe(false);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});

describe('order', () => {
  const sorted = (key: string, order: 'bytes' | 'versions') =>
    sortEntities(db.oses(), key, order).map((one) => one.shortId);

  it('is by bytes, then id, what lacks the key last', () => {
    expect(sorted('short-id', 'bytes')).toEqual(['rhel10', 'rhel9', 'win', 'winchild']);
    expect(sorted('family', 'bytes')).toEqual(['rhel10', 'rhel9', 'win', 'winchild']);
    expect(sorted('version', 'bytes')).toEqual(['rhel10', 'rhel9', 'win', 'winchild']);
    expect(sorted('vendor', 'bytes')[0]).toBe('rhel9');
  });

  it('or as people count', () => {
    expect(sorted('short-id', 'versions')).toEqual(['rhel9', 'rhel10', 'win', 'winchild']);
  });

  it('versions: examples', () => {
    const list = ['10', '9.10', '9.2', '9', '2.0rc1', '2.0', '07', '7', '', 'b', 'a1', 'a'];
    expect(list.sort(compareVersions)).toEqual([
      '',
      '2.0',
      '2.0rc1',
      '07',
      '7',
      '9',
      '9.2',
      '9.10',
      '10',
      'a',
      'a1',
      'b',
    ]);
  });

  it('versions: one total order', () => {
    const version = fc.string({ unit: fc.constantFrom('0', '1', '9', '.', 'a', '-'), maxLength: 6 });
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        expect(compareVersions(a, b) === 0).toBe(a === b);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('oses of a filter', () => {
  const oses = (filter: Parameters<typeof db.oses>[0]) => db.oses(filter).map((one) => one.shortId);

  it('by family, distro, vendor, device, ancestor and date', () => {
    expect(oses({ family: 'winnt' })).toEqual(['win']);
    expect(oses({ distro: 'rhel', vendor: 'Red Hat, Inc' })).toEqual(['rhel9']);
    expect(oses({ supportsDevice: 'http://d.org/x' })).toEqual(['win', 'winchild']);
    expect(oses({ derivesFrom: 'el9' })).toEqual(['rhel10']);
    expect(oses({ derivesFrom: 'http://e.org/win' })).toEqual(['winchild']);
    expect(oses({ supportedOn: '2024-12-01' })).toEqual(['rhel9', 'win', 'winchild']);
    expect(oses({ supportedOn: '2036-01-01', family: 'linux' })).toEqual(['rhel9']);
  });
});
