// SPDX-License-Identifier: Apache-2.0
import { type HeadRow, headKeys, type RecordSource } from '../../load/source.js';
import type { Entries, Entry, Facts } from './entries.js';
import { fits, Outcomes } from './fields.js';
import { lookUp } from './literal-index.js';
import { nearestEntries } from './nearest.js';
import type { Patterns } from './patterns.js';
import { compareRanked, type Ranked, type Standing } from './rank.js';

/** Finds the entries of a database that fit, best first. */
export class Matcher<Field extends string> {
  private readonly osIds: readonly string[];

  constructor(
    private readonly source: RecordSource,
    private readonly entries: Entries<Field>,
    private readonly patterns: Patterns,
  ) {
    this.osIds = source.ids('os');
  }

  match(facts: Facts<Field>): readonly Ranked<Field>[] {
    const { entries } = this;
    const outcomes = new Outcomes(this.patterns, facts);
    const found: Ranked<Field>[] = [];
    const texts = entries.fields.map((field) => facts.texts.get(field));
    for (const number of lookUp(entries.literals, texts)) {
      const entry = entries.at(number);
      if (fits(entry, facts, outcomes)) found.push(this.ranked(entry, facts));
    }
    return found.sort(compareRanked);
  }

  /** The entries that miss least. */
  nearest(facts: Facts<Field>, most: number): readonly Ranked<Field>[] {
    const all = Array.from({ length: this.entries.count }, (_, number) => this.entries.at(number));
    return nearestEntries(all, facts, this.patterns, most).map((entry) => this.ranked(entry, facts));
  }

  private ranked(entry: Entry<Field>, facts: Facts<Field>): Ranked<Field> {
    const osId = this.osIds[entry.os]!;
    const head = this.source.head('os', osId);
    const shortId = headValue(head, 'short-id') ?? osId;
    const { patterns } = this;
    return {
      entry,
      get narrowness() {
        return entry.patterns.reduce((sum, { source }) => sum + patterns.narrowness(source), 0);
      },
      readArch: facts.arch,
      standing: standingOf(shortId, headValue(head, 'release-status')),
      releaseDate: headValue(head, 'release-date'),
      version: headValue(head, 'version'),
      osId,
      name: shortId,
    };
  }
}

function headValue(head: HeadRow | undefined, key: string): string | undefined {
  const value = head?.[headKeys.os.indexOf(key) + 1];
  return (Array.isArray(value) ? value[0] : value) ?? undefined;
}

function standingOf(shortId: string, status: string | undefined): Standing {
  if (status === 'rolling') return 'rolling';
  // Entries that stand for releases which came after the database are called so everywhere.
  if (/(?:^|-)unknown$/.test(shortId)) return 'unknown';
  return status === 'prerelease' || status === 'snapshot' ? 'prerelease' : 'released';
}
