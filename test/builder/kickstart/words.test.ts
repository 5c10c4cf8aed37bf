// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteAlways, quoteWord, splitWords } from '../../../builder/kickstart/words.js';

const texts = (line: string) => splitWords(line).words.map((word) => word.text);

describe('words of a line', () => {
  it.each([
    ['part / --size=1', ['part', '/', '--size=1']],
    ["  a\t'b c'  d  ", ['a', 'b c', 'd']],
    [`--append=a"b c"'d'`, ['--append=ab cd']],
    ['"a\\"b\\\\c\\d"', ['a"b\\c\\d']],
    ["'a\\b\"c'", ['a\\b"c']],
    ['a\\ b \\#c', ['a b', '#c']],
    ['"" x', ['', 'x']],
    ['a # b', ['a']],
    ['rootpw pa#ss', ['rootpw', 'pa']],
    ['"pa#ss"', ['pa#ss']],
    ['lang ü\u00a0x', ['lang', 'ü\u00a0x']],
    ['$HOME *', ['$HOME', '*']],
    ['', []],
  ])('splits %j', (line, words) => {
    expect(texts(line)).toEqual(words);
  });

  it('tells the column of each word, and where a # cut one', () => {
    expect(splitWords('rootpw  "x" pa#ss')).toEqual({
      words: [
        { text: 'rootpw', column: 1 },
        { text: 'x', column: 9 },
        { text: 'pa', column: 13 },
      ],
      fault: undefined,
      cutAt: 15,
      comment: '#ss',
    });
  });

  it.each([
    ["keyboard 'us", 'unclosed-quote', 10],
    ['lang "a\\"', 'unclosed-quote', 6],
    ['part / \\', 'lone-escape', 8],
    ['part / \\\n', 'line-continuation', 8],
    ['part / \\\r\n', 'line-continuation', 8],
  ])('finds the fault in %j', (line, code, column) => {
    expect(splitWords(line).fault).toMatchObject({ code, column });
  });

  it('reads back what it quotes, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
        expect(texts(words.map(quoteAlways).join(' '))).toEqual(words);
        expect(texts(words.map(quoteWord).join(' '))).toEqual(words);
      }),
    );
  });
});
