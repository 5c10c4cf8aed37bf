// SPDX-License-Identifier: Apache-2.0
import type { DebFacts } from './os-facts.js';
import { bareName } from './package-name.js';
import type { PackagePlan } from './types.js';

/**
 * Releases whose essential packages want `usrmerge | usr-is-merged`. apt takes the first, which moves the files of a system
 * that is there and brings all of perl with it; Debian's own installer merges before, and has the second. Later releases
 * have the links in a package.
 */
const ASKS_WHICH: Readonly<Record<string, readonly string[]>> = { debian: ['12'] };

/** Folders of the root that are links to those of /usr, beside those of every architecture (usr-is-merged's own check). */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  amd64: ['lib32', 'lib64', 'libx32'],
  i386: ['lib64', 'libx32'],
  ppc64el: ['lib64'],
  s390x: ['lib32'],
};

/** Who asks for it has usrmerge all the same. */
const USRMERGE = 'usrmerge';

/**
 * The folders of the root that are made links to those of /usr before anything is installed; none where the packages see
 * to it.
 * @param arch dpkg's name of the architecture
 */
export function planUsrLinks(
  { distro, version = '' }: DebFacts,
  arch: string,
  packages: readonly PackagePlan[],
): readonly string[] {
  if (!ASKS_WHICH[distro]?.includes(version)) return [];
  if (packages.some(({ name }) => bareName(name) === USRMERGE)) return [];
  return ['bin', 'sbin', 'lib', ...(LIBRARIES[arch] ?? [])];
}
