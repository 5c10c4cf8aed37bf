// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { Deb } from './debs.js';
import { program } from './program.js';
import { buildPackages } from './repository.js';

/** What a converted package has beside its files: no script of Debian's is carried over. */
export interface Addition {
  readonly requires?: readonly string[];
  readonly provides?: readonly string[];
  /** By path, with what they point at. */
  readonly links?: Readonly<Record<string, string>>;
  /** Sections of a spec, each with its first line complete. */
  readonly scripts?: string;
}

interface Conversion {
  readonly debs: readonly Deb[];
  /** By the names of the packages. */
  readonly files: ReadonlyMap<string, string>;
  readonly additions: Readonly<Record<string, Addition>>;
  /** Names that are not asked for, though Debian's package does: they would make circles. */
  readonly notRequired: Readonly<Record<string, readonly string[]>>;
  /** Folders that the package `filesystem` owns. */
  readonly shared: ReadonlySet<string>;
}

/** Nothing that a started system reads, and half of all files. */
const LEFT_OUT = ['doc', 'man', 'info', 'locale', 'lintian', 'bug', 'bash-completion', 'zsh', 'doc-base', 'menu'].map(
  (name) => `/usr/share/${name}`,
);

/** Folders that are links in a system whose `/usr` is merged. */
const MOVED = /^\/(?=(?:bin|sbin|lib|lib64)(?:\/|$))/;

/** An entry of a Debian package where it lies when `/usr` is merged. */
interface Entry {
  readonly path: string;
  readonly kind: 'folder' | 'link' | 'file';
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  /** As the package has it, for links. */
  readonly target?: string;
  /** As the package has it. */
  readonly original: string;
}

/** Makes rpm packages of Debian packages in `folder/repository`, of the same names, versions, owners and modes. */
export async function convertDebs(folder: string, conversion: Conversion): Promise<void> {
  const root = join(folder, 'converted');
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
  const names = new Set(conversion.debs.map(({ name }) => name));
  const parts = ['Name: converted\nVersion: 1\nRelease: 1\nSummary: Converted\nLicense: Various\nBuildArch: x86_64\n'];
  parts.push('%description\nNot a package that is made.\n');
  for (const deb of conversion.debs) {
    const entries = await unpack(conversion.files.get(deb.name)!, root);
    const links = Object.entries(conversion.additions[deb.name]?.links ?? {});
    for (const [path, target] of links) symlinkSync(target, join(root, path));
    const files = [
      ...entries.filter(({ path }) => !conversion.shared.has(path)).map(fileLine),
      ...links.map(([path]) => `%attr(-,root,root) ${path}`),
    ];
    parts.push(packageSection(deb, names, conversion), `%files -n ${deb.name}\n${[...new Set(files)].join('\n')}\n`);
  }
  const spec = join(folder, 'converted.spec');
  writeFileSync(spec, parts.join('\n'));
  await buildPackages(
    spec,
    folder,
    { __spec_install_pre: '%{nil}', __spec_clean_pre: ':', _unpackaged_files_terminate_build: '0' },
    root,
  );
  rmSync(root, { recursive: true, force: true });
}

/** Unpacks into a tree whose folders are links already, and mends the links that leave them. */
async function unpack(file: string, root: string): Promise<Entry[]> {
  const text = await program(['dpkg-deb', '-c', file]);
  const all = text.split('\n').flatMap((line) => parseEntry(line) ?? []);
  const wanted = all.filter(({ path }) => !LEFT_OUT.some((one) => path === one || path.startsWith(`${one}/`)));
  // `[` would be read as a pattern in a list of files; a link from /bin to the same name in /usr/bin would be one to itself.
  const isKept = (entry: Entry): boolean =>
    !/[[\]*?]/.test(entry.path) && (entry.kind !== 'link' || merged(absolute(entry)) !== entry.path);
  const entries = wanted.filter(isKept);
  const others = wanted.filter((entry) => !isKept(entry)).map(({ original }) => original);
  await program([
    'sh',
    '-c',
    'file=$1; shift; dpkg-deb --fsys-tarfile "$file" | tar -x --keep-directory-symlink --no-wildcards --anchored "$@"',
    'sh',
    file,
    `--directory=${root}`,
    ...[...LEFT_OUT, ...others].map((path) => `--exclude=.${path}`),
  ]);
  for (const entry of entries) {
    if (entry.kind !== 'link' || entry.path === entry.original || !entry.target!.startsWith('../')) continue;
    const place = join(root, entry.path);
    const target = posix.relative(dirname(entry.path), merged(absolute(entry)));
    if (readlinkSync(place) === target) continue;
    rmSync(place);
    symlinkSync(target, place);
  }
  return entries;
}

/** A line of `dpkg-deb -c`: `-rwxr-xr-x root/root 123 2024-01-02 03:04 ./path -> target`. */
function parseEntry(line: string): Entry | undefined {
  const match = /^([-dlh])(\S{9}) ([^/]+)\/(\S+) +\d+ \S+ \S+ \.(\/.*)$/.exec(line);
  if (!match) return undefined;
  const [, type, bits, owner, group, rest] = match as unknown as [string, string, string, string, string, string];
  const [name, target] = (rest.split(' link to ')[0] ?? '').split(' -> ') as [string, string?];
  const original = name.replace(/(?<=.)\/$/, '').replaceAll('\\\\', '\\');
  if (original === '/') return undefined;
  return {
    path: merged(original),
    original,
    kind: type === 'd' ? 'folder' : type === 'l' ? 'link' : 'file',
    mode: octal(bits),
    owner,
    group,
    ...(target === undefined ? {} : { target }),
  };
}

const merged = (path: string): string => path.replace(MOVED, '/usr/');
const absolute = ({ original, target }: Entry): string => posix.resolve(dirname(original), target!);

/** `rwsr-xr-x` as `4755`. */
function octal(bits: string): string {
  const digit = (at: number): number =>
    (bits[at] === 'r' ? 4 : 0) + (bits[at + 1] === 'w' ? 2 : 0) + (/[xst]/.test(bits[at + 2]!) ? 1 : 0);
  const special = [2, 5, 8].reduce((sum, at, index) => sum + (/[sStT]/.test(bits[at]!) ? 4 >> index : 0), 0);
  return `${special}${digit(0)}${digit(3)}${digit(6)}`;
}

function fileLine({ path, kind, mode, owner, group }: Entry): string {
  const name = `"${path}"`;
  if (kind === 'folder') return `%dir %attr(${mode},${owner},${group}) ${name}`;
  if (kind === 'link') return `%attr(-,root,root) ${name}`;
  return `${path.startsWith('/etc/') ? '%config(noreplace) ' : ''}%attr(${mode},${owner},${group}) ${name}`;
}

function packageSection({ name, version, depends }: Deb, names: ReadonlySet<string>, conversion: Conversion): string {
  const [, epoch, upstream, revision] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(version)!;
  const addition = conversion.additions[name] ?? {};
  const unasked = conversion.notRequired[name] ?? [];
  const required = depends.flatMap((choice) => choice.find((one) => names.has(one) && !unasked.includes(one)) ?? []);
  return [
    `%package -n ${name}`,
    `Version: ${upstream!.replaceAll('-', '_')}`,
    `Release: ${revision ?? '0'}`,
    ...(epoch === undefined ? [] : [`Epoch: ${epoch}`]),
    `Summary: Debian's ${name}`,
    'AutoReqProv: no',
    'Requires(pre): filesystem',
    ...[...new Set(required)].map((one) => `Requires: ${one}`),
    ...(addition.requires ?? []).map((one) => `Requires(pre,post): ${one}`),
    ...(addition.provides ?? []).map((one) => `Provides: ${one}`),
    `%description -n ${name}`,
    `Debian's ${name}.`,
    '',
    addition.scripts ?? '',
  ].join('\n');
}
