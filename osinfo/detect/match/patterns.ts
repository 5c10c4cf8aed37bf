// SPDX-License-Identifier: Apache-2.0
import { compilePattern, type Pattern } from '../../pattern/match.js';
import { bitsOf } from '../../pattern/narrowness.js';
import { PatternError, parsePattern } from '../../pattern/parse.js';

/** Longest text that is looked at; nothing that tells an installation source comes near it. */
const maxText = 4_096;

/** The patterns of a database, compiled when first asked for. */
export class Patterns {
  private readonly compiled = new Map<string, Pattern | undefined>();
  private readonly bits = new Map<string, number>();

  /** Whether a pattern is found in any of the texts; `bad-pattern` where it cannot be used. */
  test(source: string, texts: readonly string[]): 'fits' | 'differs' | 'bad-pattern' {
    const pattern = this.get(source);
    if (pattern === undefined) return 'bad-pattern';
    let outcome: 'differs' | 'bad-pattern' = 'differs';
    for (const text of texts) {
      if (text.length > maxText) continue;
      const found = pattern.test(text);
      if (found === true) return 'fits';
      if (found === undefined) outcome = 'bad-pattern';
    }
    return outcome;
  }

  /** What the first group of a pattern takes at the beginning of a text; undefined where it does not fit. */
  firstGroup(source: string, text: string): string | undefined {
    return text.length > maxText ? undefined : this.get(source)?.groups(text)?.[1];
  }

  /** How much a pattern asks for, see `bitsOf`. */
  narrowness(source: string): number {
    let bits = this.bits.get(source);
    if (bits === undefined) {
      bits = this.get(source) === undefined ? 0 : bitsOf(parsePattern(source));
      this.bits.set(source, bits);
    }
    return bits;
  }

  private get(source: string): Pattern | undefined {
    if (this.compiled.has(source)) return this.compiled.get(source);
    const pattern = compiledOrNone(source);
    this.compiled.set(source, pattern);
    return pattern;
  }
}

function compiledOrNone(source: string): Pattern | undefined {
  try {
    return compilePattern(source);
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}
