// SPDX-License-Identifier: Apache-2.0
import type { CharSet } from './charset.js';
import type { Node } from './parse.js';

/** A place of a pattern that takes one character, or says that the text begins or ends there. */
export interface Position {
  readonly set: CharSet | 'start' | 'end';
}

/** A pattern as the graph of its positions (Glushkov): which can be first, last, and after which. */
export interface Positions {
  readonly positions: readonly Position[];
  readonly nullable: boolean;
  readonly first: readonly number[];
  readonly last: ReadonlySet<number>;
  /** For each position those that can follow, with the number of ways to get there, 2 meaning several. */
  readonly follow: readonly ReadonlyMap<number, number>[];
}

/** Copies that a bounded repetition is written out to; beyond, it is taken for an unbounded one. */
const maxCopies = 64;
const maxPositions = 1_500;

/** The graph of a pattern; undefined where it is too large to be looked at. Opaque parts are taken to fit anywhere. */
export function positionsOf(node: Node): Positions | undefined {
  const builder = new Builder();
  const part = builder.add(node);
  if (part === undefined) return undefined;
  return {
    positions: builder.positions,
    nullable: part.nullable,
    first: part.first,
    last: new Set(part.last),
    follow: builder.follow,
  };
}

interface Part {
  readonly nullable: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

const nothing: Part = { nullable: true, first: [], last: [] };

class Builder {
  readonly positions: Position[] = [];
  readonly follow: Map<number, number>[] = [];

  add(node: Node): Part | undefined {
    switch (node.type) {
      case 'char':
        return this.position(node.set);
      case 'start':
      case 'end':
        return this.position(node.type);
      case 'opaque':
        return nothing;
      case 'choice': {
        const parts = this.all(node.items);
        return (
          parts && {
            nullable: parts.some((part) => part.nullable),
            first: parts.flatMap((part) => part.first),
            last: parts.flatMap((part) => part.last),
          }
        );
      }
      case 'sequence':
        return this.all(node.items)?.reduce((before, after) => this.join(before, after), nothing);
      case 'repeat':
        return this.repeat(node.item, node.min, node.max);
    }
  }

  private all(nodes: readonly Node[]): readonly Part[] | undefined {
    const parts: Part[] = [];
    for (const node of nodes) {
      const part = this.add(node);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return parts;
  }

  private repeat(item: Node, min: number, max: number): Part | undefined {
    if (max === 0) return nothing;
    if (max > maxCopies) {
      const part = this.add(item);
      if (part === undefined) return undefined;
      this.connect(part.last, part.first);
      return { ...part, nullable: part.nullable || min === 0 };
    }
    // What may be left out stands inside of what comes before it, x(x(x)?)?, or the same text could go several ways.
    let tail = nothing;
    for (let copy = max; copy > min; copy--) {
      const part = this.add(item);
      if (part === undefined) return undefined;
      tail = { ...this.join(part, tail), nullable: true };
    }
    let head = nothing;
    for (let copy = 0; copy < min; copy++) {
      const part = this.add(item);
      if (part === undefined) return undefined;
      head = this.join(head, part);
    }
    return this.join(head, tail);
  }

  private join(before: Part, after: Part): Part {
    this.connect(before.last, after.first);
    return {
      nullable: before.nullable && after.nullable,
      first: before.nullable ? [...before.first, ...after.first] : before.first,
      last: after.nullable ? [...before.last, ...after.last] : after.last,
    };
  }

  private connect(from: readonly number[], to: readonly number[]): void {
    for (const one of from) {
      const next = this.follow[one]!;
      for (const other of to) next.set(other, Math.min(2, (next.get(other) ?? 0) + 1));
    }
  }

  private position(set: Position['set']): Part | undefined {
    if (this.positions.length >= maxPositions) return undefined;
    const index = this.positions.push({ set }) - 1;
    this.follow.push(new Map());
    return { nullable: false, first: [index], last: [index] };
  }
}
