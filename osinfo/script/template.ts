// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.js';
import { readXml, type XmlElement } from '../xml/read.js';

const XSL = 'http://www.w3.org/1999/XSL/Transform';

/** What a template may say. Left out is all that reads or writes files: `import`, `include`, `document`. */
const allowed: ReadonlySet<string> = new Set([
  'stylesheet',
  'transform',
  'output',
  'strip-space',
  'preserve-space',
  'key',
  'decimal-format',
  'namespace-alias',
  'attribute-set',
  'variable',
  'param',
  'with-param',
  'template',
  'apply-templates',
  'apply-imports',
  'call-template',
  'for-each',
  'sort',
  'if',
  'choose',
  'when',
  'otherwise',
  'value-of',
  'copy',
  'copy-of',
  'text',
  'number',
  'element',
  'attribute',
  'comment',
  'processing-instruction',
  'message',
  'fallback',
]);

/** A template is one sheet of a few hundred elements. */
const limits = { maxBytes: 512 * 1024, maxElements: 20_000 };

/** A template that was found harmless. */
export interface Template {
  /**
   * Whether it has something to say of a document with this root. Where it has not, XSLT's own rules would print all text
   * of the document, passwords too.
   */
  answersTo(root: string): boolean;
}

/**
 * Reads a template, and refuses one that could read or write a file, or run what is not XSLT 1.0: elements beyond the
 * language's own, `document()`, `unparsed-entity-uri()`, functions of extensions (one of which evaluates a string as an
 * expression), and a stylesheet that is to be fetched from elsewhere.
 * @param file what an error names
 * @throws InputError with file and line, by the name of what is refused
 */
export function readTemplate(text: string, file: string): Template {
  const sheet = readXml(text, file, limits);
  checkSheet(sheet, file);
  const matches = sheet.children
    .filter(({ name, namespace }) => namespace === XSL && name === 'template')
    .flatMap(({ attrs }) => attrs.get('match')?.split('|') ?? [])
    .map((match) => match.trim());
  return { answersTo: (root) => matches.some((match) => ['/', '*', 'node()', root, `/${root}`].includes(match)) };
}

/**
 * The same of every install script of a database's file, by the lines of that file.
 * @throws InputError with file and line, by the name of what is refused; XmlError for what is no XML
 */
export function checkScripts(source: Uint8Array | string, file: string): void {
  for (const script of readXml(source, file).children) {
    if (script.name !== 'install-script') continue;
    const template = script.children.find(({ name }) => name === 'template');
    const [sheet] = template?.children ?? [];
    if (sheet) checkSheet(sheet, file);
  }
}

function checkSheet(sheet: XmlElement, file: string): void {
  const fail = (element: XmlElement, message: string): never => {
    throw new InputError('template', `${message}; an install script's template only rewrites its document`, {
      file,
      line: element.line,
    });
  };
  if (sheet.namespace !== XSL || (sheet.name !== 'stylesheet' && sheet.name !== 'transform')) {
    fail(sheet, `<${nameOf(sheet)}> is no stylesheet`);
  }
  const pending: XmlElement[] = [sheet];
  for (let element = pending.pop(); element; element = pending.pop()) {
    if (element.namespace === XSL && !allowed.has(element.name)) fail(element, `<${nameOf(element)}> is refused`);
    for (const [name, value] of element.attrs) {
      if (/(?:^|:)extension-element-prefixes$/.test(name)) fail(element, `${name} is refused`);
      if (name.startsWith('xmlns')) continue;
      const called = refusedCall(value);
      if (called !== undefined) fail(element, `${called}() in ${name} is refused`);
    }
    pending.push(...element.children);
  }
}

const nameOf = ({ prefix, name }: XmlElement): string => (prefix === '' ? name : `${prefix}:${name}`);

/** The first function of an expression that a template may not call. Text between quotes is no call. */
function refusedCall(expression: string): string | undefined {
  const bare = expression.replace(/"[^"]*"|'[^']*'/g, "''");
  const call = /(?:^|[^\w.-])(document|unparsed-entity-uri|[A-Za-z_][\w.-]*:[A-Za-z_][\w.-]*)\s*\(/.exec(bare);
  return call?.[1];
}
