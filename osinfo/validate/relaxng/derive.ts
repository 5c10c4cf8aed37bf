// SPDX-License-Identifier: Apache-2.0
import { contains, empty, type Name, notAllowed, nullable, type Pattern, type Patterns } from './pattern.js';

/** Stands for whatever value an attribute would have to have: how a wrong one is passed over. */
export const anyValue = Symbol('any value');

/** What is left of a pattern after a piece of a document: the derivatives of Clark's algorithm. */
export class Derivatives {
  constructor(private readonly patterns: Patterns) {}

  /** After text. White space alone is the caller's matter. */
  text(pattern: Pattern, value: string): Pattern {
    const { choice, group, interleave, after } = this.bound;
    switch (pattern.type) {
      case 'choice':
        return choice(this.text(pattern.a, value), this.text(pattern.b, value));
      case 'interleave':
        return choice(
          interleave(this.text(pattern.a, value), pattern.b),
          interleave(pattern.a, this.text(pattern.b, value)),
        );
      case 'group': {
        const first = group(this.text(pattern.a, value), pattern.b);
        return nullable(pattern.a) ? choice(first, this.text(pattern.b, value)) : first;
      }
      case 'after':
        return after(this.text(pattern.a, value), pattern.b);
      case 'oneOrMore':
        return group(this.text(pattern.a, value), choice(pattern, empty));
      case 'text':
        return pattern;
      case 'value':
        return (pattern.exact ? value === pattern.value : collapse(value) === collapse(pattern.value))
          ? empty
          : notAllowed;
      case 'data':
        return pattern.fits(value) ? empty : notAllowed;
      case 'list': {
        const words = collapse(value)
          .split(' ')
          .filter((word) => word !== '');
        return nullable(words.reduce((rest, word) => this.text(rest, word), pattern.a)) ? empty : notAllowed;
      }
      default:
        return notAllowed;
    }
  }

  /** After the start of an element: its content, then the rest. */
  start(pattern: Pattern, name: Name): Pattern {
    const { choice, group, interleave, after } = this.bound;
    switch (pattern.type) {
      case 'choice':
        return choice(this.start(pattern.a, name), this.start(pattern.b, name));
      case 'element':
        return contains(pattern.name, name) ? after(pattern.content(), empty) : notAllowed;
      case 'interleave':
        return choice(
          this.within(this.start(pattern.a, name), (rest) => interleave(rest, pattern.b)),
          this.within(this.start(pattern.b, name), (rest) => interleave(pattern.a, rest)),
        );
      case 'group': {
        const first = this.within(this.start(pattern.a, name), (rest) => group(rest, pattern.b));
        return nullable(pattern.a) ? choice(first, this.start(pattern.b, name)) : first;
      }
      case 'oneOrMore':
        return this.within(this.start(pattern.a, name), (rest) => group(rest, choice(pattern, empty)));
      case 'after':
        return this.within(this.start(pattern.a, name), (rest) => after(rest, pattern.b));
      default:
        return notAllowed;
    }
  }

  /** After an attribute. */
  attribute(pattern: Pattern, name: Name, value: string | typeof anyValue): Pattern {
    const { choice, group, interleave, after } = this.bound;
    switch (pattern.type) {
      case 'after':
        return after(this.attribute(pattern.a, name, value), pattern.b);
      case 'choice':
        return choice(this.attribute(pattern.a, name, value), this.attribute(pattern.b, name, value));
      case 'group':
        return choice(
          group(this.attribute(pattern.a, name, value), pattern.b),
          group(pattern.a, this.attribute(pattern.b, name, value)),
        );
      case 'interleave':
        return choice(
          interleave(this.attribute(pattern.a, name, value), pattern.b),
          interleave(pattern.a, this.attribute(pattern.b, name, value)),
        );
      case 'oneOrMore':
        return group(this.attribute(pattern.a, name, value), choice(pattern, empty));
      case 'attribute': {
        const fits = contains(pattern.name, name) && (value === anyValue || this.fitsValue(pattern.a, value));
        return fits ? empty : notAllowed;
      }
      default:
        return notAllowed;
    }
  }

  /** After the `>` of a start tag. `lenient` lets attributes be missing. */
  close(pattern: Pattern, lenient: boolean): Pattern {
    const { choice, group, interleave, after } = this.bound;
    switch (pattern.type) {
      case 'after':
        return after(this.close(pattern.a, lenient), pattern.b);
      case 'choice':
        return choice(this.close(pattern.a, lenient), this.close(pattern.b, lenient));
      case 'group':
        return group(this.close(pattern.a, lenient), this.close(pattern.b, lenient));
      case 'interleave':
        return interleave(this.close(pattern.a, lenient), this.close(pattern.b, lenient));
      case 'oneOrMore':
        return this.patterns.oneOrMore(this.close(pattern.a, lenient));
      case 'attribute':
        return lenient ? empty : notAllowed;
      default:
        return pattern;
    }
  }

  /** After an end tag. `lenient` lets content be missing. */
  end(pattern: Pattern, lenient: boolean): Pattern {
    if (pattern.type === 'choice')
      return this.patterns.choice(this.end(pattern.a, lenient), this.end(pattern.b, lenient));
    if (pattern.type !== 'after') return notAllowed;
    return lenient || nullable(pattern.a) ? pattern.b : notAllowed;
  }

  fitsValue(pattern: Pattern, value: string): boolean {
    if (nullable(pattern) && value.trim() === '') return true;
    return nullable(this.text(pattern, value));
  }

  /** Applies a step to what comes after the content of an element that has just begun. */
  private within(pattern: Pattern, step: (rest: Pattern) => Pattern): Pattern {
    if (pattern.type === 'after') return this.patterns.after(pattern.a, step(pattern.b));
    if (pattern.type === 'choice')
      return this.patterns.choice(this.within(pattern.a, step), this.within(pattern.b, step));
    return notAllowed;
  }

  private readonly bound = {
    choice: (a: Pattern, b: Pattern) => this.patterns.choice(a, b),
    group: (a: Pattern, b: Pattern) => this.patterns.group(a, b),
    interleave: (a: Pattern, b: Pattern) => this.patterns.interleave(a, b),
    after: (a: Pattern, b: Pattern) => this.patterns.after(a, b),
  };
}

function collapse(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
