// SPDX-License-Identifier: Apache-2.0
import type { Context } from './context.js';
import type { DecisionFact } from './types.js';

export type SizeKind = 'minimum' | 'recommended' | 'maximum';
export type SizeKey = 'ramBytes' | 'nCpus' | 'storageBytes';

/** A number that the OS's entry, or one that it descends from, says. */
export interface Size {
  readonly value: number;
  readonly fact: DecisionFact;
}

const units: Readonly<Record<SizeKey, (value: number) => string>> = {
  ramBytes: (value) => `${showBytes(value)} of memory`,
  nCpus: (value) => (value === 1 ? '1 CPU' : `${value} CPUs`),
  storageBytes: (value) => `${showBytes(value)} of disk`,
};

/** The number for the architecture, else for all; undefined where nothing is said. */
export function sizeOf(context: Context, kind: SizeKind, key: SizeKey): Size | undefined {
  const lists = context.os.resources[kind];
  const said =
    lists.find((one) => one.arch === context.arch && one[key] !== undefined) ??
    lists.find((one) => one.arch === 'all' && one[key] !== undefined);
  const value = said?.[key];
  if (!said || value === undefined) return undefined;
  const text = `${context.osKnows.name}: ${units[key](value)} ${kind}`;
  return { value, fact: { text, at: `${said.origin.file}:${said.origin.line}` } };
}

const KiB = 1024;

/** Binary units, with one decimal where it is not whole: `512 MiB`, `1.5 GiB`. */
export function showBytes(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= KiB && unit < names.length - 1) {
    value /= KiB;
    unit += 1;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${names[unit]}`;
}
