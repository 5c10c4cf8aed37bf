// SPDX-License-Identifier: Apache-2.0
import type { AttributePattern, DataPattern, ElementPattern, Name, Pattern, ValuePattern } from './pattern.js';

/** What a pattern is made of, for messages: nothing here decides whether a document is valid. */

/** The content that is expected of the element that is open now. */
export function contentOf(pattern: Pattern): readonly Pattern[] {
  if (pattern.type === 'after') return [pattern.a];
  return pattern.type === 'choice' ? [...contentOf(pattern.a), ...contentOf(pattern.b)] : [];
}

/** Every piece of a kind in a pattern, without entering elements and attributes. */
function piecesOf<T extends Pattern['type']>(pattern: Pattern, type: T): readonly Extract<Pattern, { type: T }>[] {
  const found = new Set<Pattern>();
  const seen = new Set<Pattern>();
  const visit = (one: Pattern): void => {
    if (seen.has(one)) return;
    seen.add(one);
    if (one.type === type) found.add(one);
    switch (one.type) {
      case 'choice':
      case 'group':
      case 'interleave':
        visit(one.a);
        visit(one.b);
        break;
      case 'after':
      case 'oneOrMore':
      case 'list':
        visit(one.a);
    }
  };
  visit(pattern);
  return [...found] as Extract<Pattern, { type: T }>[];
}

export function elementsOf(pattern: Pattern): readonly ElementPattern[] {
  return piecesOf(pattern, 'element');
}

export function attributesOf(pattern: Pattern): readonly AttributePattern[] {
  return piecesOf(pattern, 'attribute');
}

export function valuesOf(pattern: Pattern): readonly ValuePattern[] {
  return piecesOf(pattern, 'value');
}

export function dataOf(pattern: Pattern): readonly DataPattern[] {
  return piecesOf(pattern, 'data');
}

/** Names that have to be there, each with those that would do in its place; of several ways, the one that asks for the fewest. */
export function requiredNames(pattern: Pattern, type: 'attribute' | 'element'): readonly (readonly Name[])[] {
  switch (pattern.type) {
    case 'attribute':
    case 'element':
      return pattern.type === type && !('any' in pattern.name) ? [pattern.name.names.slice(0, 1)] : [];
    case 'group':
    case 'interleave':
      return unique([...requiredNames(pattern.a, type), ...requiredNames(pattern.b, type)]);
    case 'choice': {
      const a = requiredNames(pattern.a, type);
      const b = requiredNames(pattern.b, type);
      if (a.length === 1 && b.length === 1) return [[...a[0]!, ...b[0]!]];
      return b.length < a.length ? b : a;
    }
    case 'after':
    case 'oneOrMore':
      return requiredNames(pattern.a, type);
    default:
      return [];
  }
}

function unique(groups: readonly (readonly Name[])[]): readonly (readonly Name[])[] {
  return [...new Map(groups.map((group) => [JSON.stringify(group), group])).values()];
}
