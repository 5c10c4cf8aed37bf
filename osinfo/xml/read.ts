// SPDX-License-Identifier: Apache-2.0
import { isUtf8 } from 'node:buffer';
import { SaxesParser, type SaxesTagNS } from 'saxes';
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

const noAttributes: ReadonlyMap<string, string> = new Map();

/** An element as it was read. */
export class XmlElement {
  /** Child elements and text in document order; neighbouring pieces of text (CDATA, entities) are one. */
  readonly nodes: readonly (XmlElement | string)[] = [];
  /** Where it ends in the document; the reader sets it when it gets there. */
  private end: number;

  constructor(
    /** Name without its prefix. */
    readonly name: string,
    readonly prefix: string,
    /** Namespace URI, '' for none. */
    readonly namespace: string,
    /** Values by the name as written, prefix and all (`xml:lang`); namespace declarations are among them. */
    readonly attrs: ReadonlyMap<string, string>,
    /** Place of the `<`. */
    readonly line: number,
    readonly column: number,
    private readonly document: string,
    private readonly start: number,
  ) {
    this.end = start;
  }

  /** Place of the `<`. */
  get at(): XmlPlace {
    return { line: this.line, column: this.column };
  }

  /** The element as it stands in the document, with its tags; line ends are LF. */
  get source(): string {
    return this.document.slice(this.start, this.end);
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
  const parser = new StrictParser(file);
  const open: Growing[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  let start = 0;
  let line = 1;
  let column = 1;

  const addText = (piece: string): void => {
    const nodes = open[open.length - 1]?.nodes;
    if (nodes === undefined) return;
    const last = nodes.length - 1;
    if (last >= 0 && typeof nodes[last] === 'string') nodes[last] += piece;
    else nodes.push(piece);
  };

  // Six handlers and no more: saxes keeps each as a property added by name, and with a seventh V8 gives up the fast
  // form of the object and everything takes three times as long.
  parser.on('doctype', () => parser.refuse('xml-doctype', 'a document type (<!DOCTYPE …>) is not read; remove it'));
  parser.on('opentagstart', (tag) => {
    const behind = tag.name.length + 2;
    start = parser.position - behind;
    if (parser.columnIndex > 0) {
      line = parser.line;
      column = parser.columnIndex - behind + 1;
    } else {
      // A line end ended the name, and the parser is in the next line. Only then is the line's start searched for:
      // doing it for each tag would take quadratic time in a document of one line.
      line = parser.line - 1;
      column = start - text.lastIndexOf('\n', start);
    }
    count += 1;
    if (open.length >= maxDepth)
      parser.refuse('xml-too-deep', `elements are nested deeper than ${maxDepth}`, { line, column });
    if (count > maxElements)
      parser.refuse('xml-too-many', `there are more than ${maxElements} elements`, { line, column });
  });
  parser.on('opentag', (tag) => {
    if (root === undefined) checkEncoding(parser);
    const attrs = attributesOf(tag);
    if (attrs.size > maxAttributes) {
      parser.refuse('xml-too-many', `an element has more than ${maxAttributes} attributes`, { line, column });
    }
    const element = new XmlElement(tag.local, tag.prefix, tag.uri, attrs, line, column, text, start);
    if (open.length > 0) open[open.length - 1]!.nodes.push(element);
    else root = element;
    open.push(element as unknown as Growing);
  });
  parser.on('closetag', () => {
    open.pop()!.end = parser.position;
  });
  parser.on('text', addText);
  parser.on('cdata', addText);

  parser.write(text).close();
  return root ?? parser.refuse('xml-malformed', 'there is no element');
}

/** What the reader may still do with an element. */
interface Growing {
  readonly nodes: (XmlElement | string)[];
  end: number;
}

function attributesOf(tag: SaxesTagNS): ReadonlyMap<string, string> {
  let attrs: Map<string, string> | undefined;
  for (const name in tag.attributes) {
    attrs ??= new Map();
    attrs.set(name, tag.attributes[name]!.value);
  }
  return attrs ?? noAttributes;
}

/** saxes whose every complaint is our error. */
class StrictParser extends SaxesParser<{ xmlns: true }> {
  constructor(private readonly file: string) {
    super({ xmlns: true });
  }

  override fail(message: string): this {
    return this.refuse('xml-malformed', message.replace(/\.$/, ''));
  }

  refuse(code: string, message: string, at?: XmlPlace): never {
    const place = at ?? { line: this.line, column: Math.max(1, this.columnIndex) };
    throw new XmlError(code, message, { file: this.file, ...place });
  }
}

function checkEncoding(parser: StrictParser): void {
  const { encoding } = parser.xmlDecl;
  if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding)) {
    parser.refuse('xml-encoding', `the encoding ${encoding.slice(0, 40)} is not read; save the file as UTF-8`);
  }
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
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (isUtf8(bytes)) return text;
  const line = text.slice(0, text.indexOf('\uFFFD')).split('\n').length;
  throw new XmlError('xml-encoding', 'the file is not UTF-8; save it as UTF-8', { file, line });
}
