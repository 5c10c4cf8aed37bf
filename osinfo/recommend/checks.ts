// SPDX-License-Identifier: Apache-2.0
import { namedArchs } from './archs.js';
import { osFact, saidBy } from './conditions.js';
import type { Context } from './context.js';
import { sayFact } from './contradiction.js';
import { checkCpu } from './rules/cpu-check.js';
import { osRefuses } from './rules/firmware.js';
import { saidSecureBoot } from './rules/secure-boot.js';
import { checkTpm } from './rules/tpm.js';
import { type Size, type SizeKey, showBytes, sizeOf } from './sizes.js';
import type { DecisionFact } from './types.js';

/**
 * What no single decision sees.
 * @throws InputError for the first contradiction
 */
export function findContradictions(context: Context): void {
  checkCpu(context);
  checkTpm(context);
}

/** What the caller chose against what is known; a sentence each. */
export function findWarnings(context: Context): string[] {
  return [
    ...context.warnings,
    ...archWarnings(context),
    ...firmwareWarnings(context),
    ...sizeWarnings(context, 'ramBytes', context.chosen('memoryBytes'), showBytes),
    ...sizeWarnings(context, 'nCpus', context.chosen('cpu.count'), (count) => `${count} CPUs`),
    ...sizeWarnings(context, 'storageBytes', context.chosen('storageBytes'), showBytes),
  ];
}

function archWarnings({ os, osKnows, arch }: Context): string[] {
  const named = namedArchs(os);
  if (named.size === 0 || named.has(arch)) return [];
  // A 64-bit PC starts everything that a 32-bit PC does.
  if (arch === 'x86_64' && named.has('i686')) return [];
  return [`nothing in the database is ${osKnows.name} for ${arch}: it has ${[...named].join(', ')}`];
}

function firmwareWarnings(context: Context): string[] {
  const warnings: string[] = [];
  const type = context.chosen('firmware.type');
  const refused = type === 'none' ? undefined : osRefuses(type)(context);
  if (refused?.holds) warnings.push(`${type} was asked for, but ${sayFact(refused.facts[0]!)}`);
  const secureBoot = osFact(context, 'secure-boot');
  const state = secureBoot?.attributes.state;
  if (secureBoot && state) {
    const said = sayFact(saidSecureBoot(context, secureBoot));
    const on = context.chosen('firmware.secureBoot');
    if (on && state === 'refuses') warnings.push(`Secure Boot was asked for, but ${said}`);
    if (!on && state === 'required') warnings.push(`Secure Boot is off, but ${said}`);
  }
  const tpm = osFact(context, 'tpm');
  if (tpm?.attributes.state === 'required' && context.chosen('tpm') === undefined) {
    warnings.push(`the machine has no TPM, but ${sayFact(saidBy(context.osKnows, tpm, 'requires one'))}`);
  }
  return warnings;
}

function sizeWarnings(context: Context, key: SizeKey, value: number, show: (value: number) => string): string[] {
  const minimum = sizeOf(context, 'minimum', key);
  const warnings: string[] = [];
  if (minimum && value < minimum.value)
    warnings.push(`${show(value)} is less than the minimum: ${sayFact(minimum.fact)}`);
  const limit = limitOf(context, key);
  if (limit && value > limit.value) warnings.push(`${show(value)} is more than it can use: ${sayFact(limit.fact)}`);
  return warnings;
}

/** The most that the OS can use: the least of what its entry, its family and its architecture say. */
function limitOf(context: Context, key: SizeKey): Size | undefined {
  const limits: (Size | undefined)[] = [sizeOf(context, 'maximum', key), factLimit(context, key)];
  if (key === 'ramBytes') {
    const { memoryLimitBytes } = context.era.traits;
    if (memoryLimitBytes !== undefined) {
      const text = `family default: ${context.era.name} starts with at most ${showBytes(memoryLimitBytes)}`;
      limits.push({ value: memoryLimitBytes, fact: { text } });
    }
    if (context.arch === 'i686') limits.push({ value: paeBytes, fact: paeFact });
  }
  return limits.filter((limit) => limit !== undefined).sort((a, b) => a.value - b.value)[0];
}

const paeBytes = 64 * 1024 ** 3;
const paeFact: DecisionFact = { text: 'a 32-bit PC addresses at most 64 GiB' };

function factLimit(context: Context, key: SizeKey): Size | undefined {
  const fact = osFact(context, 'limits');
  const value = Number(fact?.attributes[key === 'ramBytes' ? 'ram' : 'n-cpus'] ?? Number.NaN);
  if (!fact || key === 'storageBytes' || !Number.isFinite(value)) return undefined;
  const shown = key === 'ramBytes' ? showBytes(value) : `${value} CPUs`;
  return { value, fact: saidBy(context.osKnows, fact, `uses at most ${shown}`) };
}
