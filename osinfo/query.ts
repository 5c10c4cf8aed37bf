// SPDX-License-Identifier: Apache-2.0
import type { Os, OsFilter } from './model/types.js';

/** The operating systems that fit every part of a filter. `idOf` turns a short id into an id. */
export function filterOses(oses: readonly Os[], filter: OsFilter, idOf: (name: string) => string): readonly Os[] {
  const { family, distro, vendor, supportsDevice, derivesFrom, supportedOn } = filter;
  const ancestor = derivesFrom === undefined ? undefined : idOf(derivesFrom);
  return oses.filter(
    (os) =>
      (family === undefined || os.family === family) &&
      (distro === undefined || os.distro === distro) &&
      (vendor === undefined || os.vendor === vendor) &&
      (supportedOn === undefined || isSupportedOn(os, supportedOn)) &&
      (ancestor === undefined || os.lineage.indexOf(ancestor) > 0) &&
      (supportsDevice === undefined || os.allDeviceLinks.some((link) => link.target === supportsDevice)),
  );
}

/** Released on or before a date and not past the end of life; a date that is missing does not exclude. */
export function isSupportedOn(os: Pick<Os, 'releaseDate' | 'eolDate'>, date: string): boolean {
  return (os.releaseDate === undefined || os.releaseDate <= date) && (os.eolDate === undefined || os.eolDate >= date);
}
