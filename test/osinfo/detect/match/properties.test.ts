// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifyMedia, identifyTree } from '../../../../osinfo/detect/identify.js';
import { mediaEntries, mediaTexts } from '../../../../osinfo/detect/match/entries.js';
import { Matcher } from '../../../../osinfo/detect/match/matcher.js';
import { Patterns } from '../../../../osinfo/detect/match/patterns.js';
import { compareRanked, type Ranked } from '../../../../osinfo/detect/match/rank.js';
import type { MediaFacts } from '../../../../osinfo/detect/types.js';
import { literalTable } from '../../../../osinfo/load/literal-table.js';
import { sourceOf } from '../../../../osinfo/model/database.js';
import type { Media } from '../../../../osinfo/model/types.js';
import { compilePattern } from '../../../../osinfo/pattern/match.js';
import { parsePattern } from '../../../../osinfo/pattern/parse.js';
import { media, tree, world } from './world.js';

const word = fc.constantFrom(
  'FED',
  'Fedora-S',
  '-dvd-',
  'x86_64',
  '37',
  '38',
  '3',
  'LINUX',
  'A',
  '_',
  ' ',
  'amd64',
  'RHEL-9',
);
const piece = fc.oneof(
  { weight: 5, arbitrary: word.map((text) => text.replace(/[.$^]/g, '\\$&')) },
  fc.constantFrom(
    '.',
    '.*',
    '\\d+',
    '[3-9]',
    '(37|38)',
    '(?:FED|A)?',
    '(-dvd-)+',
    '-?',
    'x{2}',
    '[[:digit:]]',
    '(?!38)',
    '\\.',
    '(|A)',
    '3?7',
  ),
);
const pattern = fc
  .tuple(fc.constantFrom('', '^'), fc.array(piece, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '$'))
  .map(([start, pieces, end]) => `${start}${pieces.join('')}${end}`);
const text = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(''));

const labels = fc.record(
  { 'volume-id': pattern, 'system-id': pattern, 'publisher-id': pattern },
  { requiredKeys: ['volume-id'] },
) as fc.Arbitrary<Record<string, string>>;
const entry = fc.tuple(
  labels,
  fc.constantFrom('x86_64', 'i686', 'all'),
  fc.option(fc.constantFrom('2020-01-01', '2021-01-01'), { nil: undefined }),
);
const facts: fc.Arbitrary<MediaFacts> = fc.record(
  { volumeId: text, systemId: text, publisherId: text, arch: fc.constantFrom('x86_64', 'i386') },
  { requiredKeys: ['volumeId'] },
);

type Entry = readonly [Record<string, string>, string, string | undefined];
const inside = ([patterns, arch, date]: Entry): string =>
  `${date === undefined ? '' : `<release-date>${date}</release-date>`}${media(patterns, arch)}`;

/** The rule of libosinfo, tried on every entry. */
function fitsByHand(one: Media, read: MediaFacts): boolean {
  const names: Readonly<Record<string, string>> = { i386: 'i686' };
  if (read.arch !== undefined && one.arch !== 'all' && one.arch !== (names[read.arch] ?? read.arch)) return false;
  const fields = [
    [one.volumeId, read.volumeId],
    [one.systemId, read.systemId],
    [one.publisherId, read.publisherId],
  ] as const;
  return fields.every(
    ([source, value]) =>
      source === undefined || (value !== undefined && compilePattern(parsePattern(source)).test(value) === true),
  );
}

describe('whatever the database and the labels', () => {
  it('what the index finds is what trying every entry finds', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 12 }),
        fc.array(facts, { minLength: 1, maxLength: 5 }),
        (entries, several) => {
          const db = world(Object.fromEntries(entries.map((one, n) => [`os${n}`, inside(one)])));
          for (const read of several) {
            const expected = db.oses().filter((os) => os.media.some((one) => fitsByHand(one, read)));
            const found = identifyMedia(db, read).candidates.map(({ os }) => os.id);
            expect([...found].sort()).toEqual(expected.map(({ id }) => id).sort());
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('the answer does not depend on the order in which entries are loaded', () => {
    const shuffled = fc
      .array(entry, { minLength: 2, maxLength: 10 })
      .chain((entries) => fc.tuple(fc.constant(entries), fc.noShrink(fc.infiniteStream(fc.nat()))));
    fc.assert(
      fc.property(shuffled, facts, ([entries, keys], read) => {
        const source = sourceOf(world(Object.fromEntries(entries.map((one, n) => [`os${n}`, inside(one)]))));
        const { media: rows, ...rest } = source.detection();
        const keyed = rows.map((row) => ({ row, key: keys.next().value as number }));
        const shuffledRows = keyed.sort((a, b) => a.key - b.key).map(({ row }) => row);
        const answers = [rows, shuffledRows].map((list) => {
          const mediaLiterals = literalTable(list.map((row) => row.slice(3, 7) as string[]));
          const matcher = new Matcher(source, mediaEntries({ ...rest, media: list, mediaLiterals }), new Patterns());
          const texts = mediaTexts(read);
          return [...matcher.match(texts), ...matcher.nearest(texts, 5)].map(({ entry: { os, part } }) => [os, part]);
        });
        expect(answers[1]).toEqual(answers[0]);
      }),
      { numRuns: 100 },
    );
  });

  it('the ranking is one order: what is behind the second is behind the first', () => {
    const ranked = fc.record({
      entry: fc.record({
        os: fc.nat(3),
        part: fc.nat(3),
        arch: fc.constantFrom(undefined, 'x86_64', 'i686', 'sh4'),
        size: fc.constantFrom(undefined, 1),
        patterns: fc.constantFrom([], [{ field: 'volume-id', source: 'A' }]),
      }),
      narrowness: fc.double({ min: 0, max: 1, noNaN: true }),
      readArch: fc.constant('x86_64'),
      standing: fc.constantFrom('released', 'unknown', 'prerelease', 'rolling'),
      releaseDate: fc.constantFrom(undefined, '2020-01-01', '2021-01-01'),
      version: fc.constantFrom(undefined, '9', '10', '9.1'),
      osId: fc.constantFrom('a', 'b'),
      name: fc.constant('a'),
    }) as fc.Arbitrary<Ranked<string>>;
    fc.assert(
      fc.property(ranked, ranked, ranked, (a, b, c) => {
        expect(Math.sign(compareRanked(a, b))).toBe(0 - Math.sign(compareRanked(b, a)));
        if (compareRanked(a, b) <= 0 && compareRanked(b, c) <= 0) expect(compareRanked(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('nothing hangs', () => {
  const hostile = [
    '(a+)+$',
    '(.*)*x',
    '(.*.*.*.*.*)=',
    '(a|a)*b',
    '(a?){60}a{60}b',
    '((a*)*)*b',
    '(?=(a+)+b)a',
    '(?>a+)+b',
    '(?<!a)(a*)*b',
    '(\\w+\\s?)+:',
    '(x+x+)+y',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
  ];
  const long = 'a'.repeat(10_000);
  it.each(hostile)('%s', (source) => {
    const db = world({ os: `${media({ 'volume-id': source })}${tree({ family: source })}` });
    const started = performance.now();
    for (const read of [long, long.slice(0, 4_000), `${long.slice(0, 2_000)}!`]) {
      identifyMedia(db, { volumeId: read }).nearest;
      identifyTree(db, { family: read }).nearest;
    }
    // A second on an idle machine, for all six looks and their near misses; without a bound it would be years.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
