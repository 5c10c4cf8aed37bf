// SPDX-License-Identifier: Apache-2.0
import type { CharSet } from './charset.js';
import type { Node } from './parse.js';
import { type Instruction, programOf } from './program.js';

/** Steps that one look for a pattern may take. Every pattern of the public database needs less than a thousandth. */
const maxSteps = 1_000_000;

/**
 * A pattern ready to be looked for. The search goes back like PCRE's but never does the same thing at the same place
 * twice, so that it takes at most (instructions × characters) steps: no pattern and no text can make it hang.
 */
export interface Pattern {
  /** Whether it is found anywhere in the text; undefined where `maxSteps` were not enough to tell. */
  test(text: string): boolean | undefined;
  /** What its groups took of a text that it fits from the beginning, the whole first; undefined where it does not fit. */
  groups(text: string): readonly (string | undefined)[] | undefined;
}

/**
 * A pattern that was read (`parsePattern`), ready to be looked for.
 * @throws PatternError where no bounded search can do it (`programOf`)
 */
export function compilePattern(node: Node): Pattern {
  const code = programOf(node);
  // An unescaped start in front leaves one place to look at.
  const anchored = code[0]?.op === 'start' && !code[0].lines;
  return {
    test(text) {
      const search = new Search(code, text);
      for (let from = 0; from <= text.length; from++) {
        if (search.run(0, from) >= 0) return true;
        if (search.steps > maxSteps) return undefined;
        if (anchored) break;
      }
      return false;
    },
    groups(text) {
      const search = new Search(code, text);
      const end = search.run(0, 0);
      if (end < 0) return undefined;
      const found: (string | undefined)[] = [text.slice(0, end)];
      for (let slot = 2; slot < search.slots.length; slot += 2) {
        const [from, to] = [search.slots[slot], search.slots[slot + 1]];
        found.push(from === undefined || to === undefined ? undefined : text.slice(from, to));
      }
      return found;
    },
  };
}

/** What the last look remembered, used again: only one is ever going on. */
let scratch = new Uint32Array(256);

/** One look for a program in a text. */
class Search {
  steps = 0;
  slots: (number | undefined)[] = [];
  /** A bit for every (instruction, place) that has been tried in vain, or is being tried. */
  private readonly visited: Uint32Array;
  private readonly width: number;

  constructor(
    private readonly code: readonly Instruction[],
    private readonly text: string,
  ) {
    this.width = text.length + 1;
    const words = this.words();
    if (words > scratch.length) scratch = new Uint32Array(words * 2);
    else scratch.fill(0, 0, words);
    this.visited = scratch;
  }

  /** Where the program from an instruction to its `match` ends when it begins at a place; -1 where it does not fit. */
  run(start: number, from: number, visited = this.visited): number {
    const { text, code, width } = this;
    const stack: number[] = [start, from];
    while (stack.length > 0) {
      let at = stack.pop()!;
      let pc = stack.pop()!;
      if (pc < 0) {
        // What a group had taken before the way that failed.
        this.slots[-pc] = at < 0 ? undefined : at;
        continue;
      }
      for (;;) {
        const bit = pc * width + at;
        const mask = 1 << (bit & 31);
        if ((visited[bit >>> 5]! & mask) !== 0) break;
        visited[bit >>> 5]! |= mask;
        this.steps += 1;
        if (this.steps > maxSteps) return -1;
        const step = code[pc]!;
        pc += 1;
        if (step.op === 'char') {
          if (at >= text.length) break;
          const point = text.codePointAt(at)!;
          if (!contains(step.set, point)) break;
          at += point > 0xffff ? 2 : 1;
        } else if (step.op === 'split') {
          stack.push(step.second, at);
          pc = step.first;
        } else if (step.op === 'jump') {
          pc = step.to;
        } else if (step.op === 'match') {
          return at;
        } else if (step.op === 'save') {
          stack.push(-step.slot, this.slots[step.slot] ?? -1);
          this.slots[step.slot] = at;
        } else if (step.op === 'atomic') {
          const end = this.run(pc, at, this.newVisited());
          if (end < 0) break;
          at = end;
          pc = step.next;
        } else if (step.op === 'start') {
          if (at !== 0 && !(step.lines && !step.exact && isLineBreak(text.charCodeAt(at - 1)))) break;
        } else if (step.op === 'end') {
          if (!this.isEnd(at, step.exact, step.lines)) break;
        } else if (step.op === 'boundary') {
          if ((isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at))) === step.negated) break;
        } else if (step.op === 'around') {
          const begin = this.before(at, step.back);
          const fits = begin >= 0 && this.run(pc, begin, this.newVisited()) >= 0;
          if (fits === step.negated) break;
          pc = step.next;
        }
      }
    }
    return -1;
  }

  private isEnd(at: number, exact: boolean, lines: boolean): boolean {
    const { text } = this;
    if (at === text.length) return true;
    if (exact || !isLineBreak(text.charCodeAt(at))) return false;
    return lines || at + 1 === text.length || (at + 2 === text.length && text.startsWith('\r\n', at));
  }

  /** The place some characters before another; -1 where there are not so many. */
  private before(at: number, characters: number): number {
    let place = at;
    for (let left = characters; left > 0; left--) {
      if (place === 0) return -1;
      place -= 1;
      const unit = this.text.charCodeAt(place);
      if (unit >= 0xdc00 && unit < 0xe000 && place > 0 && this.text.codePointAt(place - 1)! > 0xffff) place -= 1;
    }
    return place;
  }

  /** Its making counts as steps too: what looks around at every place makes many. */
  private newVisited(): Uint32Array {
    const words = this.words();
    this.steps += words >>> 3;
    return new Uint32Array(words);
  }

  private words(): number {
    return ((this.code.length * this.width) >>> 5) + 1;
  }
}

function contains(set: CharSet, point: number): boolean {
  for (const [low, high] of set) if (low <= point && point <= high) return true;
  return false;
}

/** What GLib takes for one: LF, VT, FF, CR, NEL, and the line and paragraph separators. */
function isLineBreak(unit: number): boolean {
  return (unit >= 10 && unit <= 13) || unit === 0x85 || unit === 0x2028 || unit === 0x2029;
}

function isWord(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || unit === 95 || (unit >= 97 && unit <= 122);
}
