// SPDX-License-Identifier: Apache-2.0
import { readXml, type XmlElement } from '../xml/read.js';

/** Words that libosinfo's grammar of 2022 lacks; its library reads them all the same. */
const laterArchs = new Set(['loongarch64']);
const laterFormats = new Set(['vdi', 'vhd']);
const laterClasses = new Set([
  'bridge',
  'controller.sd',
  'crypto',
  'generation-id',
  'guest-services',
  'iommu',
  'memory',
  'memory.persistent',
  'panic',
  'serial',
  'tpm',
]);
const laterBuses = new Set(['acpi', 'ccw', 'mmio', 'vmbus']);
const withVariant = new Set(['media', 'tree', 'image']);

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A database file without what libosinfo's own grammar (that of osinfo-db 20221203) has no word for: elements of other
 * namespaces (our facts), classes and buses of devices, media and other parts for architectures and formats that came
 * later, further variants of one media, and which firmware is recommended. Everything else stays as it is written,
 * comments and all.
 * @throws XmlError with file:line where the file is no XML that we read
 */
export function plainXml(bytes: Buffer, file: string): Buffer {
  const root = readXml(bytes, file);
  // The text in which the reader counts: no byte order mark, LF as line end.
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n');
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const cuts: Span[] = [];
  const visit = (parent: XmlElement): void => {
    for (const child of parent.children) {
      const start = starts[child.at.line - 1]! + child.at.column - 1;
      if (child.namespace !== '' || isLater(parent, child)) cuts.push({ start, end: start + child.source.length });
      else {
        if (child.name === 'firmware') cutAttribute(child, 'recommended', start, cuts);
        // The body of a template is a stylesheet, which is of another namespace by nature.
        if (child.name !== 'template') visit(child);
      }
    }
  };
  visit(root);
  return cuts.length === 0 ? bytes : Buffer.from(cutOut(text, cuts));
}

function isLater(parent: XmlElement, child: XmlElement): boolean {
  if (parent.name === 'device') {
    return (
      (child.name === 'class' && laterClasses.has(child.text)) ||
      (child.name === 'bus-type' && laterBuses.has(child.text))
    );
  }
  // A second variant of one media is later, too.
  if (withVariant.has(parent.name)) return child.name === 'variant' && child !== parent.child('variant');
  if (parent.name !== 'os') return false;
  return (
    laterArchs.has(child.attrs.get('arch') ?? '') ||
    (child.name === 'image' && laterFormats.has(child.attrs.get('format') ?? ''))
  );
}

function cutAttribute(element: XmlElement, name: string, start: number, cuts: Span[]): void {
  if (!element.attrs.has(name)) return;
  const match = new RegExp(`\\s+${name}\\s*=\\s*("[^"]*"|'[^']*')`).exec(element.source);
  if (match !== null) cuts.push({ start: start + match.index, end: start + match.index + match[0].length });
}

/** Cuts spans out, an element that has its lines to itself with its lines. */
function cutOut(text: string, cuts: readonly Span[]): string {
  let kept = '';
  let from = 0;
  for (const { start, end } of cuts) {
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const ownLines = text.slice(lineStart, start).trim() === '' && text[end] === '\n' && lineStart >= from;
    kept += text.slice(from, ownLines ? lineStart : start);
    from = ownLines ? end + 1 : end;
  }
  return kept + text.slice(from);
}
