// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readXml, type XmlElement } from '../../../osinfo/xml/read.js';
import { writeXml, type XmlNode, XmlWriteError } from '../../../osinfo/xml/write.js';

describe('writeXml', () => {
  it('indents, keeps the order of attributes, writes comments and empty elements', () => {
    const text = writeXml({
      name: 'domain',
      attrs: [
        ['type', 'kvm'],
        ['id', 'true'],
      ],
      comment: 'made -- here-',
      children: [
        { name: 'name', children: ['a & b < c > d'] },
        { name: 'empty', children: [''] },
        { name: 'x:box', attrs: { 'xmlns:x': 'urn:x' }, children: [{ name: 'in', children: ['  '] }] },
      ],
    });
    expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<!-- made - - here-  -->
<domain type="kvm" id="true">
  <name>a &amp; b &lt; c &gt; d</name>
  <empty/>
  <x:box xmlns:x="urn:x">
    <in>  </in>
  </x:box>
</domain>
`);
  });

  it('leaves the declaration out and writes one line on request', () => {
    const node = { name: 'a', children: [{ name: 'b', children: ['c'] }] };
    expect(writeXml(node, { declaration: false, indent: 0 })).toBe('<a><b>c</b></a>\n');
  });

  it('adds no white space to mixed content', () => {
    expect(writeXml({ name: 'p', children: ['a', { name: 'b', children: ['c'] }, 'd'] }, { declaration: false })).toBe(
      '<p>a<b>c</b>d</p>\n',
    );
  });

  it('refuses what has no XML form', () => {
    expect(() => writeXml({ name: 'bad name><x' })).toThrow(XmlWriteError);
    expect(() => writeXml({ name: 'a', attrs: { 'b="1" c': '' } })).toThrow(XmlWriteError);
    expect(() => writeXml({ name: 'a', children: ['\u0001'] })).toThrow('the character U+0001 has no place in XML');
    expect(() => writeXml({ name: 'a', attrs: { b: '\uD800' } })).toThrow('U+D800');
    const twice = [
      ['b', '1'],
      ['b', '2'],
    ] as const;
    expect(() => writeXml({ name: 'a', attrs: twice })).toThrow('attribute b stands twice in <a>');
  });

  it('writes what readXml reads back as the same tree', () => {
    const name = fc.constantFrom('a', 'os', 'short-id', 'b.c', '_x', 'toString', '__proto__');
    const text = fc
      .string({
        unit: fc.oneof(fc.constantFrom('&', '<', '>', '"', "'", '\n', '\t', '\r', ' ', ']]>', '-', '/>'), fc.string()),
      })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them
      .map((raw) => raw.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu, ''));
    const { tree } = fc.letrec<{ tree: XmlNode }>((tie) => ({
      tree: fc.record({
        name,
        attrs: fc.dictionary(name, text),
        children: fc.oneof(
          { maxDepth: 4 },
          text.map((one) => [one]),
          fc.array(tie('tree') as fc.Arbitrary<XmlNode>, { maxLength: 4 }),
        ),
      }),
    }));
    fc.assert(
      fc.property(tree, fc.constantFrom(0, 2), (node, indent) => {
        expect(shape(readXml(writeXml(node, { indent }), 'x.xml'))).toEqual(wanted(node));
      }),
      { numRuns: 500 },
    );
  });
});

type Shape = [string, [string, string][], (Shape | string)[]];

function shape(element: XmlElement): Shape {
  const elements = element.children;
  return [element.name, [...element.attrs], elements.length > 0 ? elements.map(shape) : [element.text]];
}

function wanted(node: XmlNode): Shape {
  const elements = (node.children ?? []).filter((child) => typeof child !== 'string');
  const text = (node.children ?? []).filter((child) => typeof child === 'string').join('');
  return [node.name, Object.entries(node.attrs ?? {}), elements.length > 0 ? elements.map(wanted) : [text]];
}
