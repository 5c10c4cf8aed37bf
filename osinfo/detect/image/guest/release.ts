// SPDX-License-Identifier: Apache-2.0
import type { Tree } from '../filesystems/tree.js';
import type { GuestInspection } from '../types.js';
import { parseOsRelease } from './os-release.js';
import { linesOf, printable } from './text.js';

/** What a system's release files say of it. */
export interface Release {
  readonly family: GuestInspection['family'];
  readonly name: string;
  /** As `ID` of os-release writes it. */
  readonly distro?: string;
  readonly version?: string;
  readonly codename?: string;
  readonly variant?: string;
  /** `stream` of CentOS, `rawhide`: what makes another OS of the same distro and version. */
  readonly stream?: string;
  /** Distros that it is built on, nearest first. */
  readonly like: readonly string[];
  /** The file that says it. */
  readonly source: string;
}

/** As systemd reads them; the last one is where it stands on a volume that is mounted at /usr. */
const osReleases = ['/etc/os-release', '/usr/lib/os-release', '/lib/os-release'];

interface OldFile {
  readonly path: string;
  readonly read: (text: string) => Omit<Release, 'source' | 'like' | 'family'> | undefined;
}

/** `CentOS release 6.10 (Final)`: names of release files of the Red Hat family and what os-release calls them. */
const redHatNames: readonly (readonly [RegExp, string])[] = [
  [/^CentOS Stream\b/i, 'centos'],
  [/^CentOS\b/i, 'centos'],
  [/^Red Hat Enterprise Linux\b/i, 'rhel'],
  [/^Fedora\b/i, 'fedora'],
  [/^Scientific Linux\b/i, 'scientific'],
  [/^Oracle Linux\b/i, 'ol'],
  [/^Enterprise Linux Enterprise Linux\b/i, 'ol'],
  [/^AlmaLinux\b/i, 'almalinux'],
  [/^Rocky Linux\b/i, 'rocky'],
  [/^Mageia\b/i, 'mageia'],
  [/^Red Hat Linux\b/i, 'rhl'],
];

const versionIn = (text: string): string | undefined => /\b\d{1,4}(?:\.\d{1,4}){0,3}\b/.exec(text)?.[0];

function named(distro: string | undefined, name: string, version: string | undefined) {
  return { name, ...(distro === undefined ? {} : { distro }), ...(version === undefined ? {} : { version }) };
}

/** The files of systems from before os-release, and of those without it. The first that speaks is believed. */
const oldFiles: readonly OldFile[] = [
  {
    path: '/etc/redhat-release',
    read: (text) => {
      const distro = redHatNames.find(([pattern]) => pattern.test(text))?.[1];
      const stream = /^CentOS Stream\b/i.test(text) ? { stream: 'stream' } : {};
      return { ...named(distro, text, versionIn(text)), ...stream };
    },
  },
  {
    path: '/etc/alpine-release',
    read: (text) => named('alpine', `Alpine Linux ${text}`, text),
  },
  {
    path: '/etc/SuSE-release',
    read: (text) => {
      const enterprise = /^SUSE Linux Enterprise (Server|Desktop)/i.exec(text)?.[1]?.toLowerCase();
      const distro = enterprise === 'server' ? 'sles' : enterprise === 'desktop' ? 'sled' : 'opensuse';
      return named(distro, text, versionIn(text));
    },
  },
  { path: '/etc/slackware-version', read: (text) => named('slackware', text, versionIn(text)) },
  { path: '/etc/gentoo-release', read: (text) => named('gentoo', text, undefined) },
  { path: '/etc/arch-release', read: () => named('arch', 'Arch Linux', undefined) },
];

/** What the release files of a tree say; undefined where it is no installed system. */
export function readRelease(tree: Tree): Release | undefined {
  for (const path of osReleases) {
    const text = tree.readText(path);
    const fields = text === undefined ? undefined : parseOsRelease(text);
    if (fields && (fields.has('ID') || fields.has('NAME') || fields.has('PRETTY_NAME'))) {
      return fromOsRelease(fields, path, tree);
    }
  }
  return fromLsbRelease(tree) ?? fromOldFiles(tree);
}

function fromOsRelease(fields: ReadonlyMap<string, string>, source: string, tree: Tree): Release {
  const get = (name: string): string | undefined => fields.get(name) || undefined;
  const distro = (get('ID') ?? 'linux').toLowerCase();
  const version = get('VERSION_ID') ?? versionOfCpe(get('CPE_NAME'));
  const variant = get('VARIANT_ID');
  const stream = streamOf(fields, distro, variant);
  const codename = get('VERSION_CODENAME');
  return {
    family: distro === 'freebsd' ? 'freebsd' : 'linux',
    name: get('PRETTY_NAME') ?? [get('NAME') ?? distro, get('VERSION') ?? version].filter(Boolean).join(' '),
    distro,
    ...(version === undefined ? {} : { version: exactVersion(tree, distro, version) }),
    ...(codename === undefined ? {} : { codename }),
    ...(variant === undefined ? {} : { variant }),
    ...(stream === undefined ? {} : { stream }),
    like: (get('ID_LIKE') ?? '').toLowerCase().split(' ').filter(Boolean),
    source,
  };
}

/** Where the same ID and VERSION_ID stand for different systems. */
function streamOf(fields: ReadonlyMap<string, string>, distro: string, variant: string | undefined) {
  const name = fields.get('NAME') ?? '';
  if (distro === 'centos' && /\bstream\b/i.test(name)) return 'stream';
  if (distro === 'almalinux' && /\bkitten\b/i.test(name)) return 'kitten';
  const fedoraish = distro === 'fedora';
  if (fedoraish && (variant === 'coreos' || variant === 'eln' || variant === 'silverblue')) return variant;
  if (fedoraish && fields.get('REDHAT_BUGZILLA_PRODUCT_VERSION') === 'rawhide') return 'rawhide';
  return undefined;
}

/** os-release of CentOS 7 and of clones says the major version only; the release file beside it says it whole. */
function exactVersion(tree: Tree, distro: string, version: string): string {
  if (!['centos', 'scientific'].includes(distro) || !/^\d{1,4}$/.test(version)) return version;
  const whole = versionIn(printable(tree.readText('/etc/redhat-release', 1024) ?? ''));
  return whole?.startsWith(`${version}.`) ? whole : version;
}

/** `cpe:/o:vendor:product:version` or `cpe:2.3:o:vendor:product:version:…`. */
function versionOfCpe(cpe: string | undefined): string | undefined {
  const parts = cpe?.split(':') ?? [];
  const version = parts[0] === 'cpe' ? parts[parts[1] === '2.3' ? 5 : 4] : undefined;
  return version !== undefined && /^[\w.]{1,32}$/.test(version) ? version : undefined;
}

function fromLsbRelease(tree: Tree): Release | undefined {
  const path = '/etc/lsb-release';
  const fields = parseOsRelease(tree.readText(path) ?? '');
  const distro = fields.get('DISTRIB_ID')?.toLowerCase();
  if (!distro) return undefined;
  const version = fields.get('DISTRIB_RELEASE');
  return {
    family: 'linux',
    ...named(distro, fields.get('DISTRIB_DESCRIPTION') ?? [distro, version].filter(Boolean).join(' '), version),
    like: [],
    source: path,
  };
}

function fromOldFiles(tree: Tree): Release | undefined {
  for (const file of oldFiles) {
    const text = tree.readText(file.path, 1024);
    if (text === undefined) continue;
    const found = file.read(printable(linesOf(text)[0] ?? ''));
    if (found) return { family: 'linux', ...found, like: [], source: file.path };
  }
  const path = '/etc/debian_version';
  const text = tree.readText(path, 1024);
  if (text === undefined) return undefined;
  const word = printable(text, 64);
  return {
    family: 'linux',
    ...named('debian', `Debian GNU/Linux ${word}`, versionIn(word)),
    like: [],
    source: path,
  };
}
