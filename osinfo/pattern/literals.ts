// SPDX-License-Identifier: Apache-2.0

/** Alternatives beyond which a group of literals is of no use for finding patterns. */
const mostLiterals = 100;

/**
 * Literals of which every text that a pattern fits has at least one: the longest that can be told from the pattern's
 * text alone, without reading it as a whole. Empty where there is none, or the pattern has parts not looked into.
 */
export function literalsOf(source: string): readonly string[] {
  // A word after (? may change what letters mean.
  if (/\(\?[^:]|\(\*|\\Q/.test(source)) return [];
  const scan = new Scan(source);
  const found = scan.choice();
  return scan.ended && found !== undefined && !found.includes('') ? [...new Set(found)] : [];
}

class Scan {
  private at = 0;
  private depth = 0;
  constructor(private readonly text: string) {}

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** Alternatives to the end, or to the bracket that closes the group. */
  choice(): readonly string[] | undefined {
    let all: readonly string[] | undefined = this.sequence();
    while (this.text[this.at] === '|') {
      this.at += 1;
      const next = this.sequence();
      all = all === undefined || next === undefined ? undefined : [...all, ...next];
    }
    return all !== undefined && all.length <= mostLiterals ? all : undefined;
  }

  private sequence(): readonly string[] | undefined {
    let best: readonly string[] | undefined;
    let run = '';
    const offer = (literals: readonly string[] | undefined): void => {
      if (literals !== undefined && shortest(literals) > (best === undefined ? 0 : shortest(best))) best = literals;
    };
    const flush = (): void => {
      if (run !== '') offer([run]);
      run = '';
    };
    while (this.at < this.text.length) {
      const character = this.text[this.at]!;
      if (character === '|' || character === ')') break;
      this.at += 1;
      if (character === '^' || character === '$') {
        flush();
        continue;
      }
      if (character === '(') {
        flush();
        const inner = this.group();
        if (!this.optional()) offer(inner);
        continue;
      }
      const literal = this.literal(character);
      const start = this.at;
      const optional = this.optional();
      if (literal === undefined || optional) flush();
      else {
        run += literal;
        // What is repeated is there once, but what follows it need not be next to that.
        if (this.at !== start) flush();
      }
    }
    flush();
    return best;
  }

  /** The character that stands for itself; undefined for a class. */
  private literal(character: string): string | undefined {
    if (character === '.') return undefined;
    if (character === '[') {
      this.skipClass();
      return undefined;
    }
    if (character !== '\\') return character;
    const escaped = this.text[this.at] ?? '';
    this.at += 1;
    if (!/[A-Za-z0-9]/.test(escaped)) return escaped;
    // A number, a property or a name may follow; none is part of a literal.
    const rest = /^(?:x?\{[^}]*\}|x[0-9A-Fa-f]{0,2}|[0-9]*)/.exec(this.text.slice(this.at - 1, this.at + 60))![0];
    this.at += Math.max(0, rest.length - 1);
    return undefined;
  }

  private skipClass(): void {
    if (this.text[this.at] === '^') this.at += 1;
    for (let first = true; this.at < this.text.length; first = false) {
      const character = this.text[this.at]!;
      this.at += 1;
      if (character === '\\') this.at += 1;
      else if (character === '[' && this.text[this.at] === ':') this.at = this.after(':]');
      else if (character === ']' && !first) return;
    }
  }

  private after(end: string): number {
    const found = this.text.indexOf(end, this.at);
    return found < 0 ? this.text.length : found + end.length;
  }

  private group(): readonly string[] | undefined {
    if (this.text.startsWith('?:', this.at)) this.at += 2;
    this.depth += 1;
    // Deeper than any pattern that can be read.
    if (this.depth > 60) {
      this.at = this.text.length;
      return undefined;
    }
    const inner = this.choice();
    this.at += 1;
    this.depth -= 1;
    return inner;
  }

  /** Takes the quantifier, if there is one: whether what it stands after may be left out. */
  private optional(): boolean {
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})[?+]?/.exec(this.text.slice(this.at, this.at + 18))?.[0];
    if (quantifier === undefined) return false;
    this.at += quantifier.length;
    return quantifier[0] !== '+';
  }
}

function shortest(literals: readonly string[]): number {
  return literals.reduce((least, literal) => Math.min(least, literal.length), Number.POSITIVE_INFINITY);
}
