// SPDX-License-Identifier: Apache-2.0
import { formatPlace, InputError } from '../../../osinfo/errors.js';
import type { At, CommandLine, Issue, Kickstart, Repo } from '../../kickstart/model.js';
import { textOption } from '../system/options.js';
import { withoutPassword } from './address.js';
import type { RpmFacts } from './facts.js';
import type { RpmAddress, RpmInstallPlan, RpmKey, RpmRepository } from './types.js';

type Sources = Pick<RpmInstallPlan, 'repositories' | 'sourcesWhy' | 'imageRepositories'>;

/** The id of a repository that has no name of its own. dnf reads `[main]` as its own settings, not as a repository. */
const FIRST = 'install';

/**
 * Where packages come from, first answer wins: the kickstart's `url`, `--mirror`, the kickstart's `repo` lines where one
 * of them names or is a source of the system itself (as appliance-creator has it: they are all there is), the database.
 * `repo` lines are added to any of them. The finished system has the repository files of its release package; `repo
 * --install` adds one.
 * @throws InputError for an address that is none, and where nothing says where packages are
 */
export function planRpmSources(
  kickstart: Kickstart,
  facts: RpmFacts,
  mirror: string | undefined,
  notices: Issue[],
): Sources {
  const extra = kickstart.repos.map((repo) => planRepo(repo, kickstart, facts));
  const finish = (main: readonly RpmRepository[], why: string): Sources => {
    // A repo line of the same name says more about it.
    const kept = main.filter((one) => !extra.some(({ repository }) => repository.id === one.id));
    const repositories = [...kept, ...extra.map((one) => one.repository)];
    sayUnproved(repositories, why, kickstart, notices);
    return {
      repositories,
      sourcesWhy: why,
      imageRepositories: extra.filter((one) => one.install).map((one) => one.repository),
    };
  };
  if (kickstart.url) return finish(urlRepositories(kickstart, facts, extra), `${formatPlace(kickstart.url.at)}: url`);
  if (mirror !== undefined) {
    checkAddress(mirror, '--mirror');
    return finish(siblings(base(FIRST, mirror, facts), facts, []), '--mirror');
  }
  const own = extra.find((one) => one.isMain);
  if (own) return finish([], `${formatPlace(own.repository.at!)}: repo`);
  if (facts.repositories.length > 0)
    return finish(
      facts.repositories.map(({ name, address }) => ({
        ...base(name, address.url, facts),
        address,
      })),
      'the addresses that the database has for this OS',
    );
  const first = extra[0];
  if (first) return finish([], `${formatPlace(first.repository.at!)}: repo`);
  throw new InputError(
    'no-source',
    'nothing says where packages come from, and the database has no public repository of this OS; add a url, or give --mirror',
    { file: kickstart.file },
  );
}

/** A repository of the distribution itself: proved by its keys, where the database has them. */
function base(id: string, url: string, { keys }: RpmFacts): RpmRepository {
  return {
    id,
    name: id,
    address: { kind: 'baseurl', url: withoutEnd(url) },
    keys,
    gpgCheck: keys.length > 0,
    includePackages: [],
    excludePackages: [],
    verifySsl: true,
    ignoreGroups: false,
    moduleHotfixes: false,
  };
}

/** `url`, and what lies beside it: an installation tree of RHEL 8 and later has its packages in two repositories. */
function urlRepositories(kickstart: Kickstart, facts: RpmFacts, extra: readonly Planned[]): RpmRepository[] {
  const { at } = kickstart.url!;
  const line = kickstart.commands.findLast(({ name }) => name === 'url')!;
  const address = addressOf(kickstart.url!, 'url', at);
  const keys = isOfficial(address.url, facts) ? facts.keys : [];
  const main: RpmRepository = {
    ...base(FIRST, address.url, facts),
    address,
    keys,
    gpgCheck: keys.length > 0,
    ...connectionOf(line),
    at,
  };
  return siblings(main, facts, extra);
}

/** `…/BaseOS/…` has `…/AppStream/…` beside it: an installer finds it by the tree's own .treeinfo. */
function siblings(main: RpmRepository, facts: RpmFacts, extra: readonly Planned[]): RpmRepository[] {
  const { kind, url } = main.address;
  if (kind !== 'baseurl' || !/\/BaseOS(?:\/|$)/.test(url)) return [main];
  const beside = withoutEnd(url).replace(/\/BaseOS(?=\/|$)/, '/AppStream');
  const isNamed = extra.some(({ repository }) => withoutEnd(repository.address.url) === beside);
  const hasModules = facts.modulePlatform !== undefined;
  return isNamed || !hasModules
    ? [main]
    : [main, { ...main, id: 'appstream', name: 'AppStream', address: { kind, url: beside } }];
}

interface Planned {
  readonly repository: RpmRepository;
  readonly install: boolean;
  /** It is a source of the system itself, not one more. */
  readonly isMain: boolean;
}

function planRepo(repo: Repo, kickstart: Kickstart, facts: RpmFacts): Planned {
  const { at, name } = repo;
  const line = kickstart.commands.find((one) => one.at === at);
  const id = name.replace(/[^A-Za-z0-9_.:-]/g, '-');
  if (!/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$/.test(id))
    throw new InputError('repo', `repo --name=${name} is no name of a repository: letters, digits and _ . : -`, at);
  const known = facts.repositories.find((one) => one.name.toLowerCase() === name.toLowerCase());
  const hasAddress = (repo.baseurl ?? repo.mirrorlist ?? repo.metalink) !== undefined;
  if (!hasAddress && known === undefined) {
    const names = facts.repositories.map((one) => one.name).join(', ');
    const advice =
      names === ''
        ? 'give --baseurl, --mirrorlist or --metalink'
        : `the database knows ${names}; give --baseurl for another`;
    throw new InputError('repo', `repo ${name} has no address: ${advice}`, at);
  }
  const address = hasAddress
    ? addressOf({ url: repo.baseurl, mirrorlist: repo.mirrorlist, metalink: repo.metalink }, `repo ${name}`, at)
    : known!.address;
  const official = isOfficial(address.url, facts);
  const given = line && textOption(line.options, 'gpgkey');
  const keys: readonly RpmKey[] = given === undefined ? (official ? facts.keys : []) : planKeys(given, name, at);
  for (const one of [...repo.includePkgs, ...repo.excludePkgs])
    if (!/^[A-Za-z0-9*?[\]_.+~^:()-]+$/.test(one))
      throw new InputError('repo-packages', `repo ${name}: ${one} is no name of an rpm package`, at);
  return {
    repository: {
      id,
      name,
      address,
      keys,
      gpgCheck: keys.length > 0,
      ...(repo.cost === undefined ? {} : { cost: repo.cost }),
      includePackages: repo.includePkgs,
      excludePackages: repo.excludePkgs,
      ignoreGroups: line?.options['ignoregroups'] === true,
      moduleHotfixes: false,
      verifySsl: true,
      ...(line ? connectionOf(line) : {}),
      at,
    },
    install: repo.install,
    isMain: official || known !== undefined || facts.repositories.length === 0,
  };
}

function planKeys(text: string, name: string, at: At): RpmKey[] {
  return text.split(/[\s,]+/).map((url) => {
    if (!/^(?:https?|file):\/\/\S+$/.test(url))
      throw new InputError('repo-key', `repo ${name}: --gpgkey=${url} is no http, https or file address`, at);
    return { url, fingerprints: [] };
  });
}

function addressOf(
  given: {
    readonly url: string | undefined;
    readonly mirrorlist: string | undefined;
    readonly metalink: string | undefined;
  },
  where: string,
  at: At,
): RpmAddress {
  const kind = given.url !== undefined ? 'baseurl' : given.metalink !== undefined ? 'metalink' : 'mirrorlist';
  const url = given.url ?? given.metalink ?? given.mirrorlist ?? '';
  checkAddress(url, where, at);
  return { kind, url: kind === 'baseurl' ? withoutEnd(url) : url };
}

function withoutEnd(url: string): string {
  return url.replace(/\/+$/, '');
}

/** Fedora's old kickstarts write ftp addresses of mirrors that have long been http. */
function checkAddress(text: string, where: string, at?: At): void {
  const isAddress = URL.canParse(text) && ['http:', 'https:', 'file:'].includes(new URL(text).protocol);
  if (!isAddress || /[\s"'`\\;|<>\p{Cc}]/u.test(text))
    throw new InputError(
      'mirror-address',
      `${where}: ${withoutPassword(text) || 'nothing'} is no http, https or file address`,
      at,
    );
}

/** Whether an address is the distribution's own: its packages are then signed by its keys. */
function isOfficial(url: string, { repositories }: RpmFacts): boolean {
  const host = hostOf(url);
  return host !== '' && repositories.some(({ address }) => hostOf(address.url) === host);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

/** A proxy, and TLS of its own, for `url` and `repo` alike. */
function connectionOf({ at, options }: CommandLine): Partial<RpmRepository> {
  const proxy = textOption(options, 'proxy');
  const file = (option: string): string | undefined => {
    const path = textOption(options, option)?.replace(/^file:\/\//, '');
    if (path !== undefined && !/^\/[A-Za-z0-9._/+@ -]+$/.test(path))
      throw new InputError('source-file', `--${option}=${path} is no path of a file`, at);
    return path;
  };
  const sslCaCert = file('sslcacert');
  const sslClientCert = file('sslclientcert');
  const sslClientKey = file('sslclientkey');
  return {
    verifySsl: options['noverifyssl'] !== true,
    ...(proxy === undefined ? {} : { proxy: checkProxy(proxy, at) }),
    ...(sslCaCert === undefined ? {} : { sslCaCert }),
    ...(sslClientCert === undefined ? {} : { sslClientCert }),
    ...(sslClientKey === undefined ? {} : { sslClientKey }),
  };
}

function checkProxy(text: string, at: At): string {
  const address = /^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(address) || !/^(?:https?|socks5h?):$/.test(new URL(address).protocol) || /[\s"\\]/.test(address))
    throw new InputError('proxy', '--proxy: this is no address of a proxy; use http://HOST:PORT', at);
  return address;
}

/** Said of each repository: what nobody signs for. An installer does not look at signatures either. */
function sayUnproved(repositories: readonly RpmRepository[], why: string, { file }: Kickstart, notices: Issue[]): void {
  for (const { id, gpgCheck, at } of repositories) {
    if (gpgCheck) continue;
    notices.push({
      severity: 'notice',
      code: 'unsigned',
      at: at ?? { file, line: 1, column: 1 },
      message: `signatures of the packages of ${id} are not checked: no key is known; name one with repo --gpgkey${at === undefined ? ` (packages from ${why})` : ''}`,
    });
  }
}
