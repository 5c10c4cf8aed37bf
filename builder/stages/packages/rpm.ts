// SPDX-License-Identifier: Apache-2.0
import { byPackage, type InstalledPackage, packageKey } from './types.js';

/** Between fields, between the values of one, and after a package: none of these is in a name or a version. */
const FIELD = '\t';
const VALUE = '\v';
const END = '\f\n';

/** Words of rpm's query format (rpm(8)), in the order in which `parseRpmList` takes them. */
const FIELDS = [
  '%{NAME}',
  '%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}',
  '%{ARCH}',
  '%|SOURCERPM?{%{SOURCERPM}}|',
  '%|VENDOR?{%{VENDOR}}|',
  '%|URL?{%{URL}}|',
  '%|LICENSE?{%{LICENSE}}|',
  '[%{REQUIRENAME}\\v]',
  '[%{PROVIDENAME}\\v]',
];

/** One package after the other, with all that is told of it. */
export const RPM_QUERY = `${FIELDS.join('\\t')}\\f\\n`;

/** A line for each package, and one for each of its files after it. */
export const RPM_FILES_QUERY = '%{NAME}\\t%{ARCH}\\n[%{FILENAMES}\\n]';

export interface RpmList {
  readonly packages: readonly InstalledPackage[];
  /** Files that packages need by path and that none provides by that name: `resolve` wants to know whose they are. */
  readonly wantedFiles: ReadonlySet<string>;
  /** The packages, with what they depend on. @param owners keys of packages by path */
  readonly resolve: (owners: ReadonlyMap<string, string>) => InstalledPackage[];
}

interface Entry extends InstalledPackage {
  readonly requires: readonly string[];
  readonly provides: readonly string[];
}

/**
 * Reads what `RPM_QUERY` printed. Keys of repositories stand among the packages as `gpg-pubkey`, without an
 * architecture. A text with the separators in it spoils the fields after it and nothing else.
 */
export function parseRpmList(text: string): RpmList {
  const entries = text.split(END).flatMap(parseEntry);
  const providers = new Map<string, string>();
  // Of two that provide the same the one whose name it is comes first, then the first in order.
  for (const one of entries.toSorted(byPackage)) {
    for (const name of one.provides) if (!providers.has(name)) providers.set(name, packageKey(one));
  }
  for (const one of entries.toSorted(byPackage).reverse()) providers.set(one.name, packageKey(one));
  const wantedFiles = new Set(
    entries.flatMap(({ requires }) => requires.filter((name) => name.startsWith('/') && !providers.has(name))),
  );
  const plain = ({ requires: _, provides: __, ...one }: Entry): InstalledPackage => one;
  return {
    packages: entries.map(plain).sort(byPackage),
    wantedFiles,
    resolve: (owners) =>
      entries
        .map((one) => {
          const keys = one.requires.flatMap((name) => providers.get(name) ?? owners.get(name) ?? []);
          const dependsOn = [...new Set(keys)].filter((key) => key !== packageKey(one)).sort();
          return dependsOn.length === 0 ? plain(one) : { ...plain(one), dependsOn };
        })
        .sort(byPackage),
  };
}

/**
 * Takes the lines of `RPM_FILES_QUERY` as they come and keeps whose the wanted files are. Before /usr was merged a file
 * was at the same path without it.
 */
export function fileOwners(wanted: ReadonlySet<string>): {
  readonly line: (line: string) => void;
  readonly owners: ReadonlyMap<string, string>;
} {
  const owners = new Map<string, string>();
  let key = '';
  return {
    owners,
    line: (line) => {
      if (!line.startsWith('/')) {
        const [name, arch] = line.split(FIELD);
        if (name !== undefined && arch !== undefined) key = packageKey({ name, arch });
        return;
      }
      for (const path of [line, line.replace(/^\/usr\//, '/'), `/usr${line}`]) {
        // Two may have the same file; the order in which rpm tells them is that of its database.
        if (wanted.has(path) && key < (owners.get(path) ?? '\u{ffff}')) owners.set(path, key);
      }
    },
  };
}

function parseEntry(record: string): Entry[] {
  const [name = '', version = '', arch = '', source = '', supplier = '', homepage = '', licence = '', needs, gives] =
    record.split(FIELD);
  if (name === '' || version === '' || arch === '' || name === 'gpg-pubkey') return [];
  const origin = sourceOf(source);
  return [
    {
      name,
      version,
      arch,
      ...(origin === undefined ? {} : { source: origin }),
      ...(supplier === '' ? {} : { supplier }),
      ...(homepage === '' ? {} : { homepage }),
      ...(licence === '' ? {} : { licences: [licence] }),
      requires: values(needs),
      provides: values(gives),
    },
  ];
}

/** `bash-5.2-1.src.rpm`. */
function sourceOf(file: string): InstalledPackage['source'] {
  const match = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(file);
  return match ? { name: match[1]!, version: match[2]! } : undefined;
}

function values(field: string | undefined): string[] {
  return [...new Set((field ?? '').split(VALUE))].filter((one) => one !== '' && one !== '(none)');
}
