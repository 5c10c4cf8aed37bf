// SPDX-License-Identifier: Apache-2.0

/** Names of one architecture, the one that the database mostly writes first. */
const names: readonly (readonly string[])[] = [
  ['x86_64', 'amd64', 'x64', 'x86-64', 'x86_64_v2', 'x86_64_v3', 'x86_64_v4'],
  ['i686', 'i386', 'i486', 'i586', 'x86', 'ia32'],
  ['aarch64', 'arm64'],
  ['armv7l', 'armhfp', 'armhf', 'armv7', 'armv7hl'],
  ['armv6l', 'armv6', 'armv6hl'],
  ['armel', 'armv5tel', 'armv5'],
  ['ppc64le', 'ppc64el', 'powerpc64le'],
  ['ppc64', 'powerpc64'],
  ['ppc', 'powerpc'],
  ['s390x', 'system-z'],
  ['riscv64', 'riscv64gc'],
  ['loongarch64', 'loong64'],
  ['mips64el', 'mips64le'],
  ['mipsel', 'mipsle'],
  ['sparc64', 'sun4u'],
  ['hppa', 'parisc'],
];

const groups: ReadonlyMap<string, readonly string[]> = new Map(
  names.flatMap((group) => group.map((name) => [name, group] as const)),
);

/** All names of an architecture, the given one first. */
export function archNames(arch: string): readonly string[] {
  const group = groups.get(arch) ?? groups.get(arch.toLowerCase()) ?? [];
  return [arch, ...group.filter((name) => name !== arch)];
}

/** Whether two names are of one architecture. */
export function sameArch(a: string, b: string): boolean {
  return a === b || commonArch(a) === commonArch(b);
}

/** The name that stands for all of them; a name that is not known stands for itself. */
export function commonArch(arch: string): string {
  return knownArch(arch) ?? arch;
}

/** The name that stands for all of them; undefined for what is no architecture that is known. */
export function knownArch(arch: string): string | undefined {
  return (groups.get(arch) ?? groups.get(arch.toLowerCase()))?.[0];
}

/** Where what was read does not tell the architecture: what is most asked for comes first. */
export function archRank(arch: string | undefined): number {
  const position = names.findIndex(([first]) => arch !== undefined && first === commonArch(arch));
  return position < 0 ? names.length : position;
}

/** An architecture that is named in any of the texts, as a word of its own. */
export function archInText(texts: readonly (string | undefined)[]): string | undefined {
  for (const text of texts) {
    const words = (text ?? '').slice(0, 1_000).toLowerCase();
    // Longer names first: x86_64 has x86 in it.
    for (const name of byLength) {
      for (let at = words.indexOf(name); at >= 0; at = words.indexOf(name, at + 1)) {
        if (!/[a-z0-9]/.test(words[at - 1] ?? '') && !/[a-z0-9]/.test(words[at + name.length] ?? '')) return name;
      }
    }
  }
  return undefined;
}

const byLength = names.flat().sort((a, b) => b.length - a.length);
