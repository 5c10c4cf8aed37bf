// SPDX-License-Identifier: Apache-2.0
import { readXml, type XmlElement } from '../xml/read.js';
import { writeXml, type XmlNode } from '../xml/write.js';

/**
 * The grammar that goes with a plain database: ours without the elements of our namespace, and without what only they
 * refer to. A grammar that names no such element is returned as it is.
 * @throws XmlError where it is no XML
 */
export function plainGrammar(bytes: Buffer, file: string): Buffer {
  const grammar = readXml(bytes, file);
  const prefixes = [...grammar.attrs]
    .filter(([name, value]) => name.startsWith('xmlns:') && value.startsWith('urn:guestwright:'))
    .map(([name]) => name.slice('xmlns:'.length));
  if (prefixes.length === 0) return bytes;
  const children = grammar.children.map((child) => without(child, prefixes)).filter((child) => child !== undefined);
  const attrs = [...grammar.attrs].filter(([name]) => !prefixes.includes(name.replace(/^xmlns:/, '')));
  return Buffer.from(writeXml({ name: 'grammar', attrs, children: reachable(children) }));
}

/** Patterns that hold others and mean nothing when they hold none. */
const holders: ReadonlySet<string> = new Set([
  'optional',
  'zeroOrMore',
  'oneOrMore',
  'choice',
  'interleave',
  'group',
  'define',
]);

function without(element: XmlElement, prefixes: readonly string[]): XmlNode | undefined {
  const name = element.attrs.get('name') ?? '';
  if (element.name === 'element' && prefixes.includes(name.split(':')[0]!) && name.includes(':')) return undefined;
  const children: (XmlNode | string)[] = [];
  for (const node of element.nodes) {
    if (typeof node === 'string') {
      if (node.trim() !== '') children.push(node);
      continue;
    }
    const kept = without(node, prefixes);
    if (kept !== undefined) children.push(kept);
  }
  if (holders.has(element.name) && children.length === 0) return undefined;
  return {
    name: element.prefix === '' ? element.name : `${element.prefix}:${element.name}`,
    attrs: [...element.attrs],
    children,
  };
}

/** Start, and the definitions that it leads to: what is left of facts is not among them. */
function reachable(children: readonly XmlNode[]): readonly XmlNode[] {
  const defined = new Map(children.filter(({ name }) => name === 'define').map((one) => [nameOf(one), one]));
  const seen = new Set<XmlNode>();
  const follow = (node: XmlNode): void => {
    for (const child of node.children ?? []) {
      if (typeof child === 'string') continue;
      const target = child.name === 'ref' ? defined.get(nameOf(child)) : undefined;
      if (target !== undefined && !seen.has(target)) {
        seen.add(target);
        follow(target);
      }
      follow(child);
    }
  };
  const starts = children.filter(({ name }) => name !== 'define');
  for (const start of starts) follow(start);
  return children.filter((child) => starts.includes(child) || seen.has(child));
}

function nameOf(node: XmlNode): string {
  const attrs = node.attrs as readonly (readonly [string, string])[];
  return attrs.find(([name]) => name === 'name')?.[1] ?? '';
}
