// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Db, Os } from '../../osinfo/model/types.js';
import type { At, Kickstart } from '../kickstart/model.js';
import { parseSourceAddress } from './apt-sources.js';

export interface OsChoice {
  readonly os: Os;
  readonly why: string;
}

/**
 * Which OS a kickstart is for, first answer wins: its header comment `# osinfo: SHORTID`, `--os`, its `url` or `repo`
 * recognised through the database's trees and package sources.
 * @throws NotFoundError with near matches for an unknown name; InputError when nothing says it
 */
export function chooseOs(kickstart: Kickstart, db: Db, option: string | undefined): OsChoice {
  const header = kickstart.osinfo;
  if (header) {
    const os = db.findOs(header.name);
    if (os) return { os, why: `the header comment of line ${header.at.line}` };
    try {
      db.os(header.name);
    } catch (error) {
      throw new InputError('unknown-os', (error as Error).message, header.at, { cause: error });
    }
  }
  if (option !== undefined) return { os: db.os(option), why: '--os' };
  const found = recogniseSource(kickstart, db);
  if (found) return found;
  throw new InputError(
    'no-os',
    'nothing says which OS this is for; add a header comment such as `# osinfo: debian12`, or give --os',
    { file: kickstart.file },
  );
}

function recogniseSource(kickstart: Kickstart, db: Db): OsChoice | undefined {
  const addresses = [
    ...addressesOf(kickstart.url, 'url'),
    ...kickstart.repos.flatMap((repo) => addressesOf({ ...repo, url: repo.baseurl }, 'repo')),
  ];
  for (const { text, line, word } of addresses) {
    const deb = parseSourceAddress(text);
    const os = db
      .oses()
      .find((one) =>
        deb ? isDebSuite(one, deb.suite) && sameHost(one, deb.uri) : isTree(one, text) || isRepository(one, text),
      );
    if (os) return { os, why: `the ${word} of line ${line}` };
  }
  return undefined;
}

interface Source {
  readonly at: At;
  readonly url: string | undefined;
  readonly mirrorlist: string | undefined;
  readonly metalink: string | undefined;
}

function addressesOf(source: Source | undefined, word: string): { text: string; line: number; word: string }[] {
  const text = source?.url ?? source?.mirrorlist ?? source?.metalink;
  return text === undefined ? [] : [{ text, line: source!.at.line, word }];
}

function isDebSuite(os: Os, suite: string): boolean {
  return os.facts.some(
    (fact) => fact.name === 'packaging' && fact.from === os.id && fact.attributes['suite'] === suite,
  );
}

/** Mirrors differ in host, so a suite's name decides; an archive of another distribution has its name in the path. */
function sameHost(os: Os, uri: string): boolean {
  const distro = os.distro ?? '';
  return !/(debian|ubuntu)/.test(uri) || uri.includes(distro);
}

function isTree(os: Os, address: string): boolean {
  const wanted = address.replace(/\/+$/, '');
  return os.trees.some((tree) => tree.url !== undefined && tree.url.replace(/\/+$/, '') === wanted);
}

/** Architectures as they stand in an address, for `$basearch` of the database's. */
const ARCH_IN_PATH = /\b(?:x86_64|aarch64|i386|i586|armhfp|ppc64le|s390x|riscv64)\b/g;

/**
 * Whether an address is one of an rpm system's own repositories or trees: the database's, for any architecture, or a
 * mirror's, where what follows the folder before the release's is the same. With `$releasever` in it an address is every
 * release's, and says nothing.
 */
function isRepository(os: Os, address: string): boolean {
  const packaging = os.facts.find((one) => one.name === 'packaging');
  const releasever = packaging?.attributes['releasever'];
  if (packaging?.attributes['type'] !== 'rpm' || releasever === undefined || /\$\{?releasever/.test(address))
    return false;
  const wanted = normalised(address, releasever);
  const own = [
    ...os.facts
      .filter((one) => one.name === 'repository' && one.from === packaging.from)
      .map(({ attributes }) => attributes['url'] ?? attributes['metalink'] ?? attributes['mirrorlist'] ?? ''),
    ...os.trees.flatMap((tree) => tree.url ?? []),
  ];
  return own.some((one) => {
    const known = normalised(one, releasever);
    const tail = tailOf(known, releasever);
    return known === wanted || (tail !== undefined && wanted.endsWith(tail));
  });
}

function normalised(address: string, releasever: string): string {
  return address
    .replace(/^(?:https?|file):\/\//, '')
    .replace(/\/mirrorlist\?/, '/metalink?')
    .replace(/\$\{?releasever\}?/g, releasever)
    .replace(/\$\{?(?:basearch|arch)\}?/g, '$basearch')
    .replace(ARCH_IN_PATH, '$basearch')
    .replace(/\/+$/, '');
}

/** `/rocky/9/BaseOS/$basearch/os` of a path that has the release as a folder; too little to go by is nothing. */
function tailOf(path: string, releasever: string): string | undefined {
  const segments = path.split('/');
  const release = segments.findIndex(
    (one, index) => index > 1 && (one === releasever || one === `${releasever}-stream`),
  );
  const tail = release < 0 ? [] : segments.slice(release - 1);
  return tail.length < 4 ? undefined : `/${tail.join('/')}`;
}
