// SPDX-License-Identifier: Apache-2.0
import { SaxesParser } from 'saxes';
import { InputError } from '../errors.js';

/** What `readXml` throws, and nothing else: the document is malformed, too large, or asks for what we do not do. */
export class XmlError extends InputError {}

/** Bounds of a document from a stranger. The defaults fit every real database file with room to spare. */
export interface XmlLimits {
  /** Most bytes of the document. Default 4 MiB. */
  readonly maxBytes?: number;
  /** Deepest nesting of elements; saxes needs quadratic time in depth. Default 64. */
  readonly maxDepth?: number;
  /** Most elements of the document. Default 200,000. */
  readonly maxElements?: number;
  /** Most attributes of one element. Default 256. */
  readonly maxAttributes?: number;
}

/** Lines and columns count from 1; columns count UTF-16 units. */
export interface XmlPlace {
  readonly line: number;
  readonly column: number;
}

interface Span {
  readonly text: string;
  readonly start: number;
  end: number;
}

/** An element as it was read. */
export class XmlElement {
  constructor(
    /** Name without its prefix. */
    readonly name: string,
    readonly prefix: string,
    /** Namespace URI, '' for none. */
    readonly namespace: string,
    /** Values by the name as written, prefix and all (`xml:lang`); namespace declarations are among them. */
    readonly attrs: ReadonlyMap<string, string>,
    /** Child elements and text in document order; neighbouring pieces of text (CDATA, entities) are one. */
    readonly nodes: readonly (XmlElement | string)[],
    /** Place of the `<`. */
    readonly at: XmlPlace,
    private readonly span: Span,
  ) {}

  /** The element as it stands in the document, with its tags; line ends are LF. */
  get source(): string {
    return this.span.text.slice(this.span.start, this.span.end);
  }

  /** Child elements, in order. */
  get children(): readonly XmlElement[] {
    return this.nodes.filter((node) => typeof node !== 'string');
  }

  /** The XPath string value: all text of the element and of what is in it, white space kept. */
  get text(): string {
    let text = '';
    for (const node of this.nodes) text += typeof node === 'string' ? node : node.text;
    return text;
  }

  /** The first child element of this local name, whatever its namespace. */
  child(name: string): XmlElement | undefined {
    for (const node of this.nodes) if (typeof node !== 'string' && node.name === name) return node;
    return undefined;
  }
}

/**
 * Reads one XML 1.0 document: strict, with namespaces, without a document type, with no entities but the five and
 * numeric ones, in bounded size, depth and count. CR LF and CR are line ends, as the standard says.
 * @param file the name that errors carry
 * @throws XmlError with file:line:column
 */
export function readXml(source: Uint8Array | string, file: string, limits: XmlLimits = {}): XmlElement {
  const text = decode(source, file, limits.maxBytes ?? 4 * 1024 * 1024);
  const maxDepth = limits.maxDepth ?? 64;
  const maxElements = limits.maxElements ?? 200_000;
  const maxAttributes = limits.maxAttributes ?? 256;
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: { readonly nodes: (XmlElement | string)[]; readonly span: Span }[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  let attributes = 0;
  let start: XmlPlace = { line: 1, column: 1 };
  let startIndex = 0;

  const refuse = (code: string, message: string, at: XmlPlace = here()): never => {
    throw new XmlError(code, message, { file, ...at });
  };
  const here = (): XmlPlace => ({ line: parser.line, column: Math.max(1, parser.columnIndex) });
  // The parser stands behind the character that ended the name, which may be a line end. Only then is the line's start
  // searched for: doing it for each tag would take quadratic time in a document of one line.
  const placeOfTag = (index: number): XmlPlace => {
    if (parser.columnIndex === 0) return { line: parser.line - 1, column: index - text.lastIndexOf('\n', index) };
    return { line: parser.line, column: parser.columnIndex - (parser.position - index) + 1 };
  };
  const addText = (piece: string): void => {
    const nodes = open[open.length - 1]?.nodes;
    if (nodes === undefined) return;
    const last = nodes.length - 1;
    if (typeof nodes[last] === 'string') nodes[last] += piece;
    else nodes.push(piece);
  };

  parser.on('error', (error) => refuse('xml-malformed', sentence(error.message)));
  parser.on('doctype', () => refuse('xml-doctype', 'a document type (<!DOCTYPE …>) is not read; remove it'));
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding)) {
      refuse('xml-encoding', `the encoding ${encoding.slice(0, 40)} is not read; save the file as UTF-8`);
    }
  });
  parser.on('opentagstart', (tag) => {
    startIndex = parser.position - tag.name.length - 2;
    start = placeOfTag(startIndex);
    attributes = 0;
    count += 1;
    if (open.length >= maxDepth) refuse('xml-too-deep', `elements are nested deeper than ${maxDepth}`, start);
    if (count > maxElements) refuse('xml-too-many', `there are more than ${maxElements} elements`, start);
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > maxAttributes)
      refuse('xml-too-many', `an element has more than ${maxAttributes} attributes`, start);
  });
  parser.on('opentag', (tag) => {
    const attrs = new Map<string, string>();
    for (const name in tag.attributes) attrs.set(name, tag.attributes[name]!.value);
    const nodes: (XmlElement | string)[] = [];
    const span = { text, start: startIndex, end: startIndex };
    const element = new XmlElement(tag.local, tag.prefix, tag.uri, attrs, nodes, start, span);
    if (open.length > 0) open[open.length - 1]!.nodes.push(element);
    else root = element;
    open.push({ nodes, span });
  });
  parser.on('closetag', () => {
    open.pop()!.span.end = parser.position;
  });
  parser.on('text', addText);
  parser.on('cdata', addText);

  parser.write(text).close();
  return root ?? refuse('xml-malformed', 'there is no element');
}

/** saxes' words as the end of our line: without its own position and full stop. */
function sentence(message: string): string {
  return message
    .replace(/^\d+:\d+: /, '')
    .trim()
    .replace(/\.$/, '');
}

function decode(source: Uint8Array | string, file: string, maxBytes: number): string {
  const length = typeof source === 'string' ? Buffer.byteLength(source) : source.byteLength;
  if (length > maxBytes) {
    throw new XmlError('xml-too-large', `the file has ${length} bytes; at most ${maxBytes} are read`, { file });
  }
  let text = typeof source === 'string' ? source : decodeUtf8(source, file);
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  // Before the parser, so that its positions are those of the text that we keep.
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const line = text.slice(0, text.indexOf('\uFFFD')).split('\n').length;
    throw new XmlError('xml-encoding', 'the file is not UTF-8; save it as UTF-8', { file, line }, { cause });
  }
}
