// SPDX-License-Identifier: Apache-2.0
import { canRunAway, opaqueParts, shortestMatch } from '../../pattern/analyse.js';
import { PatternError } from '../../pattern/parse.js';
import { type LabelPattern, labelled, patternsOf, readLabelPattern } from './labels.js';
import type { LintFinding, LintRule } from './types.js';

/** Patterns that do not compile, that no label can fit, or that can hang whoever tries them. */
export const patterns: LintRule = {
  name: 'pattern',
  about: 'a pattern does not compile, can fit no label, or can take time without bound',
  *check(input): Generator<LintFinding> {
    for (const { part } of labelled(input)) {
      for (const pattern of patternsOf(part)) yield* judge(pattern);
    }
  },
};

function* judge({ field, source, at, maxLength }: LabelPattern): Generator<LintFinding> {
  const shown = `<${field.replace(/^treeinfo-/, '').replace(/-regex$/, '')}> ${JSON.stringify(source.length > 80 ? `${source.slice(0, 77)}…` : source)}`;
  const parsed = readLabelPattern(source);
  if (parsed instanceof PatternError) {
    yield {
      severity: 'error',
      at,
      message: `${shown} is no regular expression: ${parsed.message}, at character ${parsed.index + 1}`,
    };
    return;
  }
  const { node, graph } = parsed;
  if (graph === undefined) {
    yield { severity: 'warning', at, message: `${shown} is so large that it cannot be looked at; write it shorter` };
    return;
  }
  const shortest = shortestMatch(graph);
  if (shortest === undefined) yield { severity: 'error', at, message: `${shown} can fit no text at all` };
  else if (maxLength !== undefined && shortest > maxLength) {
    yield {
      severity: 'error',
      at,
      message: `${shown} wants at least ${shortest} characters; such a label has at most ${maxLength}`,
    };
  }
  if (canRunAway(graph)) {
    const message = `${shown} has a repetition within a repetition of the same characters: some label can take years to fail; repeat once`;
    yield { severity: 'error', at, message };
  }
  const opaque = [...new Set(opaqueParts(node))];
  if (opaque.length > 0) {
    yield {
      severity: 'warning',
      at,
      message: `${shown} uses ${opaque.join(' and ')}, which engines of bounded time do not have`,
    };
  }
}
