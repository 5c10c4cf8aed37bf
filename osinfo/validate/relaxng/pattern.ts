// SPDX-License-Identifier: Apache-2.0

/**
 * Patterns of RELAX NG in the simple form of its specification, after James Clark's "An algorithm for RELAX NG
 * validation": immutable, and equal ones are the same object, which keeps the derivatives small.
 */
export type Pattern =
  | { readonly type: 'notAllowed' | 'empty' | 'text' }
  | { readonly type: 'choice' | 'interleave' | 'group' | 'after'; readonly a: Pattern; readonly b: Pattern }
  | { readonly type: 'oneOrMore' | 'list'; readonly a: Pattern }
  | DataPattern
  | ValuePattern
  | { readonly type: 'attribute'; readonly name: NameClass; readonly a: Pattern }
  | { readonly type: 'element'; readonly name: NameClass; readonly content: () => Pattern };

/** Text of a kind: `fits` tells, `label` is the name that the grammar has for it. */
export interface DataPattern {
  readonly type: 'data';
  readonly fits: (text: string) => boolean;
  readonly label: string;
  /** The expression that the text has to fit, where there is one. */
  readonly expression?: string;
}

export interface ValuePattern {
  readonly type: 'value';
  readonly value: string;
  /** White space counts as it stands. */
  readonly exact: boolean;
}

export type ElementPattern = Extract<Pattern, { type: 'element' }>;
export type AttributePattern = Extract<Pattern, { type: 'attribute' }>;

export interface Name {
  readonly namespace: string;
  readonly local: string;
}

export type NameClass =
  /** Any name but those of some namespaces. */
  { readonly any: true; readonly exceptNamespaces: readonly string[] } | { readonly names: readonly Name[] };

export function contains(nameClass: NameClass, name: Name): boolean {
  if ('any' in nameClass) return !nameClass.exceptNamespaces.includes(name.namespace);
  return nameClass.names.some(({ namespace, local }) => namespace === name.namespace && local === name.local);
}

export const notAllowed: Pattern = { type: 'notAllowed' };
export const empty: Pattern = { type: 'empty' };
export const text: Pattern = { type: 'text' };

/** Makes compound patterns; equal parts give the same object. One for each grammar, so that memory ends with it. */
export class Patterns {
  private readonly made = new Map<string, Pattern>();
  private readonly numbers = new Map<Pattern, number>();

  choice(a: Pattern, b: Pattern): Pattern {
    if (a === b || b === notAllowed) return a;
    if (a === notAllowed) return b;
    return this.pair('choice', a, b);
  }

  group(a: Pattern, b: Pattern): Pattern {
    if (a === notAllowed || b === notAllowed) return notAllowed;
    if (a === empty) return b;
    if (b === empty) return a;
    return this.pair('group', a, b);
  }

  interleave(a: Pattern, b: Pattern): Pattern {
    if (a === notAllowed || b === notAllowed) return notAllowed;
    if (a === empty) return b;
    if (b === empty) return a;
    return this.pair('interleave', a, b);
  }

  after(a: Pattern, b: Pattern): Pattern {
    if (a === notAllowed || b === notAllowed) return notAllowed;
    return this.pair('after', a, b);
  }

  oneOrMore(a: Pattern): Pattern {
    if (a === notAllowed || a === empty) return a;
    return this.kept(`oneOrMore ${this.number(a)}`, { type: 'oneOrMore', a });
  }

  list(a: Pattern): Pattern {
    return this.kept(`list ${this.number(a)}`, { type: 'list', a });
  }

  private pair(type: 'choice' | 'interleave' | 'group' | 'after', a: Pattern, b: Pattern): Pattern {
    return this.kept(`${type} ${this.number(a)} ${this.number(b)}`, { type, a, b });
  }

  private kept(key: string, pattern: Pattern): Pattern {
    const earlier = this.made.get(key);
    if (earlier !== undefined) return earlier;
    this.made.set(key, pattern);
    return pattern;
  }

  private number(pattern: Pattern): number {
    const known = this.numbers.get(pattern);
    if (known !== undefined) return known;
    this.numbers.set(pattern, this.numbers.size);
    return this.numbers.size - 1;
  }
}

/** Whether nothing at all fits a pattern. */
export function nullable(pattern: Pattern): boolean {
  switch (pattern.type) {
    case 'empty':
    case 'text':
      return true;
    case 'choice':
      return nullable(pattern.a) || nullable(pattern.b);
    case 'group':
    case 'interleave':
      return nullable(pattern.a) && nullable(pattern.b);
    case 'oneOrMore':
      return nullable(pattern.a);
    default:
      return false;
  }
}
