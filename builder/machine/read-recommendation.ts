// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';

type Kind = 'word' | 'words' | 'flag' | 'number';

/** The fields that a command line of QEMU is made of, and that every recommendation has. */
const NEEDED: readonly (readonly [string, Kind])[] = [
  ['arch', 'word'],
  ['virt', 'word'],
  ['machine.family', 'word'],
  ['machine.pcie', 'flag'],
  ['firmware.type', 'word'],
  ['firmware.secureBoot', 'flag'],
  ['firmware.smm', 'flag'],
  ['cpu.mode', 'word'],
  ['cpu.count', 'number'],
  ['cpu.topology.sockets', 'number'],
  ['cpu.topology.cores', 'number'],
  ['cpu.topology.threads', 'number'],
  ['memoryBytes', 'number'],
  ['disk.bus', 'word'],
  ['disk.discard', 'flag'],
  ['disk.detectZeroes', 'flag'],
  ['disk.cache', 'word'],
  ['disk.iothread', 'flag'],
  ['cdrom.bus', 'word'],
  ['nic.model', 'word'],
  ['video.model', 'word'],
  ['graphics.type', 'word'],
  ['rng', 'flag'],
  ['balloon', 'flag'],
  ['serialConsole', 'flag'],
  ['clock.offset', 'word'],
  ['channels', 'words'],
  ['boot', 'words'],
  ['hyperv', 'words'],
];

/** Lists of records that are walked. */
const LISTS = ['clock.timers', 'inputs', 'why', 'warnings', 'notes'];

/** Nothing that QEMU would split, or take for an option. */
const WORD = /^[A-Za-z0-9][\w.:+-]{0,99}$/;

/** Parts that are for people, and reach no command line; neither does a `device`, which is an address. */
const TEXTS: ReadonlySet<string> = new Set(['why', 'warnings', 'notes', 'os', 'platform', 'guestAgent']);

/**
 * The recommendation in a file that may be a stranger's: everything that becomes a word of a command line is one, and
 * what is needed is there.
 * @param file what errors call it
 * @throws InputError for the first field that is not what it has to be
 */
export function readRecommendation(value: unknown, file: string): Recommendation {
  const fail = (path: string): InputError =>
    new InputError('recommendation', `the recommendation has no usable ${path}; build the appliance again`, { file });
  for (const [path, kind] of NEEDED) if (!isKind(at(value, path), kind)) throw fail(path);
  for (const path of LISTS) if (!Array.isArray(at(value, path))) throw fail(path);
  const wrong = findOddWord(value, '', 0);
  if (wrong !== undefined) throw fail(wrong);
  return value as Recommendation;
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((found, key) => (hasFields(found) ? found[key] : undefined), value);
}

function isKind(value: unknown, kind: Kind): boolean {
  if (kind === 'flag') return typeof value === 'boolean';
  if (kind === 'number') return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
  if (kind === 'word') return typeof value === 'string';
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** An array has them too: what is in a list is looked at as well, which is not so where others ask for a record. */
function hasFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function findOddWord(value: unknown, path: string, depth: number): string | undefined {
  if (typeof value === 'string') return WORD.test(value) ? undefined : path;
  if (!hasFields(value)) return undefined;
  if (depth > 8) return path;
  for (const [key, inner] of Object.entries(value)) {
    if (depth === 0 ? TEXTS.has(key) || key === 'format' : key === 'device') continue;
    const found = findOddWord(inner, path === '' ? key : `${path}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
