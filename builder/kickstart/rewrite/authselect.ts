// SPDX-License-Identifier: Apache-2.0

/** What `auth` says that systems do today without being asked. */
const DEFAULTS: ReadonlySet<string> = new Set([
  '--enableshadow',
  '--useshadow',
  '--enablemd5',
  '--kickstart',
  '--passalgo=sha512',
  '--passalgo=sha256',
  '--passalgo=yescrypt',
  '--update',
  '--updateall',
  '--disablesssd',
  '--disablesssdauth',
  '--disablefingerprint',
  '--disablesmartcard',
  '--disablemkhomedir',
  '--disablenis',
  '--disableldap',
  '--disableldapauth',
  '--disablekrb5',
  '--disablewinbind',
  '--disablewinbindauth',
  '--disablecache',
]);

/** Profiles and features of authselect by the option of `auth` (authselect-migration(7)). */
const PROFILES: Readonly<Record<string, string>> = {
  '--enablesssd': 'sssd',
  '--enablesssdauth': 'sssd',
  '--enablewinbind': 'winbind',
  '--enablewinbindauth': 'winbind',
  '--enablenis': 'nis',
};
const FEATURES: Readonly<Record<string, string>> = {
  '--enablefingerprint': 'with-fingerprint',
  '--enablesmartcard': 'with-smartcard',
  '--enablemkhomedir': 'with-mkhomedir',
  '--enablefaillock': 'with-faillock',
  '--enablepamaccess': 'with-pamaccess',
  '--enablewinbindkrb5': 'with-krb5',
};

/**
 * The words of `authselect` that say what the words of `auth` did.
 * @returns '' where it all is the default today, undefined where authselect has no word for something
 */
export function authselectWords(text: string): string | undefined {
  const profiles = new Set<string>();
  const features = new Set<string>();
  // What is kept of the command has its comment too; `--passalgo sha512` is `--passalgo=sha512`.
  const said = text.replace(/#.*$/s, '').replace(/--passalgo\s+/g, '--passalgo=');
  for (const word of said.split(/\s+/)) {
    const profile = PROFILES[word];
    const feature = FEATURES[word];
    if (profile !== undefined) profiles.add(profile);
    else if (feature !== undefined) features.add(feature);
    else if (word !== '' && !DEFAULTS.has(word)) return undefined;
  }
  if (profiles.size > 1) return undefined;
  if (profiles.size === 0 && features.size === 0) return '';
  return ['select', ...(profiles.size > 0 ? profiles : ['sssd']), ...features, '--force'].join(' ');
}
