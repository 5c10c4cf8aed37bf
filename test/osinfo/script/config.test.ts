// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { generatePassword, parseConfigFile, parseConfigPair } from '../../../osinfo/script/config.js';

const refusal = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'taken';
};

describe('a pair of a parameter and its value', () => {
  it('is split at the first =', () => {
    expect(parseConfigPair('admin-password=a=b')).toEqual(['admin-password', 'a=b']);
    expect(parseConfigPair('x=')).toEqual(['x', '']);
  });

  it.each([
    ['nothing', 'Expected configuration key=value'],
    ['=value', 'Expected configuration key=value'],
    ['a b=c', '"a b" is no name of a parameter'],
    ['a/b=c', '"a/b" is no name of a parameter'],
    ['<x>=c', '"<x>" is no name of a parameter'],
    ['hostname=a\u0007b', 'hostname has the character U+0007'],
    [`hostname=${'x'.repeat(5000)}`, 'hostname has 5000 characters; it may have 4096'],
  ])('%s is refused', (text, says) => {
    expect(refusal(() => parseConfigPair(text))).toContain(says);
  });

  it('of any text is a pair or one clear refusal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        refusal(() => parseConfigPair(`hostname=${text}`));
        refusal(() => parseConfigPair(text));
      }),
    );
  });
});

describe('a file of parameters', () => {
  it('has the parameters that libosinfo knows, the last of each', () => {
    const text =
      '# mine\n[install-script]\nhostname=one\nhostname = two\nmade-up=x\nuser-realname=B\\sC\n[other]\nhostname=x\n';
    expect([...parseConfigFile(text, 'f')]).toEqual([
      ['user-realname', ['B C']],
      ['hostname', ['two']],
    ]);
  });

  it('without its group, or with what is no key file, is refused by name and line', () => {
    expect(refusal(() => parseConfigFile('[other]\nx=y\n', 'f.conf'))).toBe(
      'f.conf: Key file does not have group “install-script”',
    );
    expect(refusal(() => parseConfigFile('[install-script]\nhostname\n', 'f.conf'))).toMatch(/^f\.conf:2: /);
  });
});

it('passwords that are made up are never the same', () => {
  const all = new Set(Array.from({ length: 200 }, generatePassword));
  expect(all.size).toBe(200);
  for (const one of all) expect(one).toMatch(/^[a-zA-Z2-9]{16}$/);
});
