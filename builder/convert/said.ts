// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { XmlElement } from '../../osinfo/xml/read.js';
import type { LostFact, Said } from './types.js';

/** More disks, drives or cards than any machine has are a mistake, or no friend's file. */
const MOST_DEVICES = 64;

/** A field with what was said of it, or nothing to spread where nothing was. */
export function field<K extends string, T>(
  key: K,
  value: T | undefined,
  line: number,
): { readonly [P in K]?: Said<T> } {
  return value === undefined ? {} : ({ [key]: { value, line } } as { [P in K]?: Said<T> });
}

/** A value that may be missing, to spread. */
export function maybe<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: T });
}

/** The trimmed text of an element; undefined for none. */
export function textOf(element: XmlElement | undefined): string | undefined {
  const text = element?.text.trim();
  return text === undefined || text === '' ? undefined : text;
}

/** All child elements of a name, whatever their namespace. */
export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** An attribute by its local name. */
export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  if (element === undefined) return undefined;
  const plain = element.attrs.get(name);
  if (plain !== undefined) return plain;
  for (const [key, value] of element.attrs) if (key.endsWith(`:${name}`) && !key.startsWith('xmlns')) return value;
  return undefined;
}

/** What a stranger wrote, as it may stand in a message: one line, not too long. */
export function quoted(text: string): string {
  return JSON.stringify(text.replace(/\s+/g, ' ').slice(0, 120));
}

/** @throws InputError with file:line for more devices than are believed */
export function refuseTooMany(devices: readonly { readonly line: number }[], what: string, file: string): void {
  if (devices.length <= MOST_DEVICES) return;
  throw new InputError('convert-many', `there are more than ${MOST_DEVICES} ${what}; no machine has so many`, {
    file,
    line: devices[MOST_DEVICES]!.line,
  });
}

/** A list that facts which nobody carries are written into, in the order of the document. */
export class Losses {
  private readonly facts: LostFact[] = [];

  add(line: number, text: string): void {
    this.facts.push({ line, text });
  }

  /** What a person should know, as a sentence. */
  note(line: number, text: string): void {
    this.facts.push({ line, text, note: true });
  }

  addAll(facts: readonly LostFact[]): void {
    this.facts.push(...facts);
  }

  get all(): readonly LostFact[] {
    return this.facts.toSorted((a, b) => a.line - b.line);
  }
}
