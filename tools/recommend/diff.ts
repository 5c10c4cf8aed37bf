// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { type Comparison, compareWithCompat, type Difference } from '../../osinfo/recommend/compat/diff.js';
import type { RecommendInput } from '../../osinfo/recommend/types.js';
import type { RecommendOptions } from '../commands/recommend.js';
import { printJson } from '../main.js';
import { type CompatName, compatVersions } from './compat.js';
import { sayWithPlace } from './text.js';

/**
 * `guestwright recommend OS --diff virt-install`: what our own recommendation does differently, each with the rule and
 * the facts behind it, as text or as JSON (schema/virt-install-diff.schema.json).
 * @throws InputError for `--all` (npm run recommend:diff counts over a whole database) and for other formats
 */
export function runDiff(than: CompatName, input: RecommendInput | undefined, options: RecommendOptions): void {
  if (input === undefined || options.all)
    throw new InputError('recommend-diff', '--diff is for one OS: name it, and leave out --all');
  const comparison = compareWithCompat(input, compatVersions[than]);
  const format = options.json ? 'json' : options.format;
  if (format === 'json') {
    const { os, arch, platform } = comparison.ours;
    printJson({
      format: 'guestwright/virt-install-diff/1',
      than,
      os,
      platform,
      arch,
      differences: comparison.differences,
    });
    return;
  }
  if (format !== 'text') throw new InputError('recommend-diff', `--diff prints text or JSON, not ${format}`);
  process.stdout.write(formatDifferences(comparison, than));
}

/** A block for each difference: both values, our reason with its facts, and what virt-install goes by. */
export function formatDifferences({ ours, differences }: Comparison, than: string): string {
  const heading = `${ours.os.name ?? ours.os.id}, ${ours.arch}: `;
  if (differences.length === 0) return `${heading}the same as ${than}\n`;
  const count = differences.length === 1 ? '1 decision' : `${differences.length} decisions`;
  return [`${heading}${count} other than ${than}'s`, '', ...differences.flatMap(block)].join('\n');
}

function block(one: Difference): string[] {
  return [
    `${one.decision}: ${one.ours} instead of ${one.theirs}`,
    `    ${one.reason}.  [${one.rule}]`,
    ...one.facts.map((fact) => `    because  ${sayWithPlace(fact)}`),
    `    theirs   ${one.theirReason}.  [${one.theirRule}]`,
    '',
  ];
}
