// SPDX-License-Identifier: Apache-2.0
import { XMLBuilder } from 'fast-xml-parser';
import { GuestwrightError } from '../errors.js';

/** An element to be written. Names may carry a prefix; its declaration is an attribute like any other. */
export interface XmlNode {
  readonly name: string;
  /** In the order in which they are to stand. */
  readonly attrs?: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
  /** Elements and text. White space is put between elements only where the document has no mixed content. */
  readonly children?: readonly (XmlNode | string)[];
  /** A comment before the element. */
  readonly comment?: string;
}

export interface WriteXmlOptions {
  /** Begin with `<?xml version="1.0" encoding="UTF-8"?>`. Default true. */
  readonly declaration?: boolean;
  /** Spaces a level; 0 writes everything in one line. Default 2. */
  readonly indent?: number;
}

/** A tree that has no XML form: a fault of the program that made it, since what people give is checked before. */
export class XmlWriteError extends GuestwrightError {}

/**
 * Writes a document that `readXml` reads back as the same tree: escaped, indented, with a final line end. Element-only
 * and text-only content keep their meaning under indentation; a document with mixed content is not indented.
 * @throws XmlWriteError for a name that is no XML name, an attribute given twice, a character that XML has no place for
 */
export function writeXml(element: XmlNode, options: WriteXmlOptions = {}): string {
  const indent = options.indent ?? 2;
  const builder = new XMLBuilder({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    // With its default the builder writes `t="true"` as a bare `t`.
    suppressBooleanAttributes: false,
    suppressEmptyNode: true,
    // It writes line ends in attributes as they are, which readers turn into spaces: `escaped` below does it all.
    processEntities: false,
    commentPropName,
    format: indent > 0 && !isMixed(element),
    indentBy: ' '.repeat(indent),
  });
  const body = builder.build(ordered(element)).trim();
  return `${(options.declaration ?? true) ? '<?xml version="1.0" encoding="UTF-8"?>\n' : ''}${body}\n`;
}

/** A name that no element can have. */
const commentPropName = '#comment';

type Ordered = Record<string, unknown>;

function ordered(node: XmlNode): Ordered[] {
  const written: Ordered[] = [];
  if (node.comment !== undefined) written.push({ [commentPropName]: [{ '#text': harmlessComment(node.comment) }] });
  const attributes: Record<string, string> = Object.create(null);
  for (const [name, value] of Array.isArray(node.attrs) ? node.attrs : Object.entries(node.attrs ?? {})) {
    if (Object.hasOwn(attributes, name))
      throw new XmlWriteError('xml-write', `attribute ${name} stands twice in <${node.name}>`);
    attributes[checkedName(name)] = escaped(value, attributeEscapes);
  }
  const children = (node.children ?? []).flatMap((child): Ordered[] => {
    if (typeof child !== 'string') return ordered(child);
    return child === '' ? [] : [{ '#text': escaped(child, textEscapes) }];
  });
  written.push({ [checkedName(node.name)]: children, ':@': attributes });
  return written;
}

function isMixed(node: XmlNode): boolean {
  const children = node.children ?? [];
  const hasText = children.some((child) => typeof child === 'string' && child !== '');
  return children.some((child) => typeof child !== 'string' && (hasText || isMixed(child)));
}

/** Names of XML 1.0 (fifth edition, section 2.3), with one prefix at most. */
const nameStart =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
const plainName = `[${nameStart}][-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}${nameStart}]*`;
const xmlName = new RegExp(`^${plainName}(:${plainName})?$`, 'u');

function checkedName(name: string): string {
  if (!xmlName.test(name)) throw new XmlWriteError('xml-write', `${JSON.stringify(name.slice(0, 80))} is no XML name`);
  return name;
}

const textEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };
const attributeEscapes: Readonly<Record<string, string>> = {
  ...textEscapes,
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
};

function escaped(text: string, escapes: Readonly<Record<string, string>>): string {
  checkCharacters(text);
  return text.replace(/[&<>"\t\n\r]/g, (character) => escapes[character] ?? character);
}

/** Controls, lone surrogates, U+FFFE and U+FFFF: XML 1.0 section 2.2 leaves them out, escaped or not. */
function checkCharacters(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const bad = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u.exec(text);
  if (!bad) return;
  const code = bad[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  throw new XmlWriteError('xml-write', `the character U+${code} has no place in XML`);
}

function harmlessComment(text: string): string {
  checkCharacters(text);
  return ` ${text
    .trim()
    .replace(/-(?=-)/g, '- ')
    .replace(/-$/, '- ')} `;
}
