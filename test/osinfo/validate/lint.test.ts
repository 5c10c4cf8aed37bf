// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../osinfo/package-root.js';
import { lintRules } from '../../../osinfo/validate/lint/index.js';
import { lintDatabase } from '../../../osinfo/validate/lint-database.js';
import { newFolder, writeFiles } from '../archive/archives.js';

const folder = newFolder();
afterAll(() => folder.remove());
let count = 0;

/** What is found in a database of these files, each in `<libosinfo>`: `FILE:LINE: severity rule: message`. */
function found(files: Readonly<Record<string, string>>): string[] {
  count += 1;
  const place = join(folder.path, String(count));
  const wrapped = Object.entries(files).map(([path, text]) => [
    path,
    `<libosinfo version="0.0.1">\n${text}\n</libosinfo>\n`,
  ]);
  writeFiles(place, Object.fromEntries(wrapped));
  return lintDatabase([place], () => true).map(
    ({ file, line, severity, rule, message }) =>
      `${file.slice(place.length + 1)}:${line}: ${severity} ${rule}: ${message}`,
  );
}

const os = (id: string, inside: string): Record<string, string> => ({
  [`os/e.org/${id}.xml`]: `<os id="http://e.org/${id}">\n${inside}\n</os>`,
});
const media = (inside: string, attributes = 'arch="x86_64"'): string =>
  `<media ${attributes}><iso>${inside}</iso></media>`;

const sameLabels = (id: string): string =>
  `<gw:facts xmlns:gw="urn:guestwright:db:1"><gw:same-labels as="http://e.org/${id}" source="its media"/></gw:facts>`;

const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly (string | RegExp)[]])[] = [
  ['nothing in a good entry', os('a', '<short-id>a</short-id><release-date>2020-02-29</release-date>'), []],
  [
    'a relation to what is not there, with the nearest',
    { ...os('linux-12', ''), ...os('b', '<derives-from id="http://e.org/linux-21"/>') },
    [
      'os/e.org/b.xml:3: error dangling: <derives-from> names http://e.org/linux-21, which is not defined; did you mean http://e.org/linux-12?',
    ],
  ],
  [
    'a template that writes a file',
    {
      'install-script/e.org/s.xml':
        '<install-script id="http://e.org/s"><profile>x</profile><template>\n<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">\n<xsl:document href="x"/></xsl:stylesheet></template></install-script>',
    },
    [/^install-script\/e\.org\/s\.xml:4: error template: <xsl:document> is refused; /],
  ],
  [
    'scripts and datamaps that are not there',
    {
      ...os(
        'a',
        `<installer><script id="http://e.org/s"/></installer>\n${media('<volume-id>x</volume-id><l10n-language regex="true" l10n-language-map="http://e.org/m">(x)</l10n-language>')}`,
      ),
      'install-script/e.org/unattended.xml':
        '<install-script id="http://e.org/unattended"><config>\n<param name="l10n-language" policy="optional" value-map="http://e.org/n"/></config></install-script>',
      'deployment/e.org/d.xml':
        '<deployment id="http://e.org/d"><os id="http://e.org/xyzzy"/><platform id="http://e.org/p"/></deployment>',
    },
    [
      'os/e.org/a.xml:2: error dangling: <installer> names the script http://e.org/s, which is not defined',
      'os/e.org/a.xml:4: error dangling: <l10n-language> names the datamap http://e.org/m, which is not defined',
      'install-script/e.org/unattended.xml:3: error dangling: the parameter l10n-language names the datamap http://e.org/n, which is not defined',
      'deployment/e.org/d.xml:2: error dangling: <os> names http://e.org/xyzzy, which is not defined',
      'deployment/e.org/d.xml:2: error dangling: <platform> names http://e.org/p, which is not defined',
    ],
  ],
  [
    'a variant of another name',
    os('a', '<variant id="server"><name>S</name></variant>\n<media arch="x86_64"><variant id="sever"/></media>'),
    ['os/e.org/a.xml:4: error dangling: the variant sever is not one of this operating system; did you mean server?'],
  ],
  [
    'devices that nobody knows',
    {
      ...os('a', '<devices>\n<device id="http://e.org/dev/1"/>\n<device id="http://e.org/dev/2"/></devices>'),
      'device/e.org/dev-1.xml': '<device id="http://e.org/dev/1"/>',
    },
    ['os/e.org/a.xml:5: error unknown-device: the device http://e.org/dev/2 is not known; define it in device/'],
  ],
  [
    'two owners of a short id',
    { ...os('a', '<short-id>same</short-id>'), ...os('b', '<short-id>b</short-id><short-id>same</short-id>') },
    ['os/e.org/b.xml:2: error duplicate-short-id: the short id same is that of http://e.org/a too; give it another'],
  ],
  [
    'dates that cannot be',
    {
      ...os('a', '<release-date>2020-05-01</release-date><eol-date>2019-05-01</eol-date>'),
      ...os('b', '<release-date>2019-02-30</release-date>\n<upgrades id="http://e.org/a"/>'),
    },
    [
      'os/e.org/a.xml:2: error date-order: its life ends on 2019-05-01, before its release on 2020-05-01',
      'os/e.org/b.xml:2: error date-order: <release-date> is 2019-02-30, which no calendar has',
      'os/e.org/b.xml:4: warning date-order: it upgrades http://e.org/a, which was released later (2020-05-01) than itself (2019-02-30)',
    ],
  ],
  [
    'a file in the wrong place',
    { 'os/e.org/elsewhere.xml': '<os id="http://e.org/a"/>' },
    ['os/e.org/elsewhere.xml:2: error wrong-place: http://e.org/a is left out: it has to be in os/e.org/a.xml'],
  ],
  [
    'a ring of relations, and numbers that are none',
    {
      ...os('a', '<derives-from id="http://e.org/b"/>'),
      ...os('b', '<clones id="http://e.org/a"/>\n<resources arch="all"><minimum><ram>2G</ram></minimum></resources>'),
    },
    [/b\.xml:4: warning loading: <ram> is not a whole number: "2G"/, /error loading: .* closes a ring/],
  ],
  [
    'patterns that are none, can fit nothing, can hang, or cannot be run in bounded time',
    os(
      'a',
      [
        media('<volume-id>a(b</volume-id>'),
        media('<volume-id>a^b</volume-id>'),
        media('<volume-id>^A{33}$</volume-id>'),
        media('<publisher-id>^A{33}$</publisher-id>'),
        media('<volume-id>(A+)+$</volume-id>'),
        media('<volume-id>(?!B)A</volume-id>'),
        '<tree arch="x86_64"><treeinfo><version>[9-1]</version></treeinfo></tree>',
      ].join('\n'),
    ),
    [
      'os/e.org/a.xml:3: error pattern: <volume-id> "a(b" is no regular expression: a missing \')\', at character 4',
      'os/e.org/a.xml:4: error pattern: <volume-id> "a^b" can fit no text at all',
      'os/e.org/a.xml:5: error pattern: <volume-id> "^A{33}$" wants at least 33 characters; such a label has at most 32',
      /a\.xml:7: error pattern: <volume-id> "\(A\+\)\+\$" has a repetition within a repetition/,
      'os/e.org/a.xml:8: warning pattern: <volume-id> "(?!B)A" uses look-around, which engines of bounded time do not have',
      'os/e.org/a.xml:9: error pattern: <version> "[9-1]" is no regular expression: a range out of order, at character 5',
    ],
  ],
  [
    'media that fit the labels of each other',
    {
      ...os('a', media('<volume-id>^EXOS-\\d+$</volume-id>')),
      ...os('b', `\n${media('<volume-id>^EXOS-[0-9]{1,3}$</volume-id>')}`),
    },
    [
      'os/e.org/b.xml:4: warning overlap: this media and one of http://e.org/a (a.xml:3) both fit volume-id "EXOS-1"; give one of them another field or a narrower pattern',
    ],
  ],
  [
    'not labels that entries say they share, themselves or by way of a third',
    {
      ...os('a', media('<volume-id>^EXOS$</volume-id>')),
      ...os('b', `${sameLabels('a')}${media('<volume-id>^EXOS$</volume-id>')}`),
      ...os('c', `${sameLabels('b')}${media('<volume-id>^EXOS$</volume-id>')}`),
      ...os('d', media('<volume-id>^EXOS$</volume-id>')),
    },
    ['a', 'b', 'c'].map(
      (id) =>
        `os/e.org/d.xml:3: warning overlap: this media and one of http://e.org/${id} (${id}.xml:3) both fit volume-id "EXOS"; give one of them another field or a narrower pattern`,
    ),
  ],
  [
    'a system of the same labels that is not there',
    os('a', sameLabels('xyzzy')),
    ['os/e.org/a.xml:3: error dangling: <same-labels> names http://e.org/xyzzy, which is not defined'],
  ],
  [
    'trees that fit each other',
    {
      ...os('a', '<tree arch="all"><treeinfo><family>^X$</family><version>1</version></treeinfo></tree>'),
      ...os('b', '<tree arch="all"><treeinfo><family>X</family><version>^1</version></treeinfo></tree>'),
    },
    [/b\.xml:3: warning overlap: this tree and one of .* both fit family "X", version "1"/],
  ],
  [
    'not a catch-all beneath an exact entry',
    { ...os('a', media('<volume-id>^EXOS-2$</volume-id>')), ...os('b', media('<volume-id>^EXOS</volume-id>')) },
    [],
  ],
  [
    'not what architecture, size or another field tell apart',
    {
      ...os(
        'a',
        `${media('<volume-id>^X$</volume-id>', 'arch="i686"')}${media('<volume-id>^Y$</volume-id><volume-size>1</volume-size>')}${media('<volume-id>^Z$</volume-id>')}`,
      ),
      ...os(
        'b',
        `${media('<volume-id>^X$</volume-id>')}${media('<volume-id>^Y$</volume-id><volume-size>2</volume-size>')}${media('<volume-id>^Z$</volume-id><system-id>S</system-id>')}`,
      ),
    },
    [],
  ],
];

describe('lint finds what no grammar can say', () => {
  for (const [what, files, expected] of cases) {
    it(what, () => {
      const lines = found(files);
      expect(lines).toHaveLength(expected.length);
      for (const one of expected) {
        if (typeof one === 'string') expect(lines).toContain(one);
        else
          expect(
            lines.some((line) => one.test(line)),
            `${one} in ${lines.join('\n')}`,
          ).toBe(true);
      }
    });
  }

  it('only in the files that are meant, with the places below to refer to', () => {
    const base = writeFiles(join(folder.path, 'base'), {
      'os/e.org/a.xml':
        '<libosinfo><os id="http://e.org/a"><eol-date>x</eol-date><upgrades id="http://e.org/none"/></os></libosinfo>',
    });
    const top = writeFiles(join(folder.path, 'top'), {
      'os/e.org/b.xml': '<libosinfo><os id="http://e.org/b"><upgrades id="http://e.org/a"/></os></libosinfo>',
    });
    expect(lintDatabase([base, '/nonexistent/osinfo', top], (file) => file.startsWith(top))).toEqual([]);
    expect(lintDatabase([top], () => true)).toHaveLength(1);
    // The same folder twice is one place.
    expect(lintDatabase([top, base, top], (file) => file.startsWith(top))).toEqual([]);
  });

  it('no error in our own database', () => {
    const findings = lintDatabase([join(packageRoot(), 'db')], () => true);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.skipIf(!existsSync('/usr/share/osinfo/os'))(
    "in libosinfo's own database, in bounded time (package osinfo-db)",
    () => {
      const rules = lintDatabase(['/usr/share/osinfo'], () => true).map(({ rule }) => rule);
      expect(new Set(rules).size).toBeGreaterThan(1);
      expect(rules.filter((rule) => rule === 'overlap').length).toBeGreaterThan(5);
    },
  );

  it('by rules that have each a name and a sentence', () => {
    expect(new Set(lintRules.map(({ name }) => name)).size).toBe(lintRules.length);
    for (const { name, about } of lintRules) expect([/^[a-z-]+$/.test(name), about.length > 20]).toEqual([true, true]);
  });
});
