// SPDX-License-Identifier: Apache-2.0
import type { CharSet } from './charset.js';
import type { Node } from './parse.js';

/**
 * The pattern as one of JavaScript, which fits the same texts. Look-around and back references are left out, so that it
 * may fit more. Only for patterns that cannot run away (`canRunAway`).
 */
export function toRegExp(node: Node, whole = false): RegExp {
  const source = print(node);
  return new RegExp(whole ? `^(?:${source})$` : source, 'u');
}

function print(node: Node): string {
  switch (node.type) {
    case 'char':
      return printSet(node.set);
    case 'start':
      return '^';
    case 'end':
      return '(?:$|(?=\\n$))';
    case 'opaque':
      return '';
    case 'sequence':
      return node.items.map(print).join('');
    case 'choice':
      return `(?:${node.items.map(print).join('|')})`;
    case 'repeat':
      return `(?:${print(node.item)}){${node.min},${node.max === Number.POSITIVE_INFINITY ? '' : node.max}}`;
  }
}

function printSet(set: CharSet): string {
  if (set.length === 0) return '(?!)';
  return `[${set.map(([low, high]) => (low === high ? code(low) : `${code(low)}-${code(high)}`)).join('')}]`;
}

function code(point: number): string {
  return `\\u{${point.toString(16)}}`;
}

/**
 * Texts that a pattern fits, one for each way through its choices (at most `most`): what a label could be. The shortest
 * repetitions, the plainest characters.
 */
export function examplesOf(node: Node, most: number): readonly string[] {
  switch (node.type) {
    case 'char':
      return [plainest(node.set)];
    case 'sequence':
      return node.items.reduce<readonly string[]>(
        (before, item) => combine(before, examplesOf(item, most), most),
        [''],
      );
    case 'choice':
      return [...new Set(node.items.flatMap((item) => examplesOf(item, most)))].slice(0, most);
    case 'repeat': {
      const items = examplesOf(node.item, most);
      const times = Math.max(node.min, Math.min(1, node.max));
      const repeated = items.map((item) => item.repeat(Math.min(times, 200)));
      return node.min === 0 ? [...new Set([...repeated, ''])].slice(0, most) : repeated;
    }
    default:
      return [''];
  }
}

/** Every text on the left with some on the right, so that each of either is in one: not the product, which explodes. */
function combine(left: readonly string[], right: readonly string[], most: number): readonly string[] {
  const count = Math.min(most, Math.max(left.length, right.length));
  return Array.from(
    { length: count },
    (_, index) => `${left[index % left.length] ?? ''}${right[index % right.length] ?? ''}`,
  );
}

function plainest(set: CharSet): string {
  for (const [low, high] of [
    [0x31, 0x39],
    [0x61, 0x7a],
    [0x41, 0x5a],
    [0x30, 0x30],
    [0x21, 0x7e],
    [0x20, 0x20],
  ] as const) {
    for (const [from, to] of set) {
      const start = Math.max(low, from);
      if (start <= Math.min(high, to)) return String.fromCodePoint(start);
    }
  }
  return set.length === 0 ? '' : String.fromCodePoint(set[0]![0]);
}
