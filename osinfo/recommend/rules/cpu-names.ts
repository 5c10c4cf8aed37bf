// SPDX-License-Identifier: Apache-2.0
import { hostDomain, onKvm } from '../conditions.js';
import type { Context } from '../context.js';
import { compareLevels, levelOfModel, x86Levels } from '../host/cpu-levels.js';

/** The oldest named model of each level that processors of either maker can be. */
const common: Readonly<Record<string, string>> = { 'x86-64-v1': 'Penryn', 'x86-64-v2': 'Nehalem' };

/** Levels by which Proxmox names processors; it has no v1. */
const proxmox: Readonly<Record<string, string>> = {
  'x86-64-v1': 'x86-64-v2-AES',
  'x86-64-v2': 'x86-64-v2-AES',
  'x86-64-v3': 'x86-64-v3',
  'x86-64-v4': 'x86-64-v4',
};

/** Best first where several reach a level: the plain model before one with a suffix, the makers' oldest before newer. */
const ranked = [
  ...['Nehalem', 'Westmere', 'SandyBridge', 'IvyBridge', 'Opteron_G4', 'Opteron_G5'],
  ...['Haswell-noTSX', 'Haswell', 'Broadwell-noTSX', 'Broadwell', 'EPYC', 'EPYC-Rome', 'EPYC-Milan', 'Dhyana'],
  ...['Skylake-Client-noTSX-IBRS', 'Skylake-Client-IBRS', 'Skylake-Client'],
  ...['Skylake-Server-noTSX-IBRS', 'Skylake-Server-IBRS', 'Skylake-Server', 'Cascadelake-Server-noTSX'],
  ...['Cascadelake-Server', 'Icelake-Server-noTSX', 'Icelake-Server', 'Cooperlake'],
  ...['SapphireRapids', 'EPYC-Genoa', 'GraniteRapids', 'EPYC-Turin', 'Penryn', 'core2duo', 'kvm64', 'qemu64'],
];

export const isProxmox = ({ platform }: Context): boolean => platform.id.startsWith('http://proxmox.com/');

/** The level to give where machines are to move between hosts: what is needed, and no less than the hosts of 2009 have. */
export function portableLevel(context: Context): string {
  const needed = context.chosen('cpu.baseline');
  const known = x86Levels.find((level) => level === needed) ?? 'x86-64-v1';
  return known === 'x86-64-v1' ? 'x86-64-v2' : known;
}

/** The least of the named models that reaches a level and that the host can be; undefined where none is known to. */
export function modelFor(context: Context, level: string): string | undefined {
  if (isProxmox(context)) return proxmox[level];
  const told = hostDomain(context)?.cpu?.models;
  if (!told || told.length === 0) return onKvm(context).holds ? common[level] : undefined;
  const usable = new Set(told.filter((model) => model.usable !== false).map(({ name }) => name));
  return ranked
    .filter((name) => usable.has(name))
    .map((name) => ({ name, above: compareLevels(levelOfModel(name) ?? '', level) }))
    .filter((one): one is { name: string; above: number } => one.above !== undefined && one.above >= 0)
    .sort((a, b) => a.above - b.above)[0]?.name;
}
