// SPDX-License-Identifier: Apache-2.0

/** A package as the system's own database tells of it. What the database does not say is left out. */
export interface InstalledPackage {
  readonly name: string;
  /** As the package manager writes it: with an epoch and a revision. */
  readonly version: string;
  readonly arch: string;
  /** What it was built from: Debian's source package, or the name of the source rpm. */
  readonly source?: { readonly name: string; readonly version?: string };
  /** `Name <address>`, or a name alone: the maintainer of a deb, the vendor of an rpm. */
  readonly supplier?: string;
  readonly homepage?: string;
  /** Statements in the words of whoever packaged it, all of which apply: of an rpm one, of a deb one for each group of files. */
  readonly licences?: readonly string[];
  /** The packages that it needs, by `packageKey`, in order. */
  readonly dependsOn?: readonly string[];
}

/** A name for one package of a system: the same name can be there for two architectures. */
export function packageKey({ name, arch }: Pick<InstalledPackage, 'name' | 'arch'>): string {
  return `${name}:${arch}`;
}

/** By name, architecture and version, in code units: the same order in every locale. */
export function byPackage(a: InstalledPackage, b: InstalledPackage): number {
  return compare(a.name, b.name) || compare(a.arch, b.arch) || compare(a.version, b.version);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
