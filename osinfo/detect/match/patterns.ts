// SPDX-License-Identifier: Apache-2.0
import { literalsOf } from '../../pattern/literals.js';
import { compilePattern, type Pattern } from '../../pattern/match.js';
import { bitsOf } from '../../pattern/narrowness.js';
import { PatternError, parsePattern } from '../../pattern/parse.js';

/** Longest text that is looked at; nothing that tells an installation source comes near it. */
const maxText = 4_096;

/** A pattern that can be used. */
interface Usable {
  readonly pattern: Pattern;
  /** How much it asks for, see `bitsOf`. */
  readonly narrowness: number;
}

/** The patterns of a database, each read and compiled when first needed. */
export class Patterns {
  private readonly usable = new Map<string, Usable | undefined>();
  private readonly literals = new Map<string, readonly string[]>();

  /** Whether a pattern is found in any of the texts; `bad-pattern` where it cannot be used. */
  test(source: string, texts: readonly string[]): 'fits' | 'differs' | 'bad-pattern' {
    const literals = this.literalsOf(source);
    let outcome: 'differs' | 'bad-pattern' = 'differs';
    for (const text of texts) {
      if (text.length > maxText) continue;
      // Most are ruled out by this, and never need to be compiled.
      if (literals.length > 0 && !literals.some((literal) => text.includes(literal))) continue;
      const found = this.get(source)?.pattern.test(text);
      if (found === true) return 'fits';
      if (found === undefined) outcome = 'bad-pattern';
    }
    return outcome;
  }

  /** What the first group of a pattern takes at the beginning of a text; undefined where it does not fit. */
  firstGroup(source: string, text: string): string | undefined {
    return text.length > maxText ? undefined : this.get(source)?.pattern.groups(text)?.[1];
  }

  /** How much a pattern asks for, in bits; 0 where it cannot be used. */
  narrowness(source: string): number {
    return this.get(source)?.narrowness ?? 0;
  }

  isUsable(source: string): boolean {
    return this.get(source) !== undefined;
  }

  /** Literals of which every text that it fits has one, empty where none are known. */
  literalsOf(source: string): readonly string[] {
    let literals = this.literals.get(source);
    if (literals === undefined) {
      literals = literalsOf(source);
      this.literals.set(source, literals);
    }
    return literals;
  }

  private get(source: string): Usable | undefined {
    if (this.usable.has(source)) return this.usable.get(source);
    const usable = usableOrNone(source);
    this.usable.set(source, usable);
    return usable;
  }
}

function usableOrNone(source: string): Usable | undefined {
  try {
    const node = parsePattern(source);
    return { pattern: compilePattern(node), narrowness: bitsOf(node) };
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}
