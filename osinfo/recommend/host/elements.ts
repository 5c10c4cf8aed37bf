// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../errors.js';
import { readXml, type XmlElement } from '../../xml/read.js';

/**
 * Reads a document of libvirt's and checks what it is. A host with many emulators tells some thousand machines.
 * @throws XmlError for what is no XML, or too much of it
 * @throws InputError for another document, naming the command that makes the right one
 */
export function readLibvirtXml(source: Uint8Array | string, file: string, root: string, command: string): XmlElement {
  const element = readXml(source, file, { maxBytes: 8 * 1024 * 1024, maxElements: 100_000, maxDepth: 32 });
  if (element.name === root) return element;
  throw new InputError(
    'host-xml',
    `${file}:${element.line}: <${element.name}> was found where <${root}> was expected; write it with ${command}`,
  );
}

export const childrenOf = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((one) => one.name === name) ?? [];

/** The element at the end of a path of names. */
export function at(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((one, name) => one?.child(name), element);
}

/** Text without the white space around it; undefined where there is none. */
export function textOf(element: XmlElement | undefined): string | undefined {
  const text = element?.text.trim();
  return text === '' ? undefined : text;
}

/** A whole number above zero that an attribute says. */
export function numberOf(element: XmlElement | undefined, attribute: string): number | undefined {
  const text = element?.attrs.get(attribute) ?? '';
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

const unitBytes: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Bytes of a number with one of libvirt's units, KiB where it has none. */
export function bytesOf(value: number | undefined, unit: string | undefined): number | undefined {
  const factor = unitBytes[unit ?? 'KiB'];
  const bytes = value === undefined || factor === undefined ? undefined : value * factor;
  return bytes !== undefined && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** An object without what is undefined. */
export function present<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
}
