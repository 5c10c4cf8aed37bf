// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { quoteValue } from '../../../osinfo/script/quoting.js';
import { hostile } from './hostile.js';

describe('a value comes back as it went in', () => {
  it('through a shell', () => {
    const values = fc.sample(hostile, 1000);
    const script = values.map((value) => `printf '%s\\0' ${quoteValue('shell', value, 'x') || "''"}\n`).join('');
    const read = execFileSync('sh', [], { input: script, encoding: 'utf8' }).split('\0').slice(0, -1);
    expect(read).toEqual(values);
  });

  it('through JSON, in printable ASCII alone', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const text = quoteValue('json', value, 'x');
        fc.pre(!['', 'true', 'false'].includes(value));
        expect(text).toMatch(/^"[\x20-\x7e]*"$/);
        expect(JSON.parse(text)).toBe(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('through a line, or is refused by the name of its parameter', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        try {
          const text = quoteValue('line', value, 'hostname');
          expect(text).toBe(value);
          expect(/[\r\n]|^\s|\s$|\\$/.test(text)).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^hostname .*; choose another value$/);
          expect(/[\r\n]|^\s|\s$|\\$/.test(value)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('but no kickstart holds a line break', () => {
    expect(() => quoteValue('kickstart', 'a\nb', 'hostname')).toThrow('hostname has a line break');
    for (const separator of ['\u0085', '\u2028', '\u2029'])
      expect(() => quoteValue('kickstart', `a${separator}b`, 'hostname')).toThrow('hostname has a line separator');
    expect(quoteValue('kickstart', "it's", 'hostname')).toBe(`'it'\\''s'`);
  });
});
