// SPDX-License-Identifier: Apache-2.0

import { sameArch } from '../../arch-names.js';
import type { FieldMatch } from '../types.js';
import type { Entry, Facts } from './entries.js';
import type { Patterns } from './patterns.js';

/** Whether an entry fits what was read: every field it asks for (semantics of libosinfo, with architectures by any name). */
export function fits<Field extends string>(
  entry: Entry<Field>,
  facts: Facts<Field>,
  outcomes: Outcomes<Field>,
): boolean {
  // What is told by nothing would fit anything.
  if (entry.patterns.length === 0 && entry.size === undefined) return false;
  if (entry.size !== undefined && entry.size !== facts.size) return false;
  if (!archFits(entry, facts)) return false;
  return entry.patterns.every(({ field, source }) => outcomes.fits(field, source));
}

/** What patterns said of one thing read: hundreds of entries share the few that name a family or a version. */
export class Outcomes<Field extends string> {
  private readonly known = new Map<Field, Map<string, boolean>>();

  constructor(
    private readonly patterns: Patterns,
    private readonly facts: Facts<Field>,
  ) {}

  fits(field: Field, source: string): boolean {
    const texts = this.facts.texts.get(field);
    if (texts === undefined) return false;
    let known = this.known.get(field);
    if (known === undefined) {
      known = new Map();
      this.known.set(field, known);
    }
    let fitting = known.get(source);
    if (fitting === undefined) {
      fitting = this.patterns.test(source, texts) === 'fits';
      known.set(source, fitting);
    }
    return fitting;
  }
}

/** How each field of an entry met what was read. */
export function fieldMatches<Field extends string>(
  entry: Entry<Field>,
  facts: Facts<Field>,
  patterns: Patterns,
): readonly FieldMatch<Field | 'volume-size' | 'arch'>[] {
  const found: FieldMatch<Field | 'volume-size' | 'arch'>[] = entry.patterns.map(({ field, source }) => {
    const texts = facts.texts.get(field);
    const usable = patterns.isUsable(source);
    const outcome = !usable ? 'bad-pattern' : texts === undefined ? 'absent' : patterns.test(source, texts);
    return { field, wanted: source, read: texts?.[0], outcome };
  });
  if (entry.size !== undefined) {
    const outcome = facts.size === undefined ? 'absent' : facts.size === entry.size ? 'fits' : 'differs';
    found.push({ field: 'volume-size', wanted: String(entry.size), read: facts.size?.toString(), outcome });
  }
  if (entry.arch !== undefined) {
    const outcome = archFits(entry, facts) ? 'fits' : 'differs';
    found.push({ field: 'arch', wanted: entry.arch, read: facts.arch, outcome });
  }
  return found;
}

/** What does not tell its architecture fits them all. */
function archFits<Field extends string>(entry: Entry<Field>, facts: Facts<Field>): boolean {
  return entry.arch === undefined || facts.arch === undefined || sameArch(entry.arch, facts.arch);
}
