// SPDX-License-Identifier: Apache-2.0
import type { RpmRepository } from '../../plan/types.js';

/** What of a repository lies elsewhere in the build than in the plan. */
export interface RepoFiles {
  /** Addresses of its keys. */
  readonly keys: readonly string[];
  readonly sslCaCert?: string;
  readonly sslClientCert?: string;
  readonly sslClientKey?: string;
}

/** A section of a `.repo` file (dnf.conf(5), zypper(8)): the repository as the tool is to use it. */
export function formatRepository(
  repository: RpmRepository,
  files: RepoFiles,
  more: readonly (readonly [key: string, value: string])[] = [],
): string {
  const { id, name, address, gpgCheck, cost, includePackages, excludePackages, proxy, verifySsl } = repository;
  const lines: readonly (readonly [key: string, value: string | undefined])[] = [
    ['name', name],
    [address.kind, address.url],
    ['enabled', '1'],
    // Without it dnf goes on in silence without a repository that does not answer (Debian's default).
    ['skip_if_unavailable', '0'],
    ['gpgcheck', gpgCheck ? '1' : '0'],
    ['gpgkey', files.keys.length === 0 ? undefined : files.keys.join(' ')],
    ['cost', cost === undefined ? undefined : String(cost)],
    ['includepkgs', includePackages.length === 0 ? undefined : includePackages.join(' ')],
    ['excludepkgs', excludePackages.length === 0 ? undefined : excludePackages.join(' ')],
    ...proxyLines(proxy),
    ['sslverify', verifySsl ? undefined : '0'],
    ['sslcacert', files.sslCaCert],
    ['sslclientcert', files.sslClientCert],
    ['sslclientkey', files.sslClientKey],
    ['enablegroups', repository.ignoreGroups ? '0' : undefined],
    ['module_hotfixes', repository.moduleHotfixes ? '1' : undefined],
    ...more,
  ];
  const text = lines.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}\n`);
  return `[${id}]\n${text.join('')}`;
}

/** dnf wants the user and the password of a proxy apart from its address. */
function proxyLines(proxy: string | undefined): (readonly [string, string | undefined])[] {
  if (proxy === undefined) return [];
  const url = new URL(proxy);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  return [
    ['proxy', url.href.replace(/\/$/, '')],
    ['proxy_username', username === '' ? undefined : decodeURIComponent(username)],
    ['proxy_password', password === '' ? undefined : decodeURIComponent(password)],
  ];
}
