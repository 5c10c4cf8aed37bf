// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canRunAway, opaqueParts, shortestMatch } from '../../../osinfo/pattern/analyse.js';
import { parsePattern } from '../../../osinfo/pattern/parse.js';
import { positionsOf } from '../../../osinfo/pattern/positions.js';
import { examplesOf, toRegExp } from '../../../osinfo/pattern/print.js';

const graph = (source: string) => positionsOf(parsePattern(source))!;

describe('patterns', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['a)', "an unmatched ')'"],
    ['(a', "a missing ')'"],
    ['[a', "a missing ']'"],
    ['*a', 'nothing to repeat'],
    ['a**', 'nothing to repeat'],
    ['(|+)', 'nothing to repeat'],
    ['a{3,2}', 'the numbers of a repetition are out of order'],
    ['[z-a]', 'a range out of order'],
    ['[[:nope:]]', 'an unknown class [:nope:]'],
    ['\\y', 'an unknown escape \\y'],
    ['a\\', 'a backslash at the end'],
    ['(?<a', 'a group of an unknown kind'],
    ['('.repeat(60) + ')'.repeat(60), 'groups are nested deeper than 50'],
    ['a'.repeat(3_000), 'it is longer than 2000 characters'],
  ];
  for (const [source, message] of wrong) {
    it(`that are none are refused: ${source.slice(0, 20)}`, () => {
      expect(() => parsePattern(source)).toThrow(message);
    });
  }

  const fits: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      '^Fedora-(S|WS)-dvd-x86_64-41$',
      ['Fedora-S-dvd-x86_64-41', 'Fedora-WS-dvd-x86_64-41'],
      ['Fedora-S-dvd-x86_64-410', 'xFedora-S-dvd-x86_64-41'],
    ],
    ['b{2,3}', ['abbc', 'bbbb'], ['b', 'abab']],
    ['a{,3}', ['a{,3}'], ['aaa']],
    ['[^]a]', ['b'], ['a', ']']],
    ['[\\w.-]+\\s?x', ['a.b-c x'], ['x']],
    ['(?i)deBIAN [0-9]', ['DEBIAN 7'], ['DEBIAN x']],
    ['a(?i:b)c', ['aBc'], ['aBC']],
    ['\\x41\\x{42}\\t', ['AB\t'], ['AB ']],
    ['(?P<v>a)(?:b)(?#no)c', ['abc'], ['ab']],
    ['[[:digit:]]{2}', ['12'], ['1a']],
    ['a.c', ['a☃c'], ['a\nc']],
    ['x|', ['', 'y'], []],
  ];
  for (const [source, good, bad] of fits) {
    it(`mean what they say: ${source}`, () => {
      const regexp = toRegExp(parsePattern(source));
      for (const text of good) expect(regexp.test(text), text).toBe(true);
      for (const text of bad) expect(regexp.test(text), text).toBe(false);
    });
  }

  const lengths: readonly (readonly [string, number | undefined])[] = [
    ['abc', 3],
    ['a*', 0],
    ['(abc|d)e+', 2],
    ['^a{40}$', 40],
    ['a^b', undefined],
    ['a$b', undefined],
    ['^$', 0],
    ['(^a|b^c)', 1],
    ['x*^a', 1],
    ['a$\\s?', 1],
    ['[^\\s\\S]', undefined],
    ['a|[^\\d\\D]', 1],
  ];
  for (const [source, length] of lengths) {
    it(`need so many characters: ${source}`, () => expect(shortestMatch(graph(source))).toBe(length));
  }

  const runaway: readonly (readonly [string, boolean])[] = [
    ['(a+)+$', true],
    ['(a*)*b', true],
    ['(a|a)*b', true],
    ['(a|ab|b)*c', true],
    ['(.*,)*x', true],
    ['(\\w+\\d*)+$', true],
    ['([A-Z]{2,4}[A-Z])+$', true],
    ['a*a*a*b', false],
    ['(?:-[A-Z]{2,4})+', false],
    ['^.*Fedora.*$', false],
    ['(a|b)*c', false],
    ['(ab|ac)*d', false],
    ['(a+b)+', false],
    ['(?:[0-9]+\\.)*[0-9]+', false],
  ];
  for (const [source, bad] of runaway) {
    it(`${bad ? 'can' : 'cannot'} run away: ${source}`, () => expect(canRunAway(graph(source))).toBe(bad));
  }

  it('are told for what engines of bounded time lack', () => {
    expect(opaqueParts(parsePattern('a(?!b)(c|\\1)\\b'))).toEqual([
      'look-around',
      'a back reference',
      'a word boundary',
    ]);
  });

  it('that are too large are left', () => {
    expect(positionsOf(parsePattern('(((a{60}){60}){60})'))).toBeUndefined();
  });

  it('have examples that they fit', () => {
    const piece: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom('a', 'B', '\\.', '[0-9]', '\\w', '.', '[^x]', 'ab'),
        fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
        fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
        fc.tuple(tie('node'), fc.constantFrom('?', '*', '+', '{2}', '{1,3}')).map(([a, by]) => `(?:${a})${by}`),
      ),
    })).node;
    fc.assert(
      fc.property(piece, (source) => {
        const node = parsePattern(source);
        const found = positionsOf(node);
        fc.pre(found !== undefined && !canRunAway(found));
        const regexp = toRegExp(node, true);
        const examples = examplesOf(node, 4);
        expect(examples.length).toBeGreaterThan(0);
        for (const example of examples) {
          expect(regexp.test(example), `${source} ${example}`).toBe(true);
          expect([...example].length).toBeGreaterThanOrEqual(shortestMatch(found!)!);
        }
      }),
      { numRuns: 300 },
    );
  });
});
