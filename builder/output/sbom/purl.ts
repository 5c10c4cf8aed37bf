// SPDX-License-Identifier: Apache-2.0
import type { InstalledPackage } from '../../stages/packages/types.js';

export interface PurlSystem {
  readonly family: 'deb' | 'rpm';
  /** `ID` of os-release: `debian`, `fedora`. */
  readonly id: string;
  /** `VERSION_ID` of os-release. */
  readonly versionId?: string;
}

/**
 * The package URL of an installed package: `pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc`.
 * `upstream` names what it was built from where that is not its own name: advisories are about that.
 * @see https://github.com/package-url/purl-spec (types deb and rpm)
 */
export function packageUrl(
  { name, version, arch, source }: Pick<InstalledPackage, 'name' | 'version' | 'arch' | 'source'>,
  { family, id, versionId }: PurlSystem,
): string {
  // An rpm's epoch is a qualifier, a deb's is part of the version.
  const epoch = family === 'rpm' ? /^(\d+):(.*)$/s.exec(version) : null;
  const upstream =
    source === undefined
      ? undefined
      : family === 'rpm'
        ? `${source.name}-${source.version ?? version}.src.rpm`
        : upstreamOfDeb(source, { name, version });
  const qualifiers = Object.entries({
    arch,
    distro: versionId === undefined ? id : `${id}-${versionId}`,
    epoch: epoch?.[1],
    upstream,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  const path = [family, id.toLowerCase(), family === 'deb' ? name.toLowerCase() : name].map(encode).join('/');
  const at = version === '' ? '' : `@${encode(epoch?.[2] ?? version)}`;
  return `pkg:${path}${at}?${qualifiers.map(([key, value]) => `${key}=${encode(value)}`).join('&')}`;
}

function upstreamOfDeb(
  source: NonNullable<InstalledPackage['source']>,
  own: { readonly name: string; readonly version: string },
): string | undefined {
  if (source.version !== undefined && source.version !== own.version) return `${source.name}@${source.version}`;
  return source.name === own.name ? undefined : source.name;
}

/** Everything but letters, digits, `.`, `-`, `_`, `~` and the colon. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%3A', ':')
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
