// SPDX-License-Identifier: Apache-2.0

/** Alternatives beyond which a group of literals is of no use for finding patterns. */
const mostLiterals = 100;
/** Groups within groups that are looked into. */
const maxDepth = 60;

/**
 * Literals of which every text that a pattern fits has at least one: the longest that can be told from the pattern's
 * text alone, without reading it as a whole (which for all of a database takes longer than finding what fits). Empty
 * where there is none, or the pattern has parts that are not looked into.
 */
export function literalsOf(source: string): readonly string[] {
  // After these, letters may mean something else.
  if (/\(\?[^:]|\(\*|\\Q/.test(source)) return [];
  const scan = new Scan(source);
  const found = scan.choice();
  return scan.at >= source.length ? found : [];
}

const none: readonly string[] = [];
const plainRun = /[^\\^$.|?*+()[{]+/y;

/** Units of the last character. */
function lastLength(text: string): number {
  const unit = text.charCodeAt(text.length - 1);
  return unit >= 0xdc00 && unit < 0xe000 ? 2 : 1;
}

/** One pass over a pattern. Everything here knows at least as many texts as PCRE does: what is unclear is no literal. */
class Scan {
  at = 0;
  private depth = 0;
  constructor(private readonly text: string) {}

  /** Alternatives to the end, or to the bracket that closes the group. */
  choice(): readonly string[] {
    let all = this.sequence();
    while (this.text[this.at] === '|') {
      this.at += 1;
      const next = this.sequence();
      all = all.length === 0 || next.length === 0 ? none : [...all, ...next];
    }
    return all.length <= mostLiterals ? all : none;
  }

  private sequence(): readonly string[] {
    let best: readonly string[] = none;
    let bestLength = 0;
    let run = '';
    const flush = (): void => {
      if (run.length > bestLength) {
        best = [run];
        bestLength = run.length;
      }
      run = '';
    };
    while (this.at < this.text.length) {
      const character = this.text[this.at]!;
      if (character === '|' || character === ')') break;
      const plainText = this.plain();
      if (plainText !== '') {
        const taken = lastLength(plainText);
        const quantifier = this.quantifier();
        run += quantifier === 'optional' ? plainText.slice(0, -taken) : plainText;
        // What is repeated is there once, but what follows it need not be next to that.
        if (quantifier !== 'once') flush();
        continue;
      }
      this.at += 1;
      if (character === '(') {
        flush();
        const inner = this.group();
        const length = inner.reduce((least, literal) => Math.min(least, literal.length), Number.POSITIVE_INFINITY);
        if (this.quantifier() !== 'optional' && inner.length > 0 && length > bestLength) {
          best = inner;
          bestLength = length;
        }
        continue;
      }
      const literal = character === '^' || character === '$' ? undefined : this.literal(character);
      const quantifier = this.quantifier();
      if (literal === undefined || quantifier === 'optional') flush();
      else {
        run += literal;
        if (quantifier === 'repeated') flush();
      }
    }
    flush();
    return best;
  }

  /** Takes the characters up to the next that means something. */
  private plain(): string {
    plainRun.lastIndex = this.at;
    if (!plainRun.test(this.text)) return '';
    const from = this.at;
    this.at = plainRun.lastIndex;
    return this.text.slice(from, this.at);
  }

  /** The character that stands for itself; undefined for a class. */
  private literal(character: string): string | undefined {
    if (character === '.') return undefined;
    if (character === '[') return this.skipClass();
    if (character !== '\\') return character;
    const escaped = this.text[this.at] ?? '';
    this.at += 1;
    if (!/[A-Za-z0-9]/.test(escaped)) return escaped;
    // A number, a property or a name may follow; none of it is a literal.
    if (!/[dDwWsSbBAzZ]/.test(escaped))
      this.at += /^(?:\{[^}]*\}|[0-9A-Fa-f]*)/.exec(this.text.slice(this.at))![0].length;
    return undefined;
  }

  private skipClass(): undefined {
    if (this.text[this.at] === '^') this.at += 1;
    for (let first = true; this.at < this.text.length; first = false) {
      const character = this.text[this.at]!;
      this.at += 1;
      if (character === '\\') this.at += 1;
      else if (character === '[' && this.text[this.at] === ':') {
        const end = this.text.indexOf(':]', this.at);
        if (end >= 0) this.at = end + 2;
      } else if (character === ']' && !first) return;
    }
  }

  private group(): readonly string[] {
    if (this.text.startsWith('?:', this.at)) this.at += 2;
    this.depth += 1;
    if (this.depth > maxDepth) {
      this.at = this.text.length;
      return none;
    }
    const inner = this.choice();
    this.at += 1;
    this.depth -= 1;
    return inner;
  }

  /** Takes the quantifier, if there is one. */
  private quantifier(): 'once' | 'optional' | 'repeated' {
    const character = this.text[this.at];
    if (character !== '*' && character !== '+' && character !== '?' && character !== '{') return 'once';
    if (character === '{') {
      const braces = /^\{\d+(?:,\d*)?\}/.exec(this.text.slice(this.at, this.at + 16));
      if (braces === null) return 'once';
      this.at += braces[0].length;
    } else this.at += 1;
    if (this.text[this.at] === '?' || this.text[this.at] === '+') this.at += 1;
    return character === '+' ? 'repeated' : 'optional';
  }
}
