// SPDX-License-Identifier: Apache-2.0

import { canRunAway } from '../../pattern/analyse.js';
import { parsePattern } from '../../pattern/parse.js';
import { positionsOf } from '../../pattern/positions.js';
import { toRegExp } from '../../pattern/print.js';
import { readXml, type XmlElement } from '../../xml/read.js';
import { empty, type Name, type NameClass, notAllowed, type Pattern, Patterns, text } from './pattern.js';

export interface Grammar {
  readonly start: Pattern;
  readonly patterns: Patterns;
  /** Prefixes that the grammar uses, by namespace: how its elements are named to people. */
  readonly prefixes: ReadonlyMap<string, string>;
}

/** A construct of RELAX NG that this reader does not know: no fault of the grammar, which libxml2 may well take. */
export class UnknownConstruct extends Error {}

/**
 * Reads a RELAX NG grammar in one file, in the XML syntax, with the XML Schema datatypes.
 * @throws XmlError where it is no XML
 * @throws UnknownConstruct for includes, nested grammars, name classes with exceptions but for namespaces
 */
export function readGrammar(bytes: Uint8Array, file: string): Grammar {
  const root = readXml(bytes, file);
  return new Reader(root).read();
}

interface Scope {
  readonly namespaces: ReadonlyMap<string, string>;
  /** The inherited `ns` attribute. */
  readonly ns: string;
  /** The definition that we are in: the grammar's own word for a kind of value. */
  readonly define: string;
}

class Reader {
  private readonly patterns = new Patterns();
  private readonly defines = new Map<string, { readonly elements: XmlElement[]; readonly scope: Scope }>();
  private readonly read_ = new Map<string, Pattern>();
  private readonly open = new Set<string>();
  private readonly prefixes = new Map<string, string>();
  constructor(private readonly root: XmlElement) {}

  read(): Grammar {
    if (this.root.name !== 'grammar') throw new UnknownConstruct(`<${this.root.name}> as root`);
    const scope = this.enter(this.root, { namespaces: new Map(), ns: '', define: '' });
    const starts: Pattern[] = [];
    const pending: (() => void)[] = [];
    for (const child of children(this.root)) {
      const inner = this.enter(child, scope);
      if (child.name === 'define') {
        const name = child.attrs.get('name') ?? '';
        const known = this.defines.get(name);
        if (known !== undefined) known.elements.push(...children(child));
        else this.defines.set(name, { elements: [...children(child)], scope: { ...inner, define: name } });
      } else if (child.name === 'start') {
        pending.push(() => starts.push(this.group(children(child), inner)));
      } else throw new UnknownConstruct(`<${child.name}> in <grammar>`);
    }
    for (const one of pending) one();
    const start = starts.reduce((a, b) => this.patterns.choice(a, b), notAllowed);
    return { start, patterns: this.patterns, prefixes: this.prefixes };
  }

  private enter(element: XmlElement, scope: Scope): Scope {
    const own = [...element.attrs].filter(([name]) => name.startsWith('xmlns:'));
    const ns = element.attrs.get('ns') ?? scope.ns;
    if (own.length === 0) return ns === scope.ns ? scope : { ...scope, ns };
    const namespaces = new Map(scope.namespaces);
    for (const [name, uri] of own) {
      namespaces.set(name.slice('xmlns:'.length), uri);
      this.prefixes.set(uri, name.slice('xmlns:'.length));
    }
    return { ...scope, ns, namespaces };
  }

  private group(elements: readonly XmlElement[], scope: Scope): Pattern {
    return elements.map((one) => this.pattern(one, scope)).reduce((a, b) => this.patterns.group(a, b), empty);
  }

  private pattern(element: XmlElement, outer: Scope): Pattern {
    const scope = this.enter(element, outer);
    const inside = children(element);
    const all = (): Pattern => this.group(inside, scope);
    switch (element.name) {
      case 'element': {
        const [name, rest] = this.name(element, inside, scope, scope.ns);
        let content: Pattern | undefined;
        return {
          type: 'element',
          name,
          content: () => {
            content ??= this.group(rest, scope);
            return content;
          },
        };
      }
      case 'attribute': {
        const [name, rest] = this.name(element, inside, scope, element.attrs.get('ns') ?? '');
        return { type: 'attribute', name, a: rest.length === 0 ? text : this.group(rest, scope) };
      }
      case 'group':
      case 'div':
        return all();
      case 'interleave':
        return inside.map((one) => this.pattern(one, scope)).reduce((a, b) => this.patterns.interleave(a, b), empty);
      case 'choice':
        return inside.map((one) => this.pattern(one, scope)).reduce((a, b) => this.patterns.choice(a, b), notAllowed);
      case 'optional':
        return this.patterns.choice(all(), empty);
      case 'zeroOrMore':
        return this.patterns.choice(this.patterns.oneOrMore(all()), empty);
      case 'oneOrMore':
        return this.patterns.oneOrMore(all());
      case 'mixed':
        return this.patterns.interleave(all(), text);
      case 'list':
        return this.patterns.list(all());
      case 'text':
        return text;
      case 'empty':
        return empty;
      case 'notAllowed':
        return notAllowed;
      case 'ref':
        return this.ref(element.attrs.get('name') ?? '');
      case 'value':
        return { type: 'value', value: element.text, exact: element.attrs.get('type') === 'string' };
      case 'data':
        return this.data(element, scope);
      default:
        throw new UnknownConstruct(`<${element.name}>`);
    }
  }

  private ref(name: string): Pattern {
    const earlier = this.read_.get(name);
    if (earlier !== undefined) return earlier;
    const define = this.defines.get(name);
    // A reference to itself is allowed only through an element, whose content is read later.
    if (define === undefined || this.open.has(name)) throw new UnknownConstruct(`a reference to ${name}`);
    this.open.add(name);
    const pattern = this.group(define.elements, define.scope);
    this.open.delete(name);
    this.read_.set(name, pattern);
    return pattern;
  }

  /** The name of an element or attribute: in `name`, or as the first thing inside. */
  private name(
    element: XmlElement,
    inside: readonly XmlElement[],
    scope: Scope,
    ns: string,
  ): readonly [NameClass, readonly XmlElement[]] {
    const given = element.attrs.get('name');
    if (given !== undefined) return [{ names: [this.qualified(given, scope, ns)] }, inside];
    const [first, ...rest] = inside;
    if (first === undefined) throw new UnknownConstruct(`<${element.name}> without a name`);
    return [this.nameClass(first, scope, ns), rest];
  }

  private nameClass(element: XmlElement, scope: Scope, ns: string): NameClass {
    if (element.name === 'anyName') return { any: true, exceptNamespaces: exceptions(element) };
    if (element.name === 'name')
      return { names: [this.qualified(element.text.trim(), scope, element.attrs.get('ns') ?? ns)] };
    if (element.name !== 'choice') throw new UnknownConstruct(`the name class <${element.name}>`);
    const classes = children(element).map((one) => this.nameClass(one, scope, ns));
    const any = classes.find((one) => 'any' in one);
    if (any) return any;
    return { names: classes.flatMap((one) => ('any' in one ? [] : one.names)) };
  }

  private qualified(name: string, scope: Scope, ns: string): Name {
    const colon = name.indexOf(':');
    if (colon < 0) return { namespace: ns, local: name };
    const prefix = name.slice(0, colon);
    const namespace = prefix === 'xml' ? 'http://www.w3.org/XML/1998/namespace' : scope.namespaces.get(prefix);
    if (namespace === undefined) throw new UnknownConstruct(`the prefix ${prefix}`);
    return { namespace, local: name.slice(colon + 1) };
  }

  private data(element: XmlElement, scope: Scope): Pattern {
    const type = element.attrs.get('type') ?? 'string';
    const checks: ((value: string) => boolean)[] = [];
    const kind = datatypes[type];
    if (kind !== undefined) checks.push((value) => kind.test(value.trim()));
    let expression: string | undefined;
    for (const param of element.children) {
      if (param.name !== 'param') throw new UnknownConstruct(`<${param.name}> in <data>`);
      const facet = param.text;
      const name = param.attrs.get('name');
      if (name === 'pattern') {
        expression = facet;
        const regexp = wholeExpression(facet);
        checks.push((value) => regexp.test(value));
      } else if (name === 'minLength') checks.push((value) => value.length >= Number(facet));
      else if (name === 'maxLength') checks.push((value) => value.length <= Number(facet));
      else if (name === 'minInclusive') checks.push((value) => Number(value) >= Number(facet));
      else if (name === 'maxInclusive') checks.push((value) => Number(value) <= Number(facet));
      else throw new UnknownConstruct(`the facet ${name}`);
    }
    const fits = (value: string): boolean => checks.every((check) => check(value));
    return { type: 'data', fits, label: scope.define || type, ...(expression === undefined ? {} : { expression }) };
  }
}

/** An expression of XML Schema: PCRE's syntax as far as grammars of databases use it, always about the whole text. */
function wholeExpression(source: string): RegExp {
  let node: ReturnType<typeof parsePattern>;
  try {
    node = parsePattern(source);
  } catch {
    throw new UnknownConstruct(`the expression ${source}`);
  }
  const graph = positionsOf(node);
  // A grammar may come from anywhere; an expression of it must not hang us.
  if (graph === undefined || canRunAway(graph)) throw new UnknownConstruct(`the expression ${source}`);
  return toRegExp(node, true);
}

const datatypes: Readonly<Record<string, RegExp>> = {
  integer: /^[+-]?\d+$/,
  nonNegativeInteger: /^\+?\d+$/,
  positiveInteger: /^\+?0*[1-9]\d*$/,
  unsignedShort: /^\d+$/,
  unsignedInt: /^\d+$/,
  unsignedLong: /^\d+$/,
  boolean: /^(true|false|0|1)$/,
  date: /^-?\d{4,}-\d\d-\d\d/,
  NMTOKEN: /^[\w.:-]+$/,
  NCName: /^[A-Za-z_][\w.-]*$/,
  ID: /^[A-Za-z_][\w.-]*$/,
};

function children(element: XmlElement): readonly XmlElement[] {
  return element.children.filter(({ namespace }) => namespace === 'http://relaxng.org/ns/structure/1.0');
}

/** The namespaces that an `anyName` leaves out. */
function exceptions(anyName: XmlElement): readonly string[] {
  return children(anyName).flatMap((one) => {
    if (one.name !== 'except') throw new UnknownConstruct(`<${one.name}> in <anyName>`);
    return children(one).map((left) => {
      if (left.name !== 'nsName') throw new UnknownConstruct(`<${left.name}> in <except>`);
      return left.attrs.get('ns') ?? '';
    });
  });
}
