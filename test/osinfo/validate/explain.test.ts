// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../osinfo/package-root.js';
import { loadFastXml } from '../../../osinfo/validate/libxml.js';
import { explain } from '../../../osinfo/validate/relaxng/explain.js';
import { readGrammar, UnknownConstruct } from '../../../osinfo/validate/relaxng/grammar.js';
import { readXml, XmlError } from '../../../osinfo/xml/read.js';

const grammarFile = join(packageRoot(), 'schema/osinfo.rng');
const grammarBytes = readFileSync(grammarFile);
const grammar = readGrammar(grammarBytes, grammarFile);
const document = (inside: string): string =>
  `<libosinfo version="0.0.1" xmlns:gw="urn:guestwright:db:1">${inside}</libosinfo>`;
const os = (inside: string): string => document(`<os id="http://e.org/a">${inside}</os>`);
const fact = (inside: string): string => os(`<gw:facts>${inside}</gw:facts>`);
const said = (text: string, by = grammar): string[] =>
  explain(readXml(text, 'a.xml'), by).map(({ message }) => message);

/** A document, and everything that is said about it. */
const sentences: readonly (readonly [string, readonly string[]])[] = [
  [os(''), []],
  ['<osinfo/>', ['the root element is <osinfo>; expected <libosinfo>']],
  ['<libosinfo/>', ['<libosinfo> lacks the attribute version']],
  ['<libosinfo version="1"/>', ['version="1" in <libosinfo>; expected 0.0.1']],
  [
    document('<system/>'),
    ['<system> is not allowed in <libosinfo>, which takes datamap, device, os, platform, deployment or install-script'],
  ],
  [document('<os/>'), ['<os> lacks the attribute id']],
  [document('<os id="debian12"/>'), ['id="debian12" in <os>; expected an address such as http://example.org/os/1']],
  [os('<familly>linux</familly>'), ['<familly> is not allowed in <os>; did you mean <family>?']],
  [os('<volume-id>x</volume-id>'), ['<volume-id> is not allowed in <os>; it belongs in <iso>']],
  [os('<version>1</version><version>2</version>'), ['a second <version> in <os>; only one is allowed']],
  [
    os('<release-date>2025-13-01</release-date>'),
    ['<release-date> is "2025-13-01"; expected a date such as 2025-03-01'],
  ],
  [os('<short-id/>'), ['<short-id> is empty; expected one word without spaces']],
  [os('<short-id>a b</short-id>'), ['<short-id> is "a b"; expected one word without spaces']],
  [os('<media/>'), ['<media> lacks the attribute arch']],
  [os('<media arch="amd64"/>'), ['arch="amd64" in <media>; the database calls it x86_64']],
  [os('<media arch="aarch46"/>'), ['arch="aarch46" in <media>; did you mean aarch64?']],
  [os('<media arch="all" live="maybe"/>'), ['live="maybe" in <media>; expected true or false']],
  [os('<media arch="all" liev="true"/>'), ['the attribute liev is not allowed in <media>; did you mean live?']],
  [os('<media arch="all"><iso a="b"/></media>'), ['the attribute a is not allowed in <iso>, which takes none']],
  [
    os('<resources arch="all"><minimum><ram>2G</ram></minimum></resources>'),
    ['<ram> is "2G"; expected a whole number'],
  ],
  [os('stray'), ['text is not allowed in <os>: "stray"']],
  [os('<name>a</name> stray'), ['text is not allowed in <os>: "stray"']],
  [os('<name>a<b/></name>'), ['<b> is not allowed in <name>, which takes no elements']],
  [document('<datamap id="http://e.org/m"/>'), ['<datamap> lacks <entry>']],
  [document('<datamap id="http://e.org/m"><entry/></datamap>'), ['<entry> lacks the attributes inval, outval']],
  [
    fact('<gw:tpm state="none" version="2.0" source="https://e.org"/>'),
    ['version="2.0" does not go with the other attributes of <gw:tpm>'],
  ],
  [fact('<gw:clock offset="gmt" source="https://e.org"/>'), ['offset="gmt" in <gw:clock>; expected localtime or utc']],
  [fact('<gw:clock offset="utc"/>'), ['<gw:clock> lacks the attribute source']],
  [
    fact('<gw:packaging type="deb" suite="x" source="https://e.org"/>'),
    ['<gw:packaging> lacks the attributes components, mirror, keyring-package, keyring'],
  ],
  [
    fact('<gw:virtio-drivers installer="legacy later" source="https://e.org"/>'),
    ['installer="legacy later" in <gw:virtio-drivers>; "later" is not none, legacy or modern'],
  ],
  [os('<gw:facts/>'), ['<gw:facts> lacks one of <gw:cpu>, <gw:secure-boot>, <gw:tpm>']],
  [os('<name xml:lang="12">a</name>'), ['xml:lang="12" in <name>; expected a language such as de or pt_BR']],
  // Everything at once, in the order of the document.
  [
    `${os('<short-id/><bogus><x/></bogus><media><iso><volume-ID/></iso></media>')}`,
    [
      '<short-id> is empty',
      '<bogus> is not allowed in <os>',
      '<media> lacks the attribute arch',
      '<volume-ID> is not allowed in <iso>; did you mean <volume-id>',
    ],
  ],
];

describe('what a grammar has against a document, in sentences', () => {
  for (const [text, expected] of sentences) {
    it(expected.join(' · ') || 'nothing', () => {
      const found = said(text);
      expect(found).toHaveLength(expected.length);
      expected.forEach((sentence, index) => {
        expect(found[index]!.startsWith(sentence), `${found[index]} / ${sentence}`).toBe(true);
      });
    });
  }

  it('stands where the fault is: element, attribute, text', () => {
    const text = os(
      '\n  <media\n     live="maybe"\n     arch="x86_64">\n  </media>\n  <version>1</version>\n  stray <bogus/>\n',
    );
    expect(explain(readXml(text, 'a.xml'), grammar).map(({ line, column }) => `${line}:${column}`)).toEqual([
      '3:6',
      '7:3',
      '7:9',
    ]);
  });

  it('ends with a document that is nothing but faults', () => {
    expect(said(document('<os><x/></os>'.repeat(5_000))).length).toBeLessThanOrEqual(200);
  });
});

describe('the grammar', () => {
  const rng = (inside: string): string =>
    `<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"><start>${inside}</start></grammar>`;
  const read = (inside: string) => readGrammar(Buffer.from(rng(inside)), 'g.rng');

  it('is read with groups, order, mixed content, lists and kinds of value', () => {
    const small = read(
      '<element name="a"><element name="b"><data type="positiveInteger"/></element><optional><element name="c"><mixed><zeroOrMore><element name="d"><empty/></element></zeroOrMore></mixed></element></optional><element name="e"><list><oneOrMore><data type="integer"/></oneOrMore></list></element></element>',
    );
    expect(said('<a><b>1</b><c>x<d/>y</c><e>1 -2</e></a>', small)).toEqual([]);
    expect(said('<a><b>0</b><e>1 x</e></a>', small)).toEqual([
      '<b> is "0"; expected a whole number',
      '<e> is "1 x"; expected a whole number',
    ]);
    expect(said('<a><e>1</e><b>1</b></a>', small)).toContain('<e> does not stand where it may in <a>');
    expect(said('<a><b>1</b></a>', small)).toEqual(['<a> lacks <e>']);
  });

  it('that uses what is not known here is left to libxml2', () => {
    for (const inside of [
      '<externalRef href="x.rng"/>',
      '<ref name="nowhere"/>',
      '<element><anyName><except><name>a</name></except></anyName><empty/></element>',
      '<element name="a"><data type="string"><param name="pattern">(a+)+</param></data></element>',
    ]) {
      expect(() => {
        const grammar = read(inside);
        said('<a>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!</a>', grammar);
      }).toThrow(UnknownConstruct);
    }
  });

  const original = '/usr/share/osinfo/schema/osinfo.rng';
  it.skipIf(!existsSync(original))(
    "of libosinfo has nothing against libosinfo's own database (package osinfo-db)",
    () => {
      const theirs = readGrammar(readFileSync(original), original);
      const files = readdirSync('/usr/share/osinfo/os', { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.xml'),
      );
      const few = files.filter((_, index) => index % 8 === 0).map((name) => join('/usr/share/osinfo/os', name));
      expect(few.length).toBeGreaterThan(50);
      for (const file of few) expect(explain(readXml(readFileSync(file), file), theirs)).toEqual([]);
    },
  );
});

/** Edits of a real document that keep it XML. */
const edits: readonly ((text: string, at: number) => string)[] = [
  (text, at) => replaceNth(text, /<(\w[\w-]*)(?=[ >/])/g, at, '<bogus$1').replace(/<\/(\w[\w-]*)>/g, '</$1>'),
  (text, at) => replaceNth(text, / [\w:-]+="[^"]*"(?=[^<]*>)/g, at, ''),
  (text, at) => replaceNth(text, /="[^"]*"/g, at, '="all"'),
  (text, at) => replaceNth(text, />[^<>]+<\//g, at, '>7</'),
  (text, at) => replaceNth(text, />[^<>]+<\//g, at, '></'),
  (text, at) => replaceNth(text, /\n( *)<(\w[\w-]*)>([^<]*)<\/\2>/g, at, '\n$1<$2>$3</$2>\n$1<$2>$3</$2>'),
  (text, at) => replaceNth(text, /\n *<(\w[\w-]*)[^<>]*\/>/g, at, ''),
  (text, at) => replaceNth(text, /\n *<(\w[\w-]*)>[^<]*<\/\1>/g, at, '\n stray'),
];

function replaceNth(text: string, pattern: RegExp, at: number, by: string): string {
  const matches = [...text.matchAll(pattern)];
  const match = matches[at % Math.max(1, matches.length)];
  if (match === undefined) return text;
  const changed = match[0].replace(new RegExp(pattern.source), by);
  return text.slice(0, match.index) + changed + text.slice(match.index + match[0].length);
}

describe('both engines', () => {
  it('agree on which documents are valid', async () => {
    const engine = await loadFastXml();
    const compiled = engine.compile(grammarBytes, grammarFile);
    const folder = join(packageRoot(), 'db');
    const documents = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.xml'))
      .filter((_, index) => index % 5 === 0)
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    let invalid = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.array(fc.tuple(fc.constantFrom(...edits), fc.nat(500)), { maxLength: 2 }),
        (text, changes) => {
          const edited = changes.reduce((one, [edit, at]) => edit(one, at), text);
          let root: ReturnType<typeof readXml>;
          try {
            root = readXml(edited, 'a.xml');
          } catch (error) {
            expect(error).toBeInstanceOf(XmlError);
            return;
          }
          const complaints = compiled.check(Buffer.from(edited), 'a.xml');
          const flaws = explain(root, grammar);
          if (complaints.length > 0) invalid += 1;
          expect(flaws.length > 0, `${JSON.stringify(flaws)} ${JSON.stringify(complaints)}`).toBe(
            complaints.length > 0,
          );
          for (const { line, column } of flaws) expect(line > 0 && column > 0).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
    compiled.dispose();
    expect(invalid).toBeGreaterThan(50);
  });

  it('read XML alike: what one refuses the other does, with a place', async () => {
    const engine = await loadFastXml();
    const bad = [
      '',
      '<a>',
      '<a/><b/>',
      '<a b="1" b="2"/>',
      '<x:a/>',
      '<a>&foo;</a>',
      '<!DOCTYPE a><a/>',
      '<a>\u0001</a>',
      '<?xml version="1.0" encoding="latin1"?><a/>',
    ];
    for (const text of bad) {
      expect(() => engine.rootOf(Buffer.from(text), 'a.xml'), text).toThrow(XmlError);
      expect(() => engine.rootOf(Buffer.from(text), 'a.xml'), text).toThrow(/^a\.xml:1:\d+: /);
    }
    expect(() => engine.rootOf(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]), 'a.xml')).toThrow(
      /a\.xml:1: the file is not UTF-8/,
    );
    expect(() => engine.rootOf(Buffer.alloc(5_000_000, ' '), 'a.xml')).toThrow(/5000000 bytes/);
    expect(engine.rootOf(Buffer.from('<?xml version="1.0" encoding="UTF-8"?><!-- <!DOCTYPE --><a/>'), 'a.xml')).toBe(
      'a',
    );
    expect(() => engine.compile(Buffer.from('<a/>'), 'g.rng')).toThrow(/^g\.rng.*: no RELAX NG grammar/);
  });
});
