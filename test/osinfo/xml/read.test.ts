// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { readXml, XmlError } from '../../../osinfo/xml/read.js';

const failure = (source: string | Uint8Array, limits = {}): XmlError => {
  try {
    readXml(source, 'x.xml', limits);
  } catch (error) {
    if (error instanceof XmlError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('readXml', () => {
  it('gives names, namespaces, attributes, text and places', () => {
    const root = readXml(
      '<a xmlns:p="urn:p">\n  <p:b c="1"\n d="2">t&#65;&amp;<![CDATA[<&>]]><e/>u</p:b>\n</a>',
      'x.xml',
    );
    const b = root.child('b')!;
    expect([b.name, b.prefix, b.namespace]).toEqual(['b', 'p', 'urn:p']);
    expect([...b.attrs]).toEqual([
      ['c', '1'],
      ['d', '2'],
    ]);
    expect(b.nodes.length).toBe(3);
    expect(b.text).toBe('tA&<&>u');
    expect(b.at).toEqual({ line: 2, column: 3 });
    expect(b.child('e')!.source).toBe('<e/>');
    expect(b.source).toMatch(/^<p:b c="1"\n d="2">t&#65;.*<\/p:b>$/);
    expect(b.child('e')!.at).toEqual({ line: 3, column: 34 });
  });

  it('finds the place of a tag whose name ends its line, and counts CR LF and CR as line ends', () => {
    const root = readXml('\uFEFF<a>\r\n\r <b\r\n  c="1"/>\r\n</a>', 'x.xml');
    expect(root.child('b')!.at).toEqual({ line: 3, column: 2 });
    expect(root.text).toBe('\n\n \n');
  });

  it('turns line ends in attributes into spaces, but keeps written ones', () => {
    expect(readXml('<a b="1\n2&#10;3"/>', 'x.xml').attrs.get('b')).toBe('1 2\n3');
  });

  it('takes names that are properties of every JavaScript object as ordinary names', () => {
    const root = readXml('<__proto__ constructor="1" __proto__="2"><toString/></__proto__>', 'x.xml');
    expect([...root.attrs.keys()]).toEqual(['constructor', '__proto__']);
    expect(root.children[0]!.name).toBe('toString');
  });

  const malformed: [string, string][] = [
    ['an empty file', ''],
    ['text only', 'hello'],
    ['an unclosed tag', '<a>'],
    ['a tag too many', '<a></a></a>'],
    ['crossed tags', '<a><b></a></b>'],
    ['two roots', '<a/><b/>'],
    ['text after the root', '<a/>x'],
    ['a duplicate attribute', '<a b="1" b="2"/>'],
    ['a duplicate through namespaces', '<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>'],
    ['an unquoted value', '<a b=1/>'],
    ['an attribute without value', '<a b/>'],
    ['a bare & in text', '<a>a & b</a>'],
    ['a bare & in an attribute', '<a b="a & b"/>'],
    ['a < in an attribute', '<a b="<"/>'],
    ['an entity of HTML', '<a>&nbsp;</a>'],
    ['an entity named like a method', '<a>&toString;</a>'],
    ['a reference to NUL', '<a>&#0;</a>'],
    ['a reference to a surrogate', '<a>&#xD800;</a>'],
    ['a control character', '<a>\u0001</a>'],
    ['NUL', '<a>\0</a>'],
    [']]> in text', '<a>]]></a>'],
    ['-- in a comment', '<a><!-- a -- b --></a>'],
    ['a late XML declaration', '<a/><?xml version="1.0"?>'],
    ['XML 2.0', '<?xml version="2.0"?><a/>'],
    ['an unbound prefix', '<a:b/>'],
    ['a bad name', '<1a/>'],
  ];
  it.each(malformed)('refuses %s', (_what, source) => {
    expect(failure(source).message).toMatch(/^x\.xml:\d+:\d+: \S/);
  });

  it('refuses every document type, at its place', () => {
    const bomb = '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>\n<a>&c;</a>';
    expect(failure(bomb)).toMatchObject({ code: 'xml-doctype', at: { file: 'x.xml', line: 2 } });
    expect(failure('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>').code).toBe('xml-doctype');
  });

  it('refuses other encodings and bytes that are not UTF-8, with the line', () => {
    expect(failure('<?xml version="1.0" encoding="ISO-8859-1"?><a/>').code).toBe('xml-encoding');
    const error = failure(Buffer.from([0x3c, 0x61, 0x3e, 0x0a, 0xe9, 0x3c, 0x2f, 0x61, 0x3e]));
    expect(error.message).toBe('x.xml:2: the file is not UTF-8; save it as UTF-8');
    expect(readXml('<?xml version="1.0" encoding="us-ascii"?><a/>', 'x.xml').name).toBe('a');
  });

  it('is bounded in size, depth, elements and attributes, and soon', () => {
    const before = process.cpuUsage();
    expect(failure('<a>'.repeat(200_000)).code).toBe('xml-too-deep');
    expect(failure(`<a>${' '.repeat(5 * 1024 * 1024)}</a>`).code).toBe('xml-too-large');
    expect(failure(`<a>${'<b/>'.repeat(300_000)}</a>`).code).toBe('xml-too-many');
    const attributes = Array.from({ length: 300_000 }, (_, index) => `a${index}=""`).join(' ');
    expect(failure(`<a ${attributes}/>`).code).toBe('xml-too-many');
    // Time of the processor, in microseconds: other tests run beside this one.
    const used = process.cpuUsage(before);
    expect(used.user + used.system).toBeLessThan(5_000_000);
    expect(readXml(`${'<a>'.repeat(64)}${'</a>'.repeat(64)}`, 'x.xml').name).toBe('a');
  });

  it('is an input error with a place', () => {
    expect(failure('<a>\n<b')).toBeInstanceOf(InputError);
    expect(failure('<a>\n<b').at).toMatchObject({ file: 'x.xml', line: 2 });
  });

  it('throws nothing but its own error on damaged documents', () => {
    const good =
      '<?xml version="1.0"?><l xmlns:g="urn:g"><os id="x">a &amp; b<n xml:lang="de">&#228;</n><!-- c --><g:f/></os></l>';
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '&',
      ';',
      '"',
      "'",
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '\0',
      ':',
      '=',
      '<!',
    );
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(12), fc.oneof(piece, fc.string()), (at, cut, put) => {
        const text = good.slice(0, at) + put + good.slice(at + cut);
        try {
          readXml(Buffer.from(text), 'x.xml');
        } catch (error) {
          expect(error).toBeInstanceOf(XmlError);
        }
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readXml(bytes, 'x.xml');
        } catch (error) {
          expect(error).toBeInstanceOf(XmlError);
        }
      }),
    );
  });
});
