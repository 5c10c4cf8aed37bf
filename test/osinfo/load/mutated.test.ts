// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resourcesFor } from '../../../osinfo/answers.js';
import { dbFromXml } from '../../../osinfo/model/build.js';
import type { Db } from '../../../osinfo/model/types.js';
import { writeDatabase } from '../../../osinfo/model/write.js';
import { openDb } from '../../../osinfo/open.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { readXml, XmlError } from '../../../osinfo/xml/read.js';
import { deviceAnswers, oursOf } from '../../parity/sides.js';
import { folderOf, placesEnv } from './folders.js';

/** Real files of our database: every kind, the small ones, since a change in a large one is mostly in its middle. */
const folder = join(packageRoot(), 'db');
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.xml'))
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  .filter((path) => !path.startsWith('schema'))
  .sort();
const contents = new Map(files.map((path) => [path, readFileSync(join(folder, path))]));
const pick = fc.constantFrom(...files.filter((path) => contents.get(path)!.length < 16_000));

/** What may befall a file: on a disk, in an editor, in a merge. Numbers are taken modulo what there is. */
const damage = fc.oneof(
  fc.record({ how: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
  fc.record({ how: fc.constant('cut' as const), at: fc.nat(), length: fc.nat(400) }),
  fc.record({ how: fc.constant('end' as const), at: fc.nat() }),
  fc.record({ how: fc.constant('twice' as const), at: fc.nat(), length: fc.nat(400), to: fc.nat() }),
  fc.record({ how: fc.constant('tags' as const), one: fc.nat(), other: fc.nat() }),
  fc.record({ how: fc.constant('drop tag' as const), one: fc.nat() }),
  fc.record({
    how: fc.constant('value' as const),
    one: fc.nat(),
    put: fc.constantFrom(
      '',
      ' ',
      '-1',
      '0x10',
      '99999999999999999999',
      'true',
      'ä',
      '((((',
      'http://',
      '2024-13-45',
      '__proto__',
    ),
  }),
  fc.record({
    how: fc.constant('put' as const),
    at: fc.nat(),
    text: fc.constantFrom(
      '<',
      '>',
      '&',
      '&amp;',
      '"',
      ']]>',
      '<!--',
      '<?x',
      '<![CDATA[',
      '\0',
      '\uFEFF',
      '<os id="',
      '</os>',
      '<!DOCTYPE a>',
      '<a>'.repeat(80),
    ),
  }),
);
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(original: Buffer, { how, ...rest }: Damage): Buffer {
  const numbers = rest as Readonly<Record<string, number>>;
  const size = Math.max(1, original.length);
  const at = (numbers['at'] ?? 0) % size;
  const length = numbers['length'] ?? 0;
  switch (how) {
    case 'flip': {
      const bytes = Buffer.from(original);
      if (bytes.length > 0) bytes[at]! ^= 1 << numbers['bit']!;
      return bytes;
    }
    case 'cut':
      return Buffer.concat([original.subarray(0, at), original.subarray(at + length)]);
    case 'end':
      return original.subarray(0, at);
    case 'twice': {
      const to = numbers['to']! % size;
      return Buffer.concat([original.subarray(0, to), original.subarray(at, at + length), original.subarray(to)]);
    }
    case 'put':
      return Buffer.concat([
        original.subarray(0, at),
        Buffer.from((rest as { text: string }).text),
        original.subarray(at),
      ]);
    case 'value': {
      let index = -1;
      const text = original.toString();
      const count = text.match(/"[^"]*"|>[^<]+</g)?.length ?? 1;
      const put = (rest as { put: string }).put;
      return Buffer.from(
        text.replace(/"[^"]*"|>[^<]+</g, (found) => {
          index += 1;
          return index === numbers['one']! % count ? found[0]! + put + found.at(-1)! : found;
        }),
      );
    }
    default: {
      const pieces = original.toString().split(/(<[^>]*>)/);
      const tags = pieces.flatMap((piece, index) => (piece.startsWith('<') ? [index] : []));
      if (tags.length === 0) return original;
      const one = tags[numbers['one']! % tags.length]!;
      const other = tags[(numbers['other'] ?? 0) % tags.length]!;
      if (how === 'drop tag') pieces[one] = '';
      else [pieces[one], pieces[other]] = [pieces[other]!, pieces[one]!];
      return Buffer.from(pieces.join(''));
    }
  }
}

const severalDamages = fc.array(damage, { minLength: 1, maxLength: 4 });
const mutate = (path: string, damages: readonly Damage[]): Buffer =>
  damages.reduce<Buffer>((bytes, one) => damaged(bytes, one), contents.get(path)!);

/** Asks a database for everything it can be asked for. */
function askAll(db: Db): void {
  oursOf(db);
  for (const device of db.nativeDevices()) deviceAnswers(device);
  for (const os of db.oses()) {
    resourcesFor(os, 'x86_64');
    for (const entity of [os, ...os.ancestors]) void [entity.facts, entity.extras, entity.origins];
    db.oses({ derivesFrom: os.id });
  }
  for (const script of db.installScripts()) void script.template;
  for (const map of db.datamaps()) map.lookup('x');
  for (const issue of db.issues) expect(issue.message).toMatch(/^[^\n]+$/);
}

describe('files of the database that came to harm', () => {
  it('the XML reader ends soon, and throws nothing but its own error with its place', () => {
    fc.assert(
      fc.property(pick, severalDamages, (path, damages) => {
        const bytes = mutate(path, damages);
        const begin = performance.now();
        try {
          readXml(bytes, path);
        } catch (error) {
          expect(error).toBeInstanceOf(XmlError);
          expect((error as XmlError).message.startsWith(path)).toBe(true);
        }
        expect(performance.now() - begin).toBeLessThan(2_000);
      }),
      { numRuns: 3_000 },
    );
  });

  it('the loader takes what is left, and every question has an answer', () => {
    const pattern = fc.array(fc.tuple(pick, severalDamages), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pattern, (harmed) => {
        const given: Record<string, string> = {
          'os/e.org/good.xml': '<libosinfo><os id="http://e.org/good"><name>Good</name></os></libosinfo>',
        };
        for (const [path, damages] of harmed) given[path] = mutate(path, damages).toString();
        const db = dbFromXml(given);
        expect(db.findOs('http://e.org/good')?.name).toBe('Good');
        askAll(db);
        writeDatabase(db);
      }),
      { numRuns: 300 },
    );
  });

  it('openDb of a folder with such files never throws, with an index and without', () => {
    const system = folderOf(
      Object.fromEntries(files.slice(0, 40).map((path) => [path, contents.get(path)!.toString()])),
    );
    const env = placesEnv({ system });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...files.slice(0, 40)), severalDamages), { minLength: 1, maxLength: 5 }),
        (harmed) => {
          for (const [path, damages] of harmed) writeFileSync(join(system, path), mutate(path, damages));
          askAll(openDb({ env }));
          askAll(openDb({ env, index: false }));
          for (const [path] of harmed) writeFileSync(join(system, path), contents.get(path)!);
        },
      ),
      { numRuns: 30 },
    );
    expect(openDb({ env }).issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
