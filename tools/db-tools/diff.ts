// SPDX-License-Identifier: Apache-2.0
import { type DatabaseDiff, diffDatabases, type EntityName, type FieldChange } from '../../osinfo/compare/diff.js';
import { type ReadDatabase, readDatabase } from '../../osinfo/compare/load.js';
import type { RecommendChange } from '../../osinfo/compare/recommend.js';

/** What `guestwright db diff --json` prints: schema/db-diff.schema.json. */
export interface Comparison extends DatabaseDiff {
  readonly format: 'guestwright/db-diff/1';
  readonly before: Side;
  readonly after: Side;
  readonly recommend?: { readonly platform: string; readonly changed: readonly RecommendChange[] };
}

interface Side {
  readonly path: string;
  readonly version?: string;
}

/** Compares two databases by their paths, and what is recommended on a platform where one is named. */
export async function compareDatabases(before: string, after: string, platform?: string): Promise<Comparison> {
  const old = readDatabase(before);
  const now = readDatabase(after);
  const diff = diffDatabases(old.loaded, now.loaded);
  const comparison = { format: 'guestwright/db-diff/1', before: sideOf(old), after: sideOf(now), ...diff } as const;
  if (platform === undefined) return comparison;
  const { diffRecommendations } = await import('../../osinfo/compare/recommend.js');
  return { ...comparison, recommend: { platform, changed: diffRecommendations(old.db, now.db, platform) } };
}

function sideOf({ path, version }: ReadDatabase): Side {
  return { path, ...(version === undefined ? {} : { version }) };
}

/** A line an entity, a line a field below it, and the sums. */
export function formatComparison(comparison: Comparison): string {
  const { before, after, added, removed, changed, recommend } = comparison;
  const lines = [`${shownSide(before)} -> ${shownSide(after)}`];
  for (const one of removed) lines.push(`- ${shownName(one)}`);
  for (const one of added) lines.push(`+ ${shownName(one)}`);
  for (const one of changed) lines.push(`~ ${shownName(one)}`, ...one.fields.map(shownField));
  lines.push(`${added.length} added, ${removed.length} removed, ${changed.length} changed`);
  if (recommend !== undefined) {
    for (const { id, shortId, fields } of recommend.changed) {
      lines.push(`~ machine for ${shortId ?? id} on ${recommend.platform}`, ...fields.map(shownField));
    }
    lines.push(`${recommend.changed.length} machines changed on ${recommend.platform}`);
  }
  return `${lines.join('\n')}\n`;
}

function shownSide({ path, version }: Side): string {
  return version === undefined ? path : `${path} (${version})`;
}

function shownName({ kind, id, shortId, name }: EntityName): string {
  return `${kind} ${shortId ?? id}${name === undefined ? '' : ` (${oneLine(name)})`}`;
}

function shownField({ field, before, after }: FieldChange): string {
  const name = oneLine(field);
  if (before === undefined) return `    + ${name}${after === '' ? '' : `: ${oneLine(after ?? '')}`}`;
  if (after === undefined) return `    - ${name}${before === '' ? '' : `: ${oneLine(before)}`}`;
  return `    ${name}: ${oneLine(before)} -> ${oneLine(after)}`;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 157)}…` : line;
}
