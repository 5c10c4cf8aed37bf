// SPDX-License-Identifier: Apache-2.0
import { anyChar, type CharSet, complement, foldCase, single, union } from './charset.js';
import { classes, controls, posix } from './classes.js';

/** A regular expression as a tree. */
export type Node =
  | { readonly type: 'char'; readonly set: CharSet }
  | {
      readonly type: 'sequence';
      readonly items: readonly Node[];
      /** The number of the group, from 1. */
      readonly group?: number;
      /** What it first took is not given back. */
      readonly atomic?: boolean;
    }
  | { readonly type: 'choice'; readonly items: readonly Node[] }
  | {
      readonly type: 'repeat';
      readonly item: Node;
      readonly min: number;
      readonly max: number;
      /** As few as will do. */
      readonly lazy?: boolean;
    }
  /** `exact`: of the text only, not of a line (`\A`, `\z`); `end` alone also fits before a last line break. */
  | { readonly type: 'start' | 'end'; readonly exact?: boolean; readonly lines?: boolean }
  /** Something that looks without taking, which the analyses here do not follow. */
  | { readonly type: 'opaque'; readonly what: string; readonly look: Look };

export type Look =
  | { readonly kind: 'boundary'; readonly negated: boolean }
  | { readonly kind: 'around'; readonly behind: boolean; readonly negated: boolean; readonly item: Node }
  | { readonly kind: 'back' };

/** A pattern that is no regular expression: what is wrong, and where, in characters from 0. */
export class PatternError extends Error {
  constructor(
    message: string,
    readonly index: number,
  ) {
    super(message);
  }
}

const maxLength = 2_000;
const maxNesting = 50;
const maxRepeat = 65_535;

/**
 * Reads a pattern in the syntax of PCRE, as GLib's regular expressions have it and the database uses it.
 * @throws PatternError where it is none
 */
export function parsePattern(text: string): Node {
  if (text.length > maxLength) throw new PatternError(`it is longer than ${maxLength} characters`, maxLength);
  return new Parser([...text]).parse();
}

/** What `(?imsx)` switches. */
interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly x: boolean;
}

function switched(flags: Flags, switches: string): Flags {
  const [on = '', off = ''] = switches.split('-');
  const after = (flag: keyof Flags): boolean => (flags[flag] || on.includes(flag)) && !off.includes(flag);
  return { i: after('i'), m: after('m'), s: after('s'), x: after('x') };
}

function lookAround(mark: string, item: Node): Node {
  const look = { kind: 'around', behind: mark.startsWith('<'), negated: mark.endsWith('!'), item } as const;
  return { type: 'opaque', what: 'look-around', look };
}

class Parser {
  private at = 0;
  private depth = 0;
  private groups = 0;
  private flags: Flags = { i: false, m: false, s: false, x: false };
  constructor(private readonly text: readonly string[]) {}

  parse(): Node {
    const node = this.choice();
    if (this.at < this.text.length) this.fail("an unmatched ')'");
    return node;
  }

  private choice(): Node {
    const items = [this.sequence()];
    while (this.take('|')) items.push(this.sequence());
    return items.length === 1 ? items[0]! : { type: 'choice', items };
  }

  private sequence(): Node {
    const items: Node[] = [];
    for (;;) {
      this.skipBlanks();
      if (this.at >= this.text.length || this.peek() === '|' || this.peek() === ')') break;
      const item = this.atom();
      if (item !== undefined) items.push(this.quantified(item));
    }
    return items.length === 1 ? items[0]! : { type: 'sequence', items };
  }

  /** With the flag x blanks and comments mean nothing. */
  private skipBlanks(): void {
    if (!this.flags.x) return;
    for (;;) {
      if (/^\s$/.test(this.peek() ?? '')) this.at += 1;
      else if (this.peek() === '#') while (this.at < this.text.length && this.next() !== '\n');
      else return;
    }
  }

  private quantified(atom: Node): Node {
    let node = atom;
    for (;;) {
      this.skipBlanks();
      const start = this.at;
      const bounds = this.bounds();
      if (bounds === undefined) return node;
      if (node !== atom || atom.type === 'start' || atom.type === 'end') {
        this.at = start;
        this.fail('nothing to repeat');
      }
      const [min, max] = bounds;
      const lazy = this.take('?');
      const repeat: Node = { type: 'repeat', item: atom, min, max, ...(lazy ? { lazy } : {}) };
      const possessive = !lazy && this.take('+');
      node = possessive ? { type: 'sequence', items: [repeat], atomic: true } : repeat;
    }
  }

  private bounds(): readonly [number, number] | undefined {
    if (this.take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.take('?')) return [0, 1];
    if (this.peek() !== '{') return undefined;
    const match = /^\{(\d{1,6})(,(\d{0,6}))?\}/.exec(this.text.slice(this.at, this.at + 20).join(''));
    // Anything else in braces is literal.
    if (match === null) return undefined;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (min > max) this.fail('the numbers of a repetition are out of order');
    if (min > maxRepeat || (max > maxRepeat && max !== Number.POSITIVE_INFINITY))
      this.fail('a repetition is too large');
    this.at += match[0].length;
    return [min, max];
  }

  private atom(): Node | undefined {
    const character = this.next();
    switch (character) {
      case '^':
        return { type: 'start', ...(this.flags.m ? { lines: true } : {}) };
      case '$':
        return { type: 'end', ...(this.flags.m ? { lines: true } : {}) };
      case '.':
        return { type: 'char', set: this.flags.s ? complement([]) : anyChar };
      case '[':
        return this.char(this.charClass());
      case '(':
        return this.group();
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        this.at -= 1;
        return this.fail('nothing to repeat');
      default:
        return this.char(single(character.codePointAt(0)!));
    }
  }

  private char(set: CharSet): Node {
    return { type: 'char', set: this.flags.i ? foldCase(set) : set };
  }

  private group(): Node | undefined {
    this.depth += 1;
    if (this.depth > maxNesting) this.fail(`groups are nested deeper than ${maxNesting}`);
    const before = this.flags;
    let wrap = (item: Node): Node => item;
    if (!this.take('?')) wrap = this.capture();
    else {
      const rest = this.text.slice(this.at, this.at + 80).join('');
      const head =
        /^(?:(#)[^)]*|(:|>|\|)|(=|!|<=|<!)|(?:P?<|')([A-Za-z_]\w*)[>']|([a-zA-Z]*(?:-[a-zA-Z]+)?)(:|(?=\))))/.exec(
          rest,
        );
      if (head === null) return this.fail('a group of an unknown kind');
      this.at += head[0].length;
      const [, comment, plain, around, name, switches] = head;
      if (plain === '>') wrap = (item) => ({ type: 'sequence', items: [item], atomic: true });
      if (around !== undefined) wrap = (item) => lookAround(around, item);
      if (name !== undefined) wrap = this.capture();
      if (switches !== undefined) this.flags = switched(this.flags, switches);
      if (comment !== undefined || head[6] === '') {
        // Flags alone hold for the rest of the group around them.
        if (!this.take(')')) this.fail("a missing ')'");
        this.depth -= 1;
        return undefined;
      }
    }
    const node = this.choice();
    if (!this.take(')')) this.fail("a missing ')'");
    this.flags = before;
    this.depth -= 1;
    return wrap(node);
  }

  private capture(): (item: Node) => Node {
    this.groups += 1;
    const group = this.groups;
    return (item) => ({ type: 'sequence', items: [item], group });
  }

  private escape(): Node {
    if (this.at >= this.text.length) this.fail('a backslash at the end');
    const character = this.next();
    if (classes[character] !== undefined) return this.char(classes[character]);
    switch (character) {
      case 'b':
      case 'B':
        return { type: 'opaque', what: 'a word boundary', look: { kind: 'boundary', negated: character === 'B' } };
      case 'A':
      case 'G':
        return { type: 'start', exact: true };
      case 'z':
        return { type: 'end', exact: true };
      case 'Z':
        return { type: 'end' };
    }
    if (/[1-9gk]/.test(character)) return this.backReference();
    return this.char(single(this.escapedCode(character)));
  }

  private backReference(): Node {
    const rest = this.text.slice(this.at - 1, this.at + 80).join('');
    const head = /^(?:[1-9]\d{0,3}|g\d{1,4}|[gk](?:\{-?\w+\}|<\w+>|'\w+'))/.exec(rest);
    if (head === null) return this.fail('a reference to no group');
    this.at += head[0].length - 1;
    return { type: 'opaque', what: 'a back reference', look: { kind: 'back' } };
  }

  private escapedCode(character: string): number {
    if (controls[character] !== undefined) return controls[character];
    if (character === '0') return 0;
    if (character === 'x') {
      const match = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{0,2}))/.exec(
        this.text.slice(this.at, this.at + 8).join(''),
      )!;
      this.at += match[0].length;
      return Number.parseInt((match[1] ?? match[2]) || '0', 16);
    }
    if (/[A-Za-z]/.test(character)) this.fail(`an unknown escape \\${character}`);
    return character.codePointAt(0)!;
  }

  private charClass(): CharSet {
    const start = this.at - 1;
    const negated = this.take('^');
    const sets: CharSet[] = [];
    for (let first = true; ; first = false) {
      if (this.at >= this.text.length) {
        this.at = start;
        this.fail("a missing ']'");
      }
      const named = /^\[:(\^?)([a-z]+):\]/.exec(this.text.slice(this.at, this.at + 16).join(''));
      if (named !== null) {
        const set = posix[named[2]!];
        if (set === undefined) this.fail(`an unknown class [:${named[2]}:]`);
        sets.push(named[1] === '^' ? complement(set!) : set!);
        this.at += named[0].length;
        continue;
      }
      const character = this.next();
      if (character === ']' && !first) break;
      const low = this.classItem(character);
      if (typeof low !== 'number') {
        sets.push(low);
        continue;
      }
      const after = this.text[this.at + 1];
      if (this.peek() !== '-' || after === undefined || after === ']') {
        sets.push(single(low));
        continue;
      }
      this.at += 1;
      const high = this.classItem(this.next());
      if (typeof high !== 'number') {
        sets.push(single(low), single(0x2d), high);
      } else {
        if (high < low) this.fail('a range out of order');
        sets.push([[low, high]]);
      }
    }
    const set = union(sets);
    return negated ? complement(this.flags.i ? foldCase(set) : set) : set;
  }

  private classItem(character: string): number | CharSet {
    if (character !== '\\') return character.codePointAt(0)!;
    const escaped = this.next();
    if (classes[escaped] !== undefined) return classes[escaped];
    if (escaped === 'b') return 8;
    return this.escapedCode(escaped);
  }

  private peek(): string | undefined {
    return this.text[this.at];
  }

  private next(): string {
    const character = this.text[this.at];
    if (character === undefined) return this.fail('it ends too early');
    this.at += 1;
    return character;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private fail(message: string): never {
    throw new PatternError(message, Math.min(this.at, this.text.length));
  }
}
