// SPDX-License-Identifier: Apache-2.0
import type { Db, Os } from '../../model/types.js';
import type { OsEvidence } from './layouts/types.js';

/** An operating system that a tree's layout speaks for, though no entry of the database describes such a tree. */
export interface EvidencedOs {
  readonly os: Os;
  readonly why: string;
}

/**
 * The operating system of a distribution whose version (`12.5`, or else `12`), or else code name, is what the tree says;
 * for a tree without either, the one of its distribution that has no versions. Undefined where there is none.
 */
export function osByEvidence(db: Db, evidence: OsEvidence): EvidencedOs | undefined {
  const oses = db.oses({ distro: evidence.distro });
  const { version, codename, why } = evidence;
  const answer = (found: readonly Os[], rule: string): EvidencedOs | undefined => {
    const os = [...found].sort(plainestFirst(evidence.distro))[0];
    return os && { os, why: `${why}; ${rule}` };
  };
  for (const one of versionAndShorter(version)) {
    const found = answer(
      oses.filter((os) => os.version?.toLowerCase() === one),
      `the operating system of distro ${evidence.distro} and version ${one}`,
    );
    if (found !== undefined) return found;
  }
  if (codename !== undefined) {
    const word = codename.toLowerCase();
    const found = answer(
      oses.filter((os) => os.codename !== undefined && isNameOf(word, os.codename.toLowerCase())),
      `the operating system of distro ${evidence.distro} and code name ${codename}`,
    );
    if (found !== undefined) return found;
  }
  if (version !== undefined || codename !== undefined) return undefined;
  return answer(
    oses.filter((os) => os.version === undefined),
    `the operating system of distro ${evidence.distro}, which has no versions`,
  );
}

/** `12.5.0` → `12.5.0`, `12.5`, `12`. */
function versionAndShorter(version: string | undefined): readonly string[] {
  if (version === undefined) return [];
  const parts = version.toLowerCase().split('.').slice(0, 4);
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
}

const isNameOf = (word: string, codename: string): boolean => codename === word || codename.split(' ')[0] === word;

/** Some distributions have several of one version (`centos8`, `centos-stream8`): the one named by nothing else first. */
function plainestFirst(distro: string): (a: Os, b: Os) => number {
  const extra = (os: Os): number => {
    const name = os.shortId ?? os.id;
    return name.startsWith(distro) && /^\d/.test(name.slice(distro.length)) ? 0 : 1;
  };
  return (a, b) => extra(a) - extra(b) || (a.id < b.id ? -1 : 1);
}
