// SPDX-License-Identifier: Apache-2.0
import { nearest } from '../../../errors.js';
import type { Db, Os } from '../../../model/types.js';
import { compareVersions } from '../../../version-order.js';
import type { Release } from './release.js';

/** What os-release calls a distro and the database does not: the words of `<distro>` to look under, in order. */
const distroWords: Readonly<Record<string, readonly string[]>> = {
  alpine: ['alpinelinux'],
  altlinux: ['alt', 'altlinux'],
  arch: ['archlinux'],
  'clear-linux-os': ['clearlinux'],
  elementary: ['elementaryos'],
  endless: ['eos'],
  guix: ['guix-system'],
  manjaro: ['Manjaro', 'manjaro'],
  oracle: ['ol', 'oel'],
  ol: ['ol', 'oel'],
  'opensuse-leap': ['opensuse'],
  'opensuse-microos': ['opensuse'],
  'opensuse-tumbleweed': ['opensuse'],
  pop: ['popos'],
  scientific: ['scientificlinux'],
  'sl-micro': ['slem'],
  sled: ['sled', 'sle'],
  'sle-micro': ['slem'],
  'sle-micro-rancher': ['slem'],
  sles: ['sles', 'sle'],
  sles_sap: ['sles', 'sle'],
  void: ['voidlinux'],
};

/** Distros whose name says the version that the database has; their own VERSION_ID is a date. */
const fixedVersions: Readonly<Record<string, string>> = {
  'opensuse-microos': 'microos',
  'opensuse-tumbleweed': 'tumbleweed',
};

/** Names in short ids that stand for another system of the same distro and version. */
const streamWords: readonly string[] = [
  'stream',
  'silverblue',
  'rawhide',
  'coreos',
  'eln',
  'kitten',
  'atomic',
  'slackwarearm',
];

/** Distros whose first release has no minor number: `sle15` is not 15.7, as `rocky9` is 9.4. */
const firstIsBare = new Set(['ol', 'opensuse', 'opensuse-leap', 'rhel', 'rhl', 'sled', 'sles', 'sles_sap']);

export interface OsMatch {
  readonly os?: Os;
  readonly why: string;
  readonly nearest: readonly string[];
}

/**
 * The database's entry for what the release files say: same distro, and the version as written, or the entry that stands
 * for all of its minor versions. Never another release: where there is no entry the nearest are named.
 */
export function matchOs(db: Db, release: Release): OsMatch {
  const { distro } = release;
  if (distro === undefined) {
    return { why: `${release.source} names no distribution that is known here`, nearest: [] };
  }
  const all = entriesOf(db, distro);
  const name = [distro, release.version].filter((word) => word !== undefined).join(' ');
  if (all.length === 0) {
    const near = nearest(
      distro,
      db
        .oses()
        .map((os) => os.distro ?? '')
        .filter((word) => word !== ''),
    );
    const inherited = release.like.flatMap((like) => entriesOf(db, like));
    const ids = shortIds(newest(near.flatMap((word) => db.oses({ distro: word }) as Os[]).concat(inherited)));
    return { why: `the database has no entry of ${distro}`, nearest: ids };
  }
  const entries = all.filter((os) => streamOf(os) === release.stream);
  const version = release.stream === 'rawhide' ? 'Rawhide' : (fixedVersions[distro] ?? release.version);
  if (version === undefined) {
    const rolling = entries.filter((os) => os.releaseStatus === 'rolling' || all.length === 1);
    const only = rolling.length === 1 ? rolling[0] : undefined;
    if (only) return { os: only, why: `${release.source} says ${name}, which has no versions`, nearest: [] };
    return {
      why: `${release.source} says ${release.name} and no version`,
      nearest: shortIds(entries.filter((os) => os.releaseStatus !== 'released').concat(newest(entries))),
    };
  }
  for (const wanted of versionsFor(version)) {
    const shorter = wanted !== version && !wanted.includes('-') && !sameVersion(wanted, version);
    const found = shorter && firstIsBare.has(distro) ? [] : entries.filter((os) => os.version === wanted);
    if (found.length === 1) {
      const exact = sameVersion(wanted, version) ? '' : `; ${wanted} stands for its minor releases`;
      return { os: found[0]!, why: `${release.source} says ${name}${exact}`, nearest: [] };
    }
    if (found.length > 1) return { why: `several entries of the database are ${name}`, nearest: shortIds(found) };
  }
  const near = entries.length > 0 ? entries : all;
  return {
    why: `the database has no entry of ${name}${release.stream ? ` ${release.stream}` : ''}`,
    nearest: shortIds(byDistance(near, version)),
  };
}

function entriesOf(db: Db, distro: string): Os[] {
  const words = distroWords[distro] ?? [distro];
  return words.flatMap((word) => [...db.oses({ distro: word })]);
}

function streamOf(os: Os): string | undefined {
  const text = `${os.shortId ?? ''} ${os.name ?? ''}`.toLowerCase();
  return streamWords.find((word) => text.includes(word));
}

/**
 * The versions of the database that a written one may stand under, best first: itself, with and without `.0`, its
 * leading parts (`3.18.4` under `3.18`), and `9-unknown`, which stands for releases that the database does not know yet.
 */
export function versionsFor(version: string): string[] {
  if (!/^\d{1,6}(\.\d{1,6}){0,4}$/.test(version)) return [version];
  const parts = version.split('.');
  const wanted = [version];
  if (parts.length === 1) wanted.push(`${version}.0`);
  for (let count = parts.length - 1; count >= 1; count--) wanted.push(parts.slice(0, count).join('.'));
  if (parts.length > 1) wanted.push(`${parts[0]}-unknown`);
  return wanted;
}

function sameVersion(a: string, b: string): boolean {
  return a.replace(/\.0$/, '') === b.replace(/\.0$/, '');
}

const shortIds = (oses: readonly Os[]): string[] =>
  [...new Set(oses.map((os) => os.shortId).filter((id) => id !== undefined))].slice(0, 5);

function newest(oses: readonly Os[]): Os[] {
  return oses.toSorted((a, b) => compareVersions(b.version ?? '', a.version ?? ''));
}

/** Entries on either side of a version, nearest first. */
function byDistance(oses: readonly Os[], version: string): Os[] {
  const order = newest(oses.filter((os) => /^\d/.test(os.version ?? '')));
  const at = order.findIndex((os) => compareVersions(os.version ?? '', version) < 0);
  const place = at < 0 ? order.length : at;
  const distance = (index: number): number => (index >= place ? index - place + 0.5 : place - index);
  return order
    .map((os, index) => ({ os, distance: distance(index) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map((one) => one.os);
}
