// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';

/** Printable text of any kind, rich in what has a meaning somewhere. */
export const hostile = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(
        ...'\'"`$\\!#%&;|<>(){}[]*?~^=, \t\n\r',
        ']]>',
        '<!--',
        '%end',
        '${x}',
        '$(x)',
        '\\\n',
        '-',
        '\u0085',
        '\u2028',
        '\u2029',
      ),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 20,
  })
  .map((text) => text.replace(/[^\P{Cc}\t\n\r\u0085]/gu, ''));
