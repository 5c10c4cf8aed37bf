// SPDX-License-Identifier: Apache-2.0
import type { CharSet } from './charset.js';
import { type Node, PatternError } from './parse.js';

/** What the matcher does, one instruction after the other. */
export type Instruction =
  /** Takes one character that is in the set. */
  | { readonly op: 'char'; readonly set: CharSet }
  /** Tries `first`, then `second`. */
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'start'; readonly exact: boolean; readonly lines: boolean }
  | { readonly op: 'end'; readonly exact: boolean; readonly lines: boolean }
  /** Remembers where it is: slot 2n is the beginning of group n, 2n + 1 its end. */
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'boundary'; readonly negated: boolean }
  /** Runs what follows it to its own `match`, from `back` characters before; goes on at `next` without having moved. */
  | { readonly op: 'around'; readonly back: number; readonly negated: boolean; next: number }
  /** Runs what follows it to its own `match` and goes on at `next`, there where that ended. */
  | { readonly op: 'atomic'; next: number }
  | { readonly op: 'match' };

/** Instructions that one pattern may have; the longest of the public database has some 700. */
const maxInstructions = 10_000;

/**
 * The instructions of a pattern.
 * @throws PatternError for what cannot be done in bounded time or space: back references, lookbehind of no fixed length,
 *   repetitions of thousands
 */
export function programOf(node: Node): readonly Instruction[] {
  const compiler = new Compiler();
  compiler.add(node);
  compiler.emit({ op: 'match' });
  return compiler.code;
}

class Compiler {
  readonly code: Instruction[] = [];

  emit<T extends Instruction>(instruction: T): T {
    if (this.code.length >= maxInstructions) throw new PatternError('it is too large', 0);
    this.code.push(instruction);
    return instruction;
  }

  add(node: Node): void {
    switch (node.type) {
      case 'char':
        this.emit({ op: 'char', set: node.set });
        return;
      case 'start':
      case 'end':
        this.emit({ op: node.type, exact: node.exact === true, lines: node.lines === true });
        return;
      case 'choice':
        this.choice(node.items);
        return;
      case 'repeat':
        this.repeat(node.item, node.min, node.max, node.lazy === true);
        return;
      case 'opaque':
        this.look(node);
        return;
      case 'sequence': {
        const atomic = node.atomic ? this.emit({ op: 'atomic', next: 0 }) : undefined;
        if (node.group !== undefined) this.emit({ op: 'save', slot: node.group * 2 });
        for (const item of node.items) this.add(item);
        if (node.group !== undefined) this.emit({ op: 'save', slot: node.group * 2 + 1 });
        if (atomic !== undefined) {
          this.emit({ op: 'match' });
          atomic.next = this.code.length;
        }
      }
    }
  }

  private choice(items: readonly Node[]): void {
    const jumps: { op: 'jump'; to: number }[] = [];
    for (const [index, item] of items.entries()) {
      if (index === items.length - 1) {
        this.add(item);
        break;
      }
      const split = this.emit({ op: 'split', first: this.code.length + 1, second: 0 });
      this.add(item);
      jumps.push(this.emit({ op: 'jump', to: 0 }));
      split.second = this.code.length;
    }
    for (const jump of jumps) jump.to = this.code.length;
  }

  private repeat(item: Node, min: number, max: number, lazy: boolean): void {
    for (let copy = 0; copy < min; copy++) this.add(item);
    if (max === Number.POSITIVE_INFINITY) {
      const start = this.code.length;
      const split = this.emit({ op: 'split', first: start + 1, second: start + 1 });
      this.add(item);
      this.emit({ op: 'jump', to: start });
      if (lazy) split.first = this.code.length;
      else split.second = this.code.length;
      return;
    }
    const splits: { op: 'split'; first: number; second: number }[] = [];
    for (let copy = min; copy < max; copy++) {
      splits.push(this.emit({ op: 'split', first: this.code.length + 1, second: this.code.length + 1 }));
      this.add(item);
    }
    for (const split of splits) {
      if (lazy) split.first = this.code.length;
      else split.second = this.code.length;
    }
  }

  private look({ look }: Extract<Node, { type: 'opaque' }>): void {
    if (look.kind === 'back') throw new PatternError('a back reference, which no bounded search can follow', 0);
    if (look.kind === 'boundary') {
      this.emit({ op: 'boundary', negated: look.negated });
      return;
    }
    // Lookbehind: each alternative has its own length, as in PCRE. Negated, all must fail; else, one must fit.
    const items = look.behind && look.item.type === 'choice' ? look.item.items : [look.item];
    const jumps: { op: 'jump'; to: number }[] = [];
    for (const [index, item] of items.entries()) {
      const last = index === items.length - 1;
      const split =
        look.negated || last ? undefined : this.emit({ op: 'split', first: this.code.length + 1, second: 0 });
      const back = look.behind ? lengthOf(item) : 0;
      if (back === undefined) throw new PatternError('a lookbehind of no fixed length', 0);
      const around = this.emit({ op: 'around', back, negated: look.negated, next: 0 });
      this.add(item);
      this.emit({ op: 'match' });
      around.next = this.code.length;
      if (split === undefined) continue;
      jumps.push(this.emit({ op: 'jump', to: 0 }));
      split.second = this.code.length;
    }
    for (const jump of jumps) jump.to = this.code.length;
  }
}

/** The number of characters that all texts of a part have; undefined where they differ. */
function lengthOf(node: Node): number | undefined {
  switch (node.type) {
    case 'char':
      return 1;
    case 'sequence':
      return node.items.reduce<number | undefined>((sum, item) => {
        const length = lengthOf(item);
        return sum === undefined || length === undefined ? undefined : sum + length;
      }, 0);
    case 'choice': {
      const lengths = new Set(node.items.map(lengthOf));
      return lengths.size === 1 ? [...lengths][0] : undefined;
    }
    case 'repeat': {
      const length = lengthOf(node.item);
      return length === undefined || node.min !== node.max ? undefined : length * node.min;
    }
    default:
      return 0;
  }
}
