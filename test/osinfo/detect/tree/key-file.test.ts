// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyFile, parseKeyFile } from '../../../../osinfo/detect/tree/key-file.js';
import { InputError } from '../../../../osinfo/errors.js';

const plain = (file: KeyFile) => Object.fromEntries([...file].map(([name, keys]) => [name, Object.fromEntries(keys)]));

describe('key files', () => {
  it.each([
    ['', {}],
    ['# only\n\n   # comments\n', {}],
    ['[general]\nfamily = Fedora\nversion=36\n', { general: { family: 'Fedora', version: '36' } }],
    ['\uFEFF[a]\r\nb = c \r\n', { a: { b: 'c' } }],
    ['[a] \t\n\tb\t=\tc = d\t\n', { a: { b: 'c = d' } }],
    ['[a]\nb =\n; WARNING.0 = x\nk[de_DE] = y', { a: { b: '', '; WARNING.0': 'x', 'k[de_DE]': 'y' } }],
    ['[a]\nb=1\n[c]\n[a]\nb=2\nd=3', { a: { b: '2', d: '3' }, c: {} }],
    ['[a]\nb=\\sx\\ty\\\\n\\q', { a: { b: ' x\ty\\n\\q' } }],
    ['[__proto__]\nconstructor = x', { ['__proto__']: { constructor: 'x' } }],
  ])('reads %j', (text, expected) => {
    expect(plain(parseKeyFile(text, 'f'))).toEqual(expected);
  });

  it.each([
    ['garbage', 'f:1: Key file contains line “garbage” which is not a key-value pair, group, or comment'],
    ['[a]\r\n\r\n =b\r\n', 'f:3: Key file contains line “ =b” which is not a key-value pair, group, or comment'],
    ['[a\nb=c', 'f:1: Key file contains line “[a” which is not a key-value pair, group, or comment'],
    ['[a]b]', 'f:1: Key file contains line “[a]b]” which is not a key-value pair, group, or comment'],
    ['a=b', 'f:1: Key file does not start with a group'],
    ['[]', 'f:1: Invalid group name: '],
    ['[a[]', 'f:1: Invalid group name: a['],
    ['[a]\nb[=c', 'f:2: Invalid key name: b['],
    ['\u001b[31mred', 'f:1: Key file contains line “\uFFFD[31mred” which is not a key-value pair, group, or comment'],
  ])('refuses %j', (text, message) => {
    const attempt = (): string => {
      try {
        return JSON.stringify(plain(parseKeyFile(text, 'f')));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        return (error as Error).message;
      }
    };
    expect(attempt()).toBe(message);
  });

  it('reads back what was written', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/);
    const value = fc.string({ maxLength: 30 }).filter((text) => !/[\n\\]/.test(text) && text === text.trim());
    fc.assert(
      fc.property(fc.dictionary(word, fc.dictionary(word, value)), (groups) => {
        const lines = Object.entries(groups).flatMap(([name, keys]) => [
          `[${name}]`,
          ...Object.entries(keys).map(([key, one]) => `${key} = ${one}`),
        ]);
        expect(plain(parseKeyFile(lines.join('\n'), 'f'))).toEqual({ ...groups });
      }),
    );
  });

  it('takes whatever comes, or says at once what is wrong with it', () => {
    const real =
      '[general]\nfamily = Fedora\n; x = y\nversion = 36\n\n[images-x86_64]\nkernel = images/pxeboot/vmlinuz\n';
    const change = fc.tuple(fc.nat(real.length), fc.nat(20), fc.string({ unit: 'binary', maxLength: 40 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 5 }), (changes) => {
        let text = real;
        for (const [at, cut, put] of changes) text = text.slice(0, at) + put + text.slice(at + cut);
        try {
          parseKeyFile(text, 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^f:\d+: [^\n]*$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads a line of a megabyte of blanks in no time', () => {
    const started = performance.now();
    expect(() => parseKeyFile(`[a]\n${' '.repeat(500_000)}x${' '.repeat(500_000)}`, 'f')).toThrow(InputError);
    expect(plain(parseKeyFile(`[a]\nb=${'= '.repeat(250_000)}`, 'f'))['a']?.['b']).toHaveLength(499_999);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
