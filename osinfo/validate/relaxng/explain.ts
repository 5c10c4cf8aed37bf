// SPDX-License-Identifier: Apache-2.0
import { nearest } from '../../errors.js';
import type { XmlElement, XmlPlace } from '../../xml/read.js';
import { attributesOf, contentOf, dataOf, elementsOf, requiredNames, valuesOf } from './contents.js';
import { anyValue, Derivatives } from './derive.js';
import type { Grammar } from './grammar.js';
import { contains, type ElementPattern, empty, type Name, notAllowed, type Pattern } from './pattern.js';
import { expectation, joined, listed, quoted } from './words.js';

/** One thing that a grammar has against a document. */
export interface Flaw extends XmlPlace {
  readonly message: string;
}

/** More of one file helps nobody. */
const mostFlaws = 200;

/**
 * Everything that is wrong with a document, where it stands, in sentences: after each flaw the document is taken as if
 * it were mended. Empty where the document is valid.
 */
export function explain(root: XmlElement, grammar: Grammar): readonly Flaw[] {
  const explainer = new Explainer(grammar);
  explainer.element(root, grammar.start, undefined, new Map());
  return explainer.flaws.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** An open element and all that may be in it. */
interface Parent {
  readonly element: XmlElement;
  readonly content: readonly Pattern[];
}

type Namespaces = ReadonlyMap<string, string>;

class Explainer {
  readonly flaws: Flaw[] = [];
  private readonly derive: Derivatives;
  constructor(private readonly grammar: Grammar) {
    this.derive = new Derivatives(grammar.patterns);
  }

  /** What is left of `before` after an element. */
  element(element: XmlElement, before: Pattern, parent: Parent | undefined, outer: Namespaces): Pattern {
    if (this.flaws.length >= mostFlaws) return before;
    const name = { namespace: element.namespace, local: element.name };
    const opened = this.derive.start(before, name);
    if (opened !== notAllowed) return this.inside(element, opened, outer);
    const known = parent?.content.flatMap(elementsOf).find((one) => contains(one.name, name));
    this.say(element, this.whyNotHere(element, known, before, parent));
    // What is in it is looked at all the same.
    if (known !== undefined) this.inside(element, this.grammar.patterns.after(known.content(), empty), outer);
    return before;
  }

  private inside(element: XmlElement, opened: Pattern, outer: Namespaces): Pattern {
    const namespaces = withDeclarations(element, outer);
    let pattern = this.attributes(element, opened, namespaces);
    const content = contentOf(pattern);
    const children = element.children;
    if (children.length === 0) pattern = this.value(element, pattern, content);
    else {
      for (const node of element.nodes) {
        if (typeof node !== 'string') pattern = this.element(node, pattern, { element, content }, namespaces);
        else if (node.trim() !== '') {
          const next = this.derive.text(pattern, node);
          if (next === notAllowed) this.strayText(element, node.trim());
          else pattern = next;
        }
      }
    }
    const ended = this.derive.end(pattern, false);
    if (ended !== notAllowed) return ended;
    this.say(element, this.whatIsMissing(element, pattern));
    return this.derive.end(pattern, true);
  }

  private attributes(element: XmlElement, opened: Pattern, namespaces: Namespaces): Pattern {
    let pattern = opened;
    for (const [written, value] of element.attrs) {
      if (written === 'xmlns' || written.startsWith('xmlns:')) continue;
      const name = attributeName(written, namespaces);
      const next = this.derive.attribute(pattern, name, value);
      if (next !== notAllowed) {
        pattern = next;
        continue;
      }
      const anyway = this.derive.attribute(pattern, name, anyValue);
      this.say(
        element,
        this.whyNotAttribute(element, written, name, value, anyway === notAllowed ? opened : pattern),
        written,
      );
      if (anyway !== notAllowed) pattern = anyway;
    }
    const closed = this.derive.close(pattern, false);
    if (closed !== notAllowed) return closed;
    const missing = requiredNames(pattern, 'attribute').map((names) => listed(names.map((name) => this.show(name))));
    this.say(element, `${tag(element)} lacks the attribute${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`);
    return this.derive.close(pattern, true);
  }

  /** The text of an element without elements. */
  private value(element: XmlElement, pattern: Pattern, content: readonly Pattern[]): Pattern {
    const { text } = element;
    const next = this.derive.text(pattern, text);
    if (text.trim() === '') return this.grammar.patterns.choice(pattern, next);
    if (next !== notAllowed) return next;
    const expected = content.find((one) => valuesOf(one).length + dataOf(one).length > 0);
    if (expected === undefined) {
      this.strayText(element, text.trim());
      return pattern;
    }
    this.say(element, `${tag(element)} is ${quoted(text)}${expectation(expected, text)}`);
    return this.grammar.patterns.after(empty, this.derive.end(pattern, true));
  }

  private whyNotHere(
    element: XmlElement,
    known: ElementPattern | undefined,
    before: Pattern,
    parent: Parent | undefined,
  ): string {
    if (parent === undefined) {
      const roots = elementsOf(before).flatMap((one) => this.namesOf(one));
      return `the root element is ${tag(element)}; expected ${joined(roots.map((name) => `<${name}>`))}`;
    }
    const within = tag(parent.element);
    if (known !== undefined) {
      const same = parent.element.children.find(
        ({ name, namespace }) => name === element.name && namespace === element.namespace,
      );
      return same === element
        ? `${tag(element)} does not stand where it may in ${within}`
        : `a second ${tag(element)} in ${within}; only one is allowed`;
    }
    const names = [...new Set(parent.content.flatMap(elementsOf).flatMap((one) => this.namesOf(one)))];
    const near = nearest(shownName(element), names);
    const elsewhere = this.parentsOf({ namespace: element.namespace, local: element.name });
    const hint =
      elsewhere.length > 0
        ? `; it belongs in ${joined(elsewhere.map((name) => `<${name}>`))}`
        : near.length > 0
          ? `; did you mean ${joined(near.map((name) => `<${name}>`))}?`
          : names.length === 0
            ? ', which takes no elements'
            : `, which takes ${listed(names)}`;
    return `${tag(element)} is not allowed in ${within}${hint}`;
  }

  private whyNotAttribute(element: XmlElement, written: string, name: Name, value: string, pattern: Pattern): string {
    const all = attributesOf(pattern);
    const same = all.filter((one) => contains(one.name, name));
    if (same.length > 0) {
      const values = same.map(({ a }) => a).reduce((a, b) => this.grammar.patterns.choice(a, b));
      const fits = same.some(({ a }) => this.derive.fitsValue(a, value));
      if (fits) return `${written}=${quoted(value)} does not go with the other attributes of ${tag(element)}`;
      return `${written}=${quoted(value)} in ${tag(element)}${expectation(values, value) || ' does not fit'}`;
    }
    const names = [
      ...new Set(all.flatMap((one) => ('any' in one.name ? [] : one.name.names.map((other) => this.show(other))))),
    ];
    const near = nearest(written, names);
    const hint =
      near.length > 0
        ? `; did you mean ${joined(near)}?`
        : names.length === 0
          ? ', which takes none'
          : `, which takes ${joined(names)}`;
    return `the attribute ${written} is not allowed in ${tag(element)}${hint}`;
  }

  private whatIsMissing(element: XmlElement, pattern: Pattern): string {
    const content = contentOf(pattern);
    const expected = content.find((one) => valuesOf(one).length + dataOf(one).length > 0);
    if (expected !== undefined && element.children.length === 0)
      return `${tag(element)} is empty${expectation(expected, '')}`;
    const missing = content.flatMap((one) => requiredNames(one, 'element'));
    if (missing.length === 0) return `${tag(element)} is not complete`;
    const shown = missing.map((names) => listed([...new Set(names.map((name) => `<${this.show(name)}>`))]));
    return `${tag(element)} lacks ${[...new Set(shown)].join(', ')}`;
  }

  /** The elements that take an element of this name directly, at most three. */
  private parentsOf(name: Name): readonly string[] {
    const found = new Set<string>();
    const seen = new Set<ElementPattern>();
    const queue = [...elementsOf(this.grammar.start)];
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      if (seen.has(one) || 'any' in one.name) continue;
      seen.add(one);
      const inside = elementsOf(one.content());
      if (inside.some((child) => !('any' in child.name) && contains(child.name, name)))
        found.add(this.namesOf(one)[0]!);
      queue.push(...inside);
    }
    return [...found].slice(0, 3);
  }

  private namesOf({ name }: ElementPattern): readonly string[] {
    return 'any' in name ? [] : name.names.map((one) => this.show(one));
  }

  private show({ namespace, local }: Name): string {
    const prefix = namespace === xmlNamespace ? 'xml' : this.grammar.prefixes.get(namespace);
    return namespace === '' || prefix === undefined ? local : `${prefix}:${local}`;
  }

  private strayText(element: XmlElement, text: string): void {
    const index = element.source.indexOf(text);
    const before = element.source.slice(0, Math.max(0, index)).split('\n');
    const at =
      before.length === 1
        ? element.at
        : { line: element.at.line + before.length - 1, column: before[before.length - 1]!.length + 1 };
    this.flaws.push({ ...at, message: `text is not allowed in ${tag(element)}: ${quoted(text)}` });
  }

  private say(element: XmlElement, message: string, attribute?: string): void {
    if (this.flaws.length >= mostFlaws) return;
    const at = attribute === undefined ? element.at : attributePlace(element, attribute);
    this.flaws.push({ line: at.line, column: at.column, message });
  }
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';

function attributeName(written: string, namespaces: Namespaces): Name {
  const colon = written.indexOf(':');
  if (colon < 0) return { namespace: '', local: written };
  const prefix = written.slice(0, colon);
  return {
    namespace: prefix === 'xml' ? xmlNamespace : (namespaces.get(prefix) ?? ''),
    local: written.slice(colon + 1),
  };
}

function withDeclarations(element: XmlElement, outer: Namespaces): Namespaces {
  const own = [...element.attrs].filter(([name]) => name.startsWith('xmlns:'));
  return own.length === 0 ? outer : new Map([...outer, ...own.map(([name, uri]) => [name.slice(6), uri] as const)]);
}

function shownName({ prefix, name }: XmlElement): string {
  return prefix === '' ? name : `${prefix}:${name}`;
}

function tag(element: XmlElement): string {
  return `<${shownName(element)}>`;
}

/** Where an attribute stands: the reader knows only its element, whose tag may have several lines. */
function attributePlace(element: XmlElement, attribute: string): XmlPlace {
  const { source, at } = element;
  const limit = Math.min(source.length, 20_000);
  let quote = '';
  for (let index = 1; index < limit; index++) {
    const character = source[index]!;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') break;
    else if (
      /\s/.test(source[index - 1]!) &&
      source.startsWith(attribute, index) &&
      /[\s=]/.test(source[index + attribute.length] ?? '')
    ) {
      const before = source.slice(0, index);
      const lines = before.split('\n');
      if (lines.length === 1) return { line: at.line, column: at.column + index };
      return { line: at.line + lines.length - 1, column: lines[lines.length - 1]!.length + 1 };
    }
  }
  return at;
}
