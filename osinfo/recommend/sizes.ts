// SPDX-License-Identifier: Apache-2.0
import { saidBy } from './conditions.js';
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

/** What the OS's entry, or one it descends from, says for the architecture; undefined where nothing is said. */
export function sizeOf(context: Context, kind: SizeKind, key: SizeKey): Size | undefined {
  const answer = context.resources[kind][key];
  // A minimum that stands in for what is recommended is not a recommendation: there is a rule for that.
  if (!answer || (kind === 'recommended' && answer.how.includes('from-minimum'))) return undefined;
  const raised = answer.how.includes('raised-to-minimum') ? 'minimum, above what is recommended' : kind;
  return {
    value: answer.value,
    fact: saidBy(context.osKnows, answer, `has ${units[key](answer.value)} as its ${raised}`),
  };
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
