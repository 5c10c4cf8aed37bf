// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Db, Os } from '../../osinfo/model/types.js';
import type { Kickstart } from '../kickstart/model.js';
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
    ...(kickstart.url?.url === undefined
      ? []
      : [{ text: kickstart.url.url, line: kickstart.url.at.line, word: 'url' }]),
    ...kickstart.repos.flatMap((repo) =>
      repo.baseurl === undefined ? [] : [{ text: repo.baseurl, line: repo.at.line, word: 'repo' }],
    ),
  ];
  for (const { text, line, word } of addresses) {
    const deb = parseSourceAddress(text);
    const os = db
      .oses()
      .find((one) => (deb ? isDebSuite(one, deb.suite) && sameHost(one, deb.uri) : isTree(one, text)));
    if (os) return { os, why: `the ${word} of line ${line}` };
  }
  return undefined;
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
