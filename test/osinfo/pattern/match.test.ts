// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalsOf } from '../../../osinfo/pattern/literals.js';
import { compilePattern } from '../../../osinfo/pattern/match.js';
import { bitsOf } from '../../../osinfo/pattern/narrowness.js';
import { PatternError, parsePattern } from '../../../osinfo/pattern/parse.js';

const test = (source: string, text: string): boolean | undefined => compilePattern(parsePattern(source)).test(text);
const groups = (source: string, text: string): readonly (string | undefined)[] | undefined =>
  compilePattern(parsePattern(source)).groups(text);

describe('patterns are found as PCRE finds them', () => {
  it.each<readonly [string, string, boolean]>([
    ['b', 'abc', true],
    ['^b', 'abc', false],
    ['c$', 'abc\n', true],
    ['c$', 'abc\n\n', false],
    ['c\\z', 'abc\n', false],
    ['c\\Z', 'abc\n', true],
    ['^.$', '\r', false],
    ['(?s)^.$', '\n', true],
    ['(?m)^b$', 'a\nb\nc', true],
    ['(?i)ABC', 'xabcx', true],
    ['(?i:A)b', 'AB', false],
    ['(?x) a b # c', 'ab', true],
    ['a(?#c)b', 'ab', true],
    ['^a{2,3}$', 'aaaa', false],
    ['a{,3}', 'a{,3}', true],
    ['a++a', 'aaa', false],
    ['(?>a*)a', 'aaa', false],
    ['(?<!a)b', 'ab', false],
    ['(?<=aa|c)b', 'cb', true],
    ['(?<=aa|c)b', 'ab', false],
    ['(?<!^)b', 'b', false],
    ['\\bb\\b', 'a b c', true],
    ['\\Bb', 'a b', false],
    ['[[:alpha:]_]+\\d$', 'ab_1', true],
    ['[]a]', ']', true],
    ['[^]a]', 'a', false],
    ['\\x41\\x{42}', 'AB', true],
    ['^.$', '😀', true],
    ['(|a)*b', 'aab', true],
    ['', '', true],
  ])('%s in %j: %s', (source, text, expected) => {
    expect(test(source, text)).toBe(expected);
  });

  it.each(['(a)\\1', '(?<=a+)b', '(', 'a{2}{3}', '^*', '(?:a{1000}){1000}'])('%s is refused', (source) => {
    expect(() => compilePattern(parsePattern(source))).toThrow(PatternError);
  });

  it('groups take what PCRE gives them, from the beginning of the text', () => {
    expect(groups('(a+)(b)?(c|d)*', 'aacd!')).toEqual(['aacd', 'aa', undefined, 'd']);
    expect(groups('.*_(..?)', 'x_de_fr')).toEqual(['x_de_fr', 'fr']);
    expect(groups('.*?_(..?)', 'x_de_fr')).toEqual(['x_de', 'de']);
    expect(groups('b', 'ab')).toBeUndefined();
  });
});

// What PCRE and JavaScript mean alike, on texts without line breaks.
const atom = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\d',
  '\\w',
  '-',
  '\\.',
  '(a)',
  '(?:ab|b)',
  '(?=a)',
  '(?!b)',
  '(?<=a)',
  '(?<!b)',
  '\\b',
);
const piece = fc
  .tuple(atom, fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{2,}?'))
  .map(([one, quantifier]) => (/^\(\?[=!<]|^\\b/.test(one) ? one : `${one}${quantifier}`));
const pattern = fc
  .array(fc.oneof({ weight: 6, arbitrary: piece }, fc.constant('|')), { minLength: 1, maxLength: 7 })
  .map((pieces) => pieces.join(''));
const text = fc
  .array(fc.constantFrom('a', 'b', '1', '-', '.', ' '), { maxLength: 10 })
  .map((characters) => characters.join(''));

describe('whatever the pattern and the text', () => {
  it('it is found where JavaScript finds it, with the same groups', () => {
    fc.assert(
      fc.property(pattern, text, (source, read) => {
        expect(test(source, read)).toBe(new RegExp(source, 'u').test(read));
        const theirs = new RegExp(`(?:${source})`, 'uy').exec(read);
        expect(groups(source, read)?.[0]).toBe(theirs?.[0]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('every text that fits has one of the literals', () => {
    const literal = fc.oneof(
      pattern,
      fc
        .array(fc.constantFrom('ab', 'ba1', '(a1|b)', 'a?', '[a-b]', 'b+', '1{2}', '(?:ab)?', '\\-', '$', '^'), {
          maxLength: 5,
        })
        .map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(literal, text, (source, read) => {
        const literals = literalsOf(source);
        fc.pre(literals.length > 0 && test(source, read) === true);
        expect(literals.some((one) => read.includes(one))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('literals', () => {
  it.each<readonly [string, readonly string[]]>([
    ['^Fedora-S-dvd-x86_64-37$', ['Fedora-S-dvd-x86_64-37']],
    ['Ubuntu 20\\.04(\\.\\d+)? LTS', ['Ubuntu 20.04']],
    ['(ARMECHK|NRMEVOL)_', ['ARMECHK', 'NRMEVOL']],
    ['ab+cde', ['cde']],
    ['abcd?', ['abc']],
    ['abc|d.*', ['abc', 'd']],
    ['abc|.*', []],
    ['(?i)abc', []],
    ['[abc]+', []],
    ['a]b', ['a]b']],
  ])('of %s: %j', (source, expected) => {
    expect(literalsOf(source)).toEqual(expected);
  });
});

it('a narrower pattern asks for more', () => {
  const order = ['.*', 'FED', '^FED', '^FED-\\d', '^FED-[3-4]', '^FED-(36|37)', '^FED-37', '^FED-37$'];
  const bits = order.map((source) => bitsOf(parsePattern(source)));
  expect([...bits].sort((a, b) => a - b)).toEqual(bits);
  expect(bits[0]).toBeCloseTo(0);
});
