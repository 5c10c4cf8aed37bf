// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatIssue } from '../../../osinfo/load/issues.js';
import { openDb } from '../../../osinfo/open.js';
import { folderOf, newFolder, placesEnv } from './folders.js';

const good = { 'os/example.org/good.xml': '<os id="http://example.org/good"><short-id>good</short-id></os>' };

function issuesOf(files: Record<string, string>): string[] {
  const system = folderOf({ ...good, ...files });
  const db = openDb({ env: placesEnv({ system }) });
  expect(db.os('good').id).toBe('http://example.org/good');
  return db.issues.map((issue) => formatIssue({ ...issue, file: issue.file.slice(system.length + 1) }));
}

describe('one bad file never takes the database down', () => {
  const os = (content: string) => ({ 'os/example.org/bad.xml': `<os id="http://example.org/bad">${content}</os>` });
  const cases: [string, Record<string, string>, string[]][] = [
    [
      'malformed XML',
      { 'os/example.org/bad.xml': '<?xml version="1.0"?>\n<libosinfo>\n<os>\n</libosinfo>' },
      ['os/example.org/bad.xml:4:12: unexpected close tag'],
    ],
    [
      'another root',
      { 'os/example.org/bad.xml': '<?xml version="1.0"?><domain/>' },
      ['os/example.org/bad.xml:1:22: the root element is <domain>, not <libosinfo>'],
    ],
    [
      'an entity without id',
      { 'os/example.org/bad.xml': '<os/>' },
      ['os/example.org/bad.xml:2:1: <os> has no id; it is left out'],
    ],
    ['an empty file', { 'os/example.org/bad.xml': '' }, []],
    [
      'a wrong place',
      { 'os/example.org/bad.xml': '<os id="http://example.org/other"/>' },
      ['os/example.org/bad.xml:2:1: http://example.org/other is left out: it has to be in os/example.org/other.xml'],
    ],
    [
      'a fragment in a wrong place',
      { 'os/example.org/x.d/a.xml': '<os id="http://example.org/y"/>' },
      ['os/example.org/x.d/a.xml:2:1: http://example.org/y is left out: it has to be in os/example.org/y.d/'],
    ],
    [
      'a document type',
      { 'os/example.org/bad.xml': '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "b">]><l>&a;</l>' },
      ['os/example.org/bad.xml:1:51: a document type (<!DOCTYPE …>) is not read; remove it'],
    ],
    [
      'deep nesting',
      { 'os/example.org/bad.xml': '<a>'.repeat(100) },
      ['os/example.org/bad.xml:2:190: elements are nested deeper than 64'],
    ],
    [
      'an empty short id',
      os('<short-id/>'),
      ['os/example.org/bad.xml:2:33: <short-id> is empty; give it a value or remove it'],
    ],
    [
      'an empty custom element',
      os('<x-a/>'),
      ['os/example.org/bad.xml:2:33: <x-a> is empty; give it a value or remove it'],
    ],
    ['a relation without id', os('<upgrades/>'), ['os/example.org/bad.xml:2:33: <upgrades> has no id; it is left out']],
    [
      'a device link without id',
      os('<devices><device/></devices>'),
      ['os/example.org/bad.xml:2:42: <device> has no id; it is left out'],
    ],
    [
      'a variant without id',
      os('<variant><name>x</name></variant>'),
      ['os/example.org/bad.xml:2:33: <variant> has no id; it is left out'],
    ],
    [
      'a script without id',
      os('<installer><script/></installer>'),
      ['os/example.org/bad.xml:2:44: <script> has no id; it is left out'],
    ],
    ['a media without arch', os('<media/>'), ['os/example.org/bad.xml:2:33: <media> has no arch; say which, or all']],
    [
      'a number that is none',
      os('<resources arch="all"><minimum><ram>2 GB</ram></minimum></resources>'),
      ['os/example.org/bad.xml:2:64: <ram> is not a whole number: "2 GB"'],
    ],
    [
      'an entity that derives from itself',
      os('<derives-from id="http://example.org/bad"/>'),
      [
        'os/example.org/bad.xml:2: http://example.org/bad derives-from http://example.org/bad closes a ring; it is not followed',
      ],
    ],
    [
      'a file without .xml',
      { 'os/example.org/readme.txt': 'x' },
      ["os/example.org/readme.txt: ignored: its name does not end in '.xml'"],
    ],
    [
      'names that are passed over',
      { LICENSE: 'x', VERSION: 'x', 'os/a.xml~': 'x', 'os/a.bak': 'x', 'schema/x.xml': '<', 'os/schema/y.txt': 'x' },
      [],
    ],
    [
      'a datamap entry without a value',
      { 'datamap/example.org/m.xml': '<datamap id="http://example.org/m"><entry inval="a"/></datamap>' },
      ['datamap/example.org/m.xml:2:36: <entry> needs inval and outval; it is left out'],
    ],
    [
      'a script without a template',
      {
        'install-script/example.org/s.xml':
          '<install-script id="http://example.org/s"><template/><config><param/></config></install-script>',
      },
      [
        'install-script/example.org/s.xml:2:43: <template> holds neither a stylesheet nor a uri',
        'install-script/example.org/s.xml:2:62: <param> has no name; it is left out',
      ],
    ],
  ];
  it.each(cases)('%s', (_what, files, wanted) => {
    expect(issuesOf(files)).toEqual(wanted);
  });

  it('a ring over several entities is named once, and every look-up ends', () => {
    const files: Record<string, string> = { ...good };
    for (const [name, next] of [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
    ]) {
      files[`os/example.org/${name}.xml`] =
        `<os id="http://example.org/${name}"><derives-from id="http://example.org/${next}"/><devices><device id="http://example.org/dev/${name}"/></devices></os>`;
    }
    const db = openDb({ env: placesEnv({ system: folderOf(files) }) });
    expect(db.issues.filter((issue) => issue.code === 'cycle')).toHaveLength(1);
    expect(db.os('http://example.org/b').lineage.map((id) => id.slice(-1))).toEqual(['b', 'c', 'a']);
    expect(db.os('http://example.org/c').allDevices).toHaveLength(3);
  });

  it('many diamonds one above the other take no time', () => {
    const files: Record<string, string> = {};
    for (let n = 0; n < 60; n++) {
      const targets =
        n === 0 ? '' : `<derives-from id="http://example.org/a${n - 1}"/><clones id="http://example.org/b${n - 1}"/>`;
      files[`os/example.org/a${n}.xml`] = `<os id="http://example.org/a${n}">${targets}</os>`;
      files[`os/example.org/b${n}.xml`] = `<os id="http://example.org/b${n}">${targets}</os>`;
    }
    const db = openDb({ env: placesEnv({ system: folderOf(files) }) });
    expect(db.os('http://example.org/a59').lineage).toHaveLength(119);
    expect(db.issues).toEqual([]);
  });

  it('a very long chain does not run out of stack', () => {
    const all = Array.from(
      { length: 8_000 },
      (_, n) => `<os id="http://example.org/x%${n}"><derives-from id="http://example.org/x%${n + 1}"/></os>`,
    );
    const system = folderOf({ 'os/example.org/x-0.xml': all.slice(0, 1).join('') });
    expect(openDb({ env: placesEnv({ system }) }).os('http://example.org/x%0').lineage).toHaveLength(2);
    const single = join(folderOf({ 'chain.xml': all.join('\n') }), 'chain.xml');
    expect(openDb({ db: single, env: placesEnv({}) }).os('http://example.org/x%0').lineage).toHaveLength(8_001);
  });
});

describe('places that cannot be read', () => {
  it('missing places are no error, and with none at all the lists are empty', () => {
    const db = openDb({ env: placesEnv({}) });
    expect([db.oses(), db.platforms(), db.deployments(), db.issues]).toEqual([[], [], [], []]);
  });

  it('links are followed, loops of links are named', () => {
    const folder = folderOf(good);
    const system = newFolder();
    symlinkSync(join(folder, 'os'), join(system, 'os'));
    symlinkSync('loop.xml', join(system, 'loop.xml'));
    const db = openDb({ env: placesEnv({ system }) });
    expect(db.os('good').id).toBe('http://example.org/good');
    expect(db.issues).toMatchObject([{ code: 'unreadable', message: 'cannot be read: a link that leads to itself' }]);
  });

  it('a folder that links to itself ends', () => {
    const system = folderOf(good);
    symlinkSync('.', join(system, 'again'));
    const db = openDb({ env: placesEnv({ system }) });
    expect(db.os('good').id).toBe('http://example.org/good');
    expect(db.issues.some((issue) => issue.code === 'too-deep')).toBe(true);
  });

  it('a pipe and a file of many megabytes are left out, unopened', () => {
    const system = folderOf(good);
    execFileSync('mkfifo', [join(system, 'os/pipe.xml')]);
    writeFileSync(join(system, 'os/large.xml'), '');
    truncateSync(join(system, 'os/large.xml'), 8 * 1024 * 1024 * 1024);
    const db = openDb({ env: placesEnv({ system }) });
    expect(db.os('good').id).toBe('http://example.org/good');
    expect(db.issues.map((issue) => issue.message)).toEqual([
      'left out: it has 8589934592 bytes, at most 4194304 are read',
      'left out: it is not a regular file',
    ]);
    expect(openDb({ db: join(system, 'os/pipe.xml'), env: placesEnv({}) }).issues).toHaveLength(1);
  });

  it.skipIf(process.getuid?.() === 0)(
    'a file without the right to read it is named (not as root: root may read all)',
    () => {
      const system = folderOf({ ...good, 'os/example.org/secret.xml': '<os id="http://example.org/secret"/>' });
      chmodSync(join(system, 'os/example.org/secret.xml'), 0);
      const db = openDb({ env: placesEnv({ system }) });
      expect(db.issues).toMatchObject([{ code: 'unreadable', message: 'cannot be read: permission denied' }]);
    },
  );
});

describe('strict', () => {
  it('makes the first error fatal, with its place and how many more there are; warnings are not errors', () => {
    const bad = { 'os/example.org/a.xml': '<os/>', 'os/example.org/b.xml': '<os/>' };
    const env = placesEnv({ system: folderOf({ ...good, ...bad }) });
    expect(() => openDb({ env, strict: true })).toThrow(
      /os\/example\.org\/a\.xml:2:1: <os> has no id; it is left out \(and 1 more errors in the database\)$/,
    );
    const warned = placesEnv({ system: folderOf({ ...good, 'x.txt': '' }) });
    expect(openDb({ env: warned, strict: true }).issues).toHaveLength(1);
  });

  it('a database that was named and is not there is an error of the caller', () => {
    expect(() => openDb({ db: '/nowhere/at/all' })).toThrow(
      'there is no database /nowhere/at/all; give bundled, system or a path',
    );
    expect(() => openDb({ db: [] })).toThrow('no database was named');
  });
});
