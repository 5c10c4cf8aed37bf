// SPDX-License-Identifier: Apache-2.0
import { formatPlace, InputError } from '../../osinfo/errors.js';
import type { Issue, Kickstart } from '../kickstart/model.js';
import { connectionOptions } from './apt-connection.js';
import { parseSourceAddress } from './apt-sources.js';
import { archiveOf, type DebFacts } from './os-facts.js';
import { planPins } from './pins.js';
import type { AptSource, DebInstallPlan, HostFacts } from './types.js';

type Sources = Pick<DebInstallPlan, 'sources' | 'sourcesWhy' | 'imageSources' | 'aptOptions' | 'pins' | 'keyring'>;

/**
 * Where packages come from, first answer wins: the kickstart's `url`, `--mirror`, on a host of the same family the
 * mirror that the host itself uses, the database. `repo` lines are added to any of them. What the finished system is
 * told to use is the kickstart's or the database's, never an address that only this build could reach.
 * @throws InputError for an address that is no deb source
 */
export function planSources(kickstart: Kickstart, deb: DebFacts, host: HostFacts, mirror: string | undefined): Sources {
  const keyring = host.keyrings.find((file) => file === deb.keyring);
  const extra = repoSources(kickstart);
  const publicSources = standardSources(deb, deb.mirror, deb.security);
  const finish = (
    sources: readonly AptSource[],
    why: string,
    own: boolean,
    aptOptions: readonly string[] = [],
  ): Sources => ({
    sources: [...sources, ...extra],
    sourcesWhy: why,
    imageSources: [...(own ? sources : publicSources), ...extra],
    aptOptions: [...aptOptions, ...connectionOptions(kickstart, sources, extra)],
    pins: planPins(kickstart.repos, extra, sources),
    ...(keyring === undefined ? {} : { keyring }),
  });
  if (kickstart.url) return finish(urlSources(kickstart, deb), `${formatPlace(kickstart.url.at)}: url`, true);
  if (mirror !== undefined) {
    checkAddress(mirror, '--mirror');
    return finish(
      [{ uri: mirror.replace(/\/+$/, ''), suite: deb.suite, components: deb.components }],
      '--mirror',
      false,
    );
  }
  const ofHost = hostSources(deb, host);
  if (ofHost.length > 0)
    return finish(ofHost, 'the mirror that this machine itself is set up with', false, host.aptOptions);
  return finish(publicSources, 'the address that the database has for this OS', true);
}

/** Said early: without the keys apt stops when it has asked the archive what it has. */
export function keyringNotice(kickstart: Kickstart, deb: DebFacts, host: HostFacts): Issue[] {
  const { keyring, keyringPackage, distro } = deb;
  if (keyring === undefined || host.keyrings.includes(keyring)) return [];
  const advice = keyringPackage === undefined ? '' : `: install ${keyringPackage}`;
  const message = `the keys that sign the packages of ${distro} (${keyring}) are not on this machine, and apt's own have to do${advice}`;
  return [
    {
      severity: 'warning',
      code: 'no-keyring',
      at: kickstart.url?.at ?? { file: kickstart.file, line: 1, column: 1 },
      message,
    },
  ];
}

function urlSources(kickstart: Kickstart, deb: DebFacts): AptSource[] {
  const { url, at } = kickstart.url!;
  if (url === undefined) throw new InputError('url', 'url needs --url for a deb system; mirror lists are for rpm', at);
  const whole = parseSourceAddress(url);
  if (whole) return [whole];
  checkAddress(url, 'url', at);
  return [{ uri: url.replace(/\/+$/, ''), suite: deb.suite, components: deb.components }];
}

function repoSources(kickstart: Kickstart): AptSource[] {
  return kickstart.repos.map((repo) => {
    const source = repo.baseurl === undefined ? undefined : parseSourceAddress(repo.baseurl);
    if (!source) {
      throw new InputError('repo', `repo ${repo.name}: a deb source is --baseurl="URI suite component…"`, repo.at);
    }
    checkAddress(source.uri, 'repo', repo.at);
    return source;
  });
}

function checkAddress(text: string, where: string, at?: Parameters<typeof formatPlace>[0]): void {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    url = undefined;
  }
  if (!url || !['http:', 'https:', 'file:'].includes(url.protocol) || /[\s"'`\\$;|&<>]/.test(text)) {
    throw new InputError('mirror-address', `${where}: ${text} is no http, https or file address`, at);
  }
}

function standardSources(deb: DebFacts, mirror: string, security: string | undefined): AptSource[] {
  const sources: AptSource[] = [{ uri: mirror, suite: deb.suite, components: deb.components }];
  if (deb.updatesSuite !== undefined)
    sources.push({ uri: mirror, suite: deb.updatesSuite, components: deb.components });
  if (security !== undefined && deb.securitySuite !== undefined) {
    sources.push({ uri: security, suite: deb.securitySuite, components: deb.components });
  }
  return sources;
}

/**
 * The host's mirror for the wanted suite. Where the host runs another release of the same distribution its archive
 * address serves all of them (Debian's mirrors hold every suite), so only the suite's name is changed. Where ports have
 * an archive of their own, a host of the other kind knows nothing of it.
 */
function hostSources(deb: DebFacts, host: HostFacts): AptSource[] {
  if (host.distro !== deb.distro || host.codename === undefined) return [];
  if (deb.mirrorArchs !== undefined && deb.mirrorArchs !== archiveOf(host.arch)) return [];
  const own = [host.codename, `${host.codename}-updates`, `${host.codename}-security`];
  const wanted = [deb.suite, deb.updatesSuite, deb.securitySuite];
  const sources: AptSource[] = [];
  for (const [index, suite] of own.entries()) {
    const target = wanted[index];
    const found = host.aptSources.find((source) => source.suite === suite && source.components.includes('main'));
    if (found && target !== undefined) sources.push({ uri: found.uri, suite: target, components: deb.components });
  }
  return sources.some((source) => source.suite === deb.suite) ? sources : [];
}
