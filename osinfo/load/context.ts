// SPDX-License-Identifier: Apache-2.0
import type { XmlElement } from '../xml/read.js';
import type { Issues } from './issues.js';
import type { At, ExtraRecord, FactRecord, Kind, Params, SubRecord } from './records.js';

/** The namespace of guestwright's own elements. */
export const factsNamespace = 'urn:guestwright:db:1';

/** Something refers to an entity, which may turn out to be defined nowhere. */
export interface Reference {
  readonly kind: Kind;
  readonly id: string;
  readonly at: At;
}

/** What the readers of one file share. */
export interface ReadContext {
  readonly file: string;
  /** Index of `file` in the database's list. */
  readonly fileIndex: number;
  /** `''` for a master, `NAME.xml:` for a fragment: goes between the entity's id and the number of a part. */
  readonly idInfix: string;
  /** Names of the user's languages; empty reads the untranslated texts. */
  readonly languages: readonly string[];
  readonly issues: Issues;
  readonly references: Reference[];
  /** Attributes of the file's root, whose namespace declarations hold in all that is cut out of it. */
  readonly rootAttrs: ReadonlyMap<string, string>;
}

export function at(context: ReadContext, element: XmlElement): At {
  return [context.fileIndex, element.line];
}

export function report(
  context: ReadContext,
  element: XmlElement,
  severity: 'error' | 'warning',
  code: string,
  message: string,
): void {
  context.issues.add(severity, code, { file: context.file, ...element.at }, message);
}

/** Native elements have no namespace; ours and strangers' are not mistaken for them. */
export function isNative(element: XmlElement): boolean {
  return element.namespace === '';
}

/** The native child elements. */
export function nativeChildren(element: XmlElement): XmlElement[] {
  const children: XmlElement[] = [];
  for (const node of element.nodes) if (typeof node !== 'string' && node.namespace === '') children.push(node);
  return children;
}

export function set(params: Params, key: string, value: string | undefined): void {
  if (value !== undefined && value !== '') params[key] = [value];
}

export function append(params: Params, key: string, value: string | undefined): void {
  if (value === undefined || value === '') return;
  const values = params[key];
  if (values === undefined) params[key] = [value];
  else values.push(value);
}

/** The attribute that names a language: `xml:lang`, or a plain `lang`, which libosinfo takes as well. */
function languageOf(element: XmlElement): string | undefined {
  return element.attrs.get('xml:lang') ?? element.attrs.get('lang');
}

/**
 * Reads the children that are properties: of each key the text of the first child, unless a child is in one of the
 * user's languages, then of the last such; `x-…` are custom properties and are added, all of them.
 */
export function readProperties(
  context: ReadContext,
  element: XmlElement,
  keys: ReadonlySet<string>,
  params: Params,
): void {
  const found = new Map<string, { text: string; translated: boolean }>();
  for (const child of element.nodes) {
    if (typeof child === 'string' || !isNative(child)) continue;
    if (keys.has(child.name)) {
      const earlier = found.get(child.name);
      const language = context.languages.length === 0 ? undefined : languageOf(child);
      const translated = language !== undefined && context.languages.includes(language);
      if (earlier === undefined || translated) found.set(child.name, { text: child.text, translated });
    } else if (child.name.startsWith('x-')) {
      const text = child.text;
      if (text === '')
        report(context, child, 'error', 'empty-element', `<${child.name}> is empty; give it a value or remove it`);
      append(params, child.name, text);
    }
  }
  for (const [key, { text }] of found) set(params, key, text);
}

/** The value of a needed attribute; what has none is named and left out. */
export function needed(context: ReadContext, element: XmlElement, name: string): string | undefined {
  const value = element.attrs.get(name);
  if (value !== undefined && value !== '') return value;
  report(context, element, 'error', 'missing-attribute', `<${element.name}> has no ${name}; it is left out`);
  return undefined;
}

/** Makes the records of parts with generated ids: `ENTITY:0`, `ENTITY:site.xml:0`, counted by kind of part. */
export class Parts {
  private readonly counts = new Map<string, number>();
  constructor(
    private readonly context: ReadContext,
    private readonly entityId: string,
  ) {}

  make(element: XmlElement): SubRecord {
    const number = this.counts.get(element.name) ?? 0;
    this.counts.set(element.name, number + 1);
    return { id: `${this.entityId}:${this.context.idInfix}${number}`, at: at(this.context, element), params: {} };
  }
}

/** The children of `<gw:facts>`: each is a fact. */
export function readFacts(context: ReadContext, wrapper: XmlElement): FactRecord[] {
  return wrapper.children
    .filter((child) => child.namespace === factsNamespace)
    .map((child) => ({
      name: child.name,
      at: at(context, child),
      attributes: Object.fromEntries(
        [...child.attrs].filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:')),
      ),
    }));
}

/** An element that nobody here knows, as it was written. */
export function readExtra(context: ReadContext, element: XmlElement, outer?: XmlElement): ExtraRecord {
  const { name, namespace } = element;
  return { name, namespace, at: at(context, element), xml: standalone(context, element, outer) };
}

/** Keeps the child elements of a part that nothing reads, with the part. @param custom `x-…` are read as properties */
export function keepUnknown(
  context: ReadContext,
  element: XmlElement,
  known: ReadonlySet<string>,
  part: SubRecord,
  custom = true,
): void {
  for (const child of element.nodes) {
    if (typeof child === 'string') continue;
    if (isNative(child) && (known.has(child.name) || (custom && child.name.startsWith('x-')))) continue;
    part.extras ??= [];
    part.extras.push(readExtra(context, child, element));
  }
}

/**
 * The text of an element with the namespace declarations that it takes from what is around it (the root and `outer`),
 * so that it can be read by itself.
 */
export function standalone(context: ReadContext, element: XmlElement, outer?: XmlElement): string {
  const { source } = element;
  const prefixes = undeclaredPrefixes(element, new Set(['xml', 'xmlns']));
  if (prefixes.size === 0) return source;
  let declarations = '';
  for (const prefix of prefixes) {
    const uri = outer?.attrs.get(`xmlns:${prefix}`) ?? context.rootAttrs.get(`xmlns:${prefix}`);
    if (uri !== undefined) declarations += ` xmlns:${prefix}="${escapeAttribute(uri)}"`;
  }
  const behindName = 1 + (element.prefix === '' ? 0 : element.prefix.length + 1) + element.name.length;
  return source.slice(0, behindName) + declarations + source.slice(behindName);
}

function undeclaredPrefixes(element: XmlElement, declared: ReadonlySet<string>): Set<string> {
  const here = new Set(declared);
  for (const name of element.attrs.keys()) if (name.startsWith('xmlns:')) here.add(name.slice('xmlns:'.length));
  const found = new Set<string>();
  const use = (prefix: string): void => {
    if (prefix !== '' && !here.has(prefix)) found.add(prefix);
  };
  use(element.prefix);
  for (const name of element.attrs.keys()) if (name.includes(':')) use(name.slice(0, name.indexOf(':')));
  for (const child of element.children) for (const prefix of undeclaredPrefixes(child, here)) found.add(prefix);
  return found;
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<"\t\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}
