// SPDX-License-Identifier: Apache-2.0
import { overlaps } from './charset.js';
import type { Node } from './parse.js';
import type { Positions } from './positions.js';

/**
 * The fewest characters that a pattern takes, searched for anywhere in a text; undefined where no text fits it, as with
 * characters before a `^` or after a `$`, or a class without characters.
 */
export function shortestMatch(graph: Positions): number | undefined {
  if (graph.nullable) return 0;
  // Breadth first over (position, characters taken before, end seen); anchors take nothing and go to the front.
  const seen = new Set<number>();
  let queue: { at: number; taken: boolean; ended: boolean }[] = [];
  let length = 0;
  const enter = (at: number, taken: boolean, ended: boolean, into: typeof queue): void => {
    const key = at * 4 + (taken ? 2 : 0) + (ended ? 1 : 0);
    if (!seen.has(key)) into.push({ at, taken, ended });
  };
  for (const first of graph.first) enter(first, false, false, queue);
  while (queue.length > 0) {
    const later: typeof queue = [];
    const chars: typeof queue = [];
    // The anchors of this length first, then the characters.
    for (let index = 0; index < queue.length; index++) {
      const state = queue[index]!;
      const { at, taken, ended } = state;
      const { set } = graph.positions[at]!;
      if (typeof set !== 'string') {
        chars.push(state);
        continue;
      }
      const key = at * 4 + (taken ? 2 : 0) + (ended ? 1 : 0);
      if (seen.has(key) || (set === 'start' && taken)) continue;
      seen.add(key);
      if (graph.last.has(at)) return length;
      for (const next of graph.follow[at]!.keys()) enter(next, taken, ended || set === 'end', queue);
    }
    for (const { at, ended } of chars) {
      const key = at * 4 + 2 + (ended ? 1 : 0);
      const { set } = graph.positions[at]!;
      if (seen.has(key) || ended || set.length === 0) continue;
      seen.add(key);
      if (graph.last.has(at)) return length + 1;
      for (const next of graph.follow[at]!.keys()) enter(next, true, false, later);
    }
    queue = later;
    length += 1;
  }
  return undefined;
}

/**
 * Whether an engine that goes back (PCRE, JavaScript) can need time that doubles with every character: some loop can be
 * gone through in two ways by the same text (Weber and Seidl's criterion of exponential ambiguity).
 */
export function canRunAway(graph: Positions): boolean {
  return loopsOf(graph).some((loop) => isAmbiguous(graph, loop));
}

/** Positions that can come back to themselves, in groups that reach each other. */
function loopsOf(graph: Positions): readonly ReadonlySet<number>[] {
  const next = (at: number): Iterable<number> => graph.follow[at]!.keys();
  return strongComponents(graph.positions.length, next)
    .filter((group) => group.length > 1 || graph.follow[group[0]!]!.has(group[0]!))
    .map((group) => new Set(group));
}

function isAmbiguous(graph: Positions, loop: ReadonlySet<number>): boolean {
  const members = [...loop].filter((at) => typeof graph.positions[at]!.set !== 'string');
  if (members.some((at) => [...graph.follow[at]!].some(([next, ways]) => ways > 1 && loop.has(next)))) return true;
  // Pairs of positions that the same text can lead to. More than this is not looked at.
  if (members.length === 1 || members.length > 150) return false;
  const size = members.length;
  const indexOf = new Map(members.map((at, index) => [at, index]));
  const steps = (pair: number): number[] => {
    const found: number[] = [];
    const a = members[Math.floor(pair / size)]!;
    const b = members[pair % size]!;
    for (const nextA of graph.follow[a]!.keys()) {
      const i = indexOf.get(nextA);
      if (i === undefined) continue;
      for (const nextB of graph.follow[b]!.keys()) {
        const j = indexOf.get(nextB);
        if (j === undefined) continue;
        const setA = graph.positions[nextA]!.set;
        const setB = graph.positions[nextB]!.set;
        if (typeof setA !== 'string' && typeof setB !== 'string' && overlaps(setA, setB)) found.push(i * size + j);
      }
    }
    return found;
  };
  return strongComponents(size * size, steps).some((group) => {
    const same = group.filter((pair) => Math.floor(pair / size) === pair % size).length;
    return same > 0 && same < group.length;
  });
}

/** Tarjan's strongly connected components, without recursion. */
function strongComponents(size: number, next: (at: number) => Iterable<number>): number[][] {
  const order = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const onStack = new Uint8Array(size);
  const stack: number[] = [];
  const groups: number[][] = [];
  let counter = 0;
  for (let start = 0; start < size; start++) {
    if (order[start] !== -1) continue;
    const calls: { at: number; rest: Iterator<number> }[] = [];
    const enter = (at: number): void => {
      order[at] = low[at] = counter++;
      stack.push(at);
      onStack[at] = 1;
      calls.push({ at, rest: next(at)[Symbol.iterator]() });
    };
    enter(start);
    while (calls.length > 0) {
      const { at, rest } = calls[calls.length - 1]!;
      const step = rest.next();
      if (!step.done) {
        if (order[step.value] === -1) enter(step.value);
        else if (onStack[step.value]) low[at] = Math.min(low[at]!, order[step.value]!);
        continue;
      }
      calls.pop();
      const above = calls[calls.length - 1];
      if (above !== undefined) low[above.at] = Math.min(low[above.at]!, low[at]!);
      if (low[at] !== order[at]) continue;
      const group: number[] = [];
      let member: number;
      do {
        member = stack.pop()!;
        onStack[member] = 0;
        group.push(member);
      } while (member !== at);
      groups.push(group);
    }
  }
  return groups;
}

/** What an engine that never goes back cannot do: look-around and back references. */
export function opaqueParts(node: Node): readonly string[] {
  switch (node.type) {
    case 'opaque':
      return [node.what];
    case 'sequence':
    case 'choice':
      return node.items.flatMap(opaqueParts);
    case 'repeat':
      return opaqueParts(node.item);
    default:
      return [];
  }
}
