// SPDX-License-Identifier: Apache-2.0
import type { CharSet } from './charset.js';
import type { Node } from './parse.js';

/** Printable ASCII characters: what labels are made of. */
const alphabet = 95;
/** What being held to one end of the text is worth: two characters' worth would outweigh a digit of a version. */
const anchorBits = 2;

/**
 * How much a pattern asks for, in bits: how unlikely a text of chance is to go on as it says. A literal counts in full,
 * a class by its size, alternatives and what may be left out little or nothing.
 */
export function bitsOf(node: Node): number {
  switch (node.type) {
    case 'char':
      return -Math.log2(Math.min(alphabet, Math.max(1, printable(node.set))) / alphabet);
    case 'sequence':
      return node.items.reduce((sum, item) => sum + bitsOf(item), 0);
    case 'choice':
      return Math.max(0, -Math.log2(node.items.reduce((sum, item) => sum + 2 ** -bitsOf(item), 0)));
    case 'repeat':
      return Math.min(node.min, 1_000) * bitsOf(node.item);
    case 'start':
    case 'end':
      return anchorBits;
    case 'opaque':
      return 0;
  }
}

function printable(set: CharSet): number {
  return set.reduce((sum, [low, high]) => sum + Math.max(0, Math.min(high, 0x7e) - Math.max(low, 0x20) + 1), 0);
}
