// SPDX-License-Identifier: Apache-2.0
import { byPackage, type InstalledPackage } from '../../stages/packages/types.js';

/** What is installed, for people, `diff` and `grep`: name, version and architecture, a package a line, in order of name. */
export function formatPackageList(packages: readonly InstalledPackage[]): string {
  return packages
    .toSorted(byPackage)
    .map(({ name, version, arch }) => `${[name, version, arch].join('\t')}\n`)
    .join('');
}
