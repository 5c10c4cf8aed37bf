// SPDX-License-Identifier: Apache-2.0
import type { EntityRecord, SubRecord } from '../../load/records.js';
import { canRunAway, opaqueParts } from '../../pattern/analyse.js';
import { PatternError } from '../../pattern/parse.js';
import { examplesOf, toRegExp } from '../../pattern/print.js';
import { labelled, patternsOf, readLabelPattern } from './labels.js';
import { definedOf, type LintFinding, type LintInput, type LintRule, nameOf } from './types.js';

/**
 * Entries of two operating systems that fit each other's labels: whichever is asked first wins. That one fits the
 * other's and not the other way round is usual (a catch-all beneath an exact entry) and is left to the ranking.
 */
export const overlaps: LintRule = {
  name: 'overlap',
  about: 'media or trees of two operating systems fit the same labels, and nothing tells them apart',
  *check(input): Generator<LintFinding> {
    for (const what of ['media', 'tree'] as const) {
      const entries = entriesOf(input, what);
      const knowingly = sharing(input);
      for (const [one, other, label] of mutual(entries)) {
        if (knowingly(one.os.id) === knowingly(other.os.id)) continue;
        const message = `this ${what} and one of ${nameOf(other.os)} (${place(input, other)}) both fit ${shown(label)}; give one of them another field or a narrower pattern`;
        yield { severity: 'warning', at: one.part.at, message };
      }
    }
  },
};

type Label = Readonly<Record<string, string>>;

interface Entry {
  readonly os: EntityRecord;
  readonly part: SubRecord;
  readonly arch: string;
  readonly size: string | undefined;
  readonly fields: readonly (readonly [field: string, regexp: RegExp])[];
  /** Labels that it fits. */
  readonly labels: readonly Label[];
}

/** Ways through the choices of a pattern that are tried. */
const mostExamples = 6;

function entriesOf(input: LintInput, what: 'media' | 'tree'): readonly Entry[] {
  const entries: Entry[] = [];
  for (const { os, part, what: kind } of labelled(input)) {
    if (kind !== what) continue;
    const patterns = patternsOf(part).filter(({ field }) => field !== 'l10n-language-regex');
    const fields: [string, RegExp][] = [];
    const examples: (readonly string[])[] = [];
    for (const { field, source } of patterns) {
      const parsed = readLabelPattern(source);
      if (parsed instanceof PatternError || parsed.graph === undefined) continue;
      if (canRunAway(parsed.graph) || opaqueParts(parsed.node).length > 0) continue;
      fields.push([field, toRegExp(parsed.node)]);
      examples.push(examplesOf(parsed.node, mostExamples));
    }
    // Patterns that cannot be tried are the matter of another rule.
    if (fields.length === 0 || fields.length < patterns.length) continue;
    const count = Math.max(...examples.map(({ length }) => length));
    const labels = Array.from({ length: count }, (_, index) =>
      Object.fromEntries(fields.map(([field], at) => [field, examples[at]![index % examples[at]!.length]!])),
    ).filter((label) => fields.every(([field, regexp]) => regexp.test(label[field]!)));
    const { architecture, 'volume-size': size } = part.params;
    entries.push({ os, part, arch: architecture?.[0] ?? 'all', size: size?.[0], fields, labels });
  }
  return entries;
}

/** Pairs that fit a label of each other, each pair of operating systems once, with one such label. */
function* mutual(entries: readonly Entry[]): Generator<readonly [Entry, Entry, Label]> {
  const told = new Set<string>();
  for (let i = 0; i < entries.length; i++) {
    const one = entries[i]!;
    for (let j = 0; j < i; j++) {
      const other = entries[j]!;
      // Which fields are asked, the architecture and the size tell entries apart before any pattern does.
      if (one.os === other.os || one.fields.length !== other.fields.length) continue;
      if (one.arch !== other.arch || (one.size !== undefined && other.size !== undefined && one.size !== other.size))
        continue;
      const label = one.labels.find((candidate) => fits(other, candidate));
      if (label === undefined || !other.labels.some((candidate) => fits(one, candidate))) continue;
      const key = `${other.os.id}\n${one.os.id}`;
      if (told.has(key)) continue;
      told.add(key);
      yield [one, other, label];
    }
  }
}

/** Gives one name to all systems that say of each other, or of a third, that their makers write the same labels. */
function sharing(input: LintInput): (id: string) => string {
  const leads = new Map<string, string>();
  const first = (id: string): string => {
    const next = leads.get(id);
    return next === undefined ? id : first(next);
  };
  for (const { id, facts = [] } of definedOf(input, 'os')) {
    for (const { name, attributes } of facts) {
      if (name !== 'same-labels' || attributes.as === undefined) continue;
      const [from, to] = [first(id), first(attributes.as)];
      if (from !== to) leads.set(from, to);
    }
  }
  return first;
}

function fits(entry: Entry, label: Label): boolean {
  return entry.fields.every(([field, regexp]) => {
    const value = label[field];
    return value !== undefined && regexp.test(value);
  });
}

function place(input: LintInput, { part }: Entry): string {
  const file = input.loaded.files[part.at[0]]!;
  return `${file.slice(file.lastIndexOf('/') + 1)}:${part.at[1]}`;
}

function shown(label: Label): string {
  return Object.entries(label)
    .map(([field, value]) => `${field.replace(/^treeinfo-/, '')} ${JSON.stringify(value)}`)
    .join(', ');
}
