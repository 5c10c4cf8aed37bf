// SPDX-License-Identifier: Apache-2.0
import type { FieldMatch } from '../types.js';
import { sameArch } from './archs.js';
import type { Entry, Facts } from './entries.js';
import type { Patterns } from './patterns.js';

/** Whether an entry fits what was read: every field it asks for (semantics of libosinfo, with architectures by any name). */
export function fits<Field extends string>(entry: Entry<Field>, facts: Facts<Field>, patterns: Patterns): boolean {
  if (entry.size !== undefined && entry.size !== facts.size) return false;
  if (!archFits(entry, facts)) return false;
  return entry.patterns.every(({ field, source }) => {
    const texts = facts.texts.get(field);
    return texts !== undefined && patterns.test(source, texts) === 'fits';
  });
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
