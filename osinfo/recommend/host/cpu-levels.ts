// SPDX-License-Identifier: Apache-2.0

/** The levels of x86-64 (psABI of AMD64), from the least to the greatest. */
export const x86Levels: readonly string[] = ['x86-64-v1', 'x86-64-v2', 'x86-64-v3', 'x86-64-v4'];

/**
 * QEMU's named processors by the level that they reach, measured from their features in QEMU 7.2; the four of the last
 * line are younger and by their makers' documents. A suffix (`-IBRS`, `-noTSX`, `-v2`) takes nothing away that a level asks for.
 */
const models: readonly (readonly [number, readonly string[]])[] = [
  [
    1,
    ['qemu64', 'qemu32', 'phenom', 'pentium3', 'pentium2', 'pentium', 'n270', 'kvm64', 'kvm32', 'coreduo', 'core2duo'],
  ],
  [1, ['athlon', 'Penryn', 'Opteron_G3', 'Opteron_G2', 'Opteron_G1', 'Conroe', '486']],
  [2, ['Westmere', 'Snowridge', 'SandyBridge', 'Opteron_G5', 'Opteron_G4', 'Nehalem', 'IvyBridge', 'Denverton']],
  [3, ['Skylake-Client', 'KnightsMill', 'Haswell', 'Broadwell', 'EPYC', 'EPYC-Rome', 'EPYC-Milan', 'Dhyana']],
  [4, ['Skylake-Server', 'Icelake-Server', 'Cooperlake', 'Cascadelake-Server']],
  [4, ['SapphireRapids', 'GraniteRapids', 'EPYC-Genoa', 'EPYC-Turin']],
];

const levelByModel: ReadonlyMap<string, number> = new Map(
  models.flatMap(([level, names]) => names.map((name) => [name, level] as const)),
);

/** What each level asks for beyond the one below it, by libvirt's and QEMU's names; alternatives stand together. */
const asks: readonly (readonly (readonly string[])[])[] = [
  [['cmov'], ['cx8'], ['fxsr'], ['mmx'], ['sse'], ['sse2'], ['syscall'], ['lm']],
  [['cx16'], ['lahf_lm', 'lahf-lm'], ['popcnt'], ['pni', 'sse3'], ['sse4.1'], ['sse4.2'], ['ssse3']],
  [['avx'], ['avx2'], ['bmi1'], ['bmi2'], ['f16c'], ['fma'], ['abm', 'lzcnt'], ['movbe'], ['xsave']],
  [['avx512f'], ['avx512bw'], ['avx512cd'], ['avx512dq'], ['avx512vl']],
];

const nameOf = (level: number): string | undefined => x86Levels[level - 1];

/** The level of one of QEMU's or libvirt's named processors; undefined for a name that is not known. */
export function levelOfModel(model: string): string | undefined {
  for (let name = model; name !== ''; name = name.slice(0, Math.max(name.lastIndexOf('-'), 0))) {
    const level = levelByModel.get(name);
    if (level !== undefined) return nameOf(level);
  }
  // Proxmox and others name a processor by its level.
  return x86Levels.find((level) => model === level || model.startsWith(`${level}-`));
}

/** The level of a named processor of which some features are switched off. */
export function levelWithout(model: string, off: ReadonlySet<string>): string | undefined {
  const named = levelOfModel(model);
  if (named === undefined) return undefined;
  const reach = x86Levels.indexOf(named) + 1;
  const lost = asks.findIndex((features) => features.some((names) => names.some((name) => off.has(name))));
  return nameOf(lost < 0 ? reach : Math.max(Math.min(reach, lost), 1));
}

/** The level that a list of features reaches; undefined where it is no 64-bit processor. */
export function levelOfFeatures(has: (feature: string) => boolean): string | undefined {
  const missing = asks.findIndex((features) => features.some((names) => !names.some(has)));
  return nameOf(missing < 0 ? asks.length : missing);
}

/** Negative where the first is the lesser; undefined where one of them is no level. */
export function compareLevels(a: string, b: string): number | undefined {
  const [one, other] = [a, b].map((name) => x86Levels.indexOf(name));
  return one === -1 || other === -1 ? undefined : one! - other!;
}
