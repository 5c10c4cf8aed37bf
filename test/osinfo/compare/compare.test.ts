// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { diffDatabases, type FieldChange } from '../../../osinfo/compare/diff.js';
import { readDatabase } from '../../../osinfo/compare/load.js';
import { diffRecommendations } from '../../../osinfo/compare/recommend.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { archiveOf, newFolder, readFiles, writeFiles } from '../archive/archives.js';

const folder = newFolder();
afterAll(() => folder.remove());
let count = 0;

const place = (files: Readonly<Record<string, string>>): string => {
  count += 1;
  const wrapped = Object.entries(files).map(([path, text]) => [
    path,
    path.endsWith('.xml') ? `<libosinfo version="0.0.1">${text}</libosinfo>` : text,
  ]);
  return writeFiles(join(folder.path, String(count)), Object.fromEntries(wrapped));
};
const os = (inside: string): Record<string, string> => ({
  'os/e.org/a.xml': `<os id="http://e.org/a"><short-id>a</short-id>${inside}</os>`,
});

async function fields(before: string, after: string): Promise<readonly FieldChange[]> {
  const [one, other] = [readDatabase(place(os(before))), readDatabase(place(os(after)))];
  const { added, removed, changed } = diffDatabases(one.loaded, other.loaded);
  expect([added, removed]).toEqual([[], []]);
  return changed[0]?.fields ?? [];
}

/** Two states of an OS and what differs. */
const changes: readonly (readonly [string, string, string, readonly FieldChange[]])[] = [
  [
    'white space and order',
    '<name>A</name><version>1</version>',
    '<version>1</version>\n\n<!-- x --><name>A</name>',
    [],
  ],
  [
    'a property',
    '<eol-date>2025-01-01</eol-date>',
    '<eol-date>2026-01-01</eol-date><codename>x</codename>',
    [
      { field: 'codename', after: 'x' },
      { field: 'eol-date', before: '2025-01-01', after: '2026-01-01' },
    ],
  ],
  ['a short id', '', '<short-id>b</short-id>', [{ field: 'short-id', before: 'a', after: 'a, b' }]],
  [
    'a relation',
    '<derives-from id="http://e.org/x"/>',
    '<derives-from id="http://e.org/y"/>',
    [
      { field: 'derives-from http://e.org/x', before: '' },
      { field: 'derives-from http://e.org/y', after: '' },
    ],
  ],
  [
    'a device',
    '<devices><device id="http://e.org/d1"/></devices>',
    '<devices><device id="http://e.org/d1" supported="false"/><device id="http://e.org/d2"/></devices>',
    [
      { field: 'device http://e.org/d2', after: '' },
      { field: 'device http://e.org/d1: supported', after: 'false' },
    ],
  ],
  [
    'media, known again by its label though another came before it',
    '<media arch="x86_64"><url>u1</url><iso><volume-id>^A$</volume-id></iso></media>',
    '<media arch="i686"><iso><volume-id>^A$</volume-id></iso></media><media arch="x86_64"><url>u2</url><iso><volume-id>^A$</volume-id></iso></media>',
    [
      { field: 'media i686 ^A$', after: '' },
      { field: 'media x86_64 ^A$: url', before: 'u1', after: 'u2' },
    ],
  ],
  [
    'media, known again by its address where the label changed',
    '<media arch="x86_64"><url>u</url><iso><volume-id>^A$</volume-id></iso></media>',
    '<media arch="x86_64"><url>u</url><iso><volume-id>^B$</volume-id></iso></media>',
    [{ field: 'media x86_64 ^B$: volume-id', before: '^A$', after: '^B$' }],
  ],
  [
    'resources',
    '<resources arch="all"><minimum><ram>1</ram></minimum></resources>',
    '<resources arch="all"><minimum><ram>2</ram></minimum></resources>',
    [{ field: 'resources minimum all: ram', before: '1', after: '2' }],
  ],
  [
    'firmware',
    '<firmware arch="x86_64" type="bios"/>',
    '<firmware arch="x86_64" type="bios" supported="false"/>',
    [{ field: 'firmware x86_64 bios: supported', after: 'false' }],
  ],
  [
    'facts',
    '<f:facts xmlns:f="urn:guestwright:db:1"><f:cpu arch="x86_64" baseline="x86-64-v1" source="s"/></f:facts>',
    '<f:facts xmlns:f="urn:guestwright:db:1"><f:cpu arch="x86_64" baseline="x86-64-v2" source="s"/></f:facts>',
    [{ field: 'fact cpu x86_64: baseline', before: 'x86-64-v1', after: 'x86-64-v2' }],
  ],
  [
    'strange elements',
    '<strange>1</strange>',
    '<strange>2</strange>',
    [
      { field: 'element strange', before: 'xml=<strange>1</strange>' },
      { field: 'element strange', after: 'xml=<strange>2</strange>' },
    ],
  ],
];

describe('two databases', () => {
  for (const [what, before, after, expected] of changes) {
    it(`differ field by field: ${what}`, async () => {
      const found = await fields(before, after);
      expect([...found].sort((a, b) => (a.field < b.field ? -1 : 1))).toEqual(
        [...expected].sort((a, b) => (a.field < b.field ? -1 : 1)),
      );
      // The other way round it is the mirror image, but for the name of what is known by its new label.
      const back = await fields(after, before);
      expect(back.map(({ before: b, after: a }) => JSON.stringify([a, b])).sort()).toEqual(
        expected.map(({ before: b, after: a }) => JSON.stringify([b, a])).sort(),
      );
    });
  }

  it('differ by entries that came and went, and not by what is only referred to', async () => {
    const before = readDatabase(
      place({
        ...os('<derives-from id="http://e.org/ghost"/>'),
        'device/e.org/d.xml': '<device id="http://e.org/d"/>',
      }),
    );
    const after = readDatabase(
      place({
        ...os('<derives-from id="http://e.org/ghost"/>'),
        'os/e.org/b.xml': '<os id="http://e.org/b"><short-id>b</short-id><name>B</name></os>',
      }),
    );
    expect(diffDatabases(before.loaded, after.loaded)).toEqual({
      added: [{ kind: 'os', id: 'http://e.org/b', shortId: 'b', name: 'B' }],
      removed: [{ kind: 'device', id: 'http://e.org/d' }],
      changed: [],
    });
  });

  it('are read from folders, files and archives alike', async () => {
    const path = join(packageRoot(), 'db');
    const archive = join(folder.path, 'db.tar');
    const { VERSION = '', ...all } = readFiles(path);
    const files = Object.fromEntries(Object.entries(all).filter(([name]) => !name.endsWith('/')));
    writeFileSync(archive, archiveOf({ ...files, VERSION }));
    const [one, other] = [readDatabase('bundled'), readDatabase(archive)];
    expect(other.version).toBe(one.version);
    expect(other.db.oses().length).toBeGreaterThan(20);
    expect(diffDatabases(one.loaded, other.loaded)).toEqual({ added: [], removed: [], changed: [] });
    const file = join(folder.path, 'one.xml');
    writeFileSync(file, '<libosinfo><os id="http://e.org/a"/></libosinfo>');
    expect(
      readDatabase(file)
        .db.oses()
        .map(({ id }) => id),
    ).toEqual(['http://e.org/a']);
    const missing = join(folder.path, 'missing');
    expect(() => readDatabase(missing)).toThrow(`${missing}: there is no such file or folder`);
  });
});

describe('recommended machines', () => {
  it('are compared for the operating systems of both databases', async () => {
    const path = join(packageRoot(), 'db');
    const files = Object.fromEntries(Object.entries(readFiles(path)).filter(([name]) => !name.endsWith('/')));
    const entry = 'os/debian.org/debian-12.xml';
    expect(files[entry]).toContain('<ram>');
    const changed = writeFiles(join(folder.path, 'changed'), {
      ...files,
      [entry]: files[entry]!.replace(/<ram>\d+<\/ram>/g, '<ram>9663676416</ram>'),
    });
    const [before, after] = [readDatabase(path), readDatabase(changed)];
    const platform = before.db.platforms().at(-1)!.shortId!;
    const found = diffRecommendations(before.db, after.db, platform);
    const debian = found.find(({ shortId }) => shortId === 'debian12')!;
    expect(debian.fields).toContainEqual(expect.objectContaining({ field: 'memoryBytes', after: '9663676416' }));
    expect(diffRecommendations(before.db, before.db, platform)).toEqual([]);
    expect(() => diffRecommendations(before.db, after.db, 'vmsystem')).toThrow(/there is no platform/);
  });
});
