// SPDX-License-Identifier: Apache-2.0
import type { RpmInstallPlan } from '../../plan/types.js';
import { SEEN } from './rpm-place.js';

/** Bytes a second below which a download counts as stalled: with dnf's own limits a dead mirror takes minutes. */
const LEAST_BYTES_PER_SECOND = 1000;

/** How dnf is called for a plan, whatever it is to do: with nothing of this machine's settings (dnf.conf(5)). */
export function dnfWords(plan: RpmInstallPlan): string[] {
  const settings: Readonly<Record<string, string | number>> = {
    reposdir: `${SEEN.own}/repos`,
    varsdir: `${SEEN.own}/vars`,
    cachedir: SEEN.cache,
    plugins: 0,
    pluginpath: `${SEEN.own}/plugins`,
    keepcache: 1,
    // The state of the repositories is asked at the beginning of a build; from then on it stays what it was.
    metadata_expire: -1,
    timeout: plan.timeoutSeconds,
    minrate: LEAST_BYTES_PER_SECOND,
    retries: plan.retries,
    deltarpm: 0,
    install_weak_deps: plan.recommends ? 1 : 0,
    multilib_policy: plan.multilib ? 'all' : 'best',
    // Repositories know no better: each says its own.
    gpgcheck: 0,
    ...(plan.docs ? {} : { tsflags: 'nodocs' }),
    ...(plan.modulePlatform === undefined ? {} : { module_platform_id: plan.modulePlatform }),
    ...(plan.ignoreBroken ? { skip_broken: 1 } : {}),
  };
  return [
    'dnf',
    '--assumeyes',
    '--noplugins',
    `--installroot=${SEEN.tree}`,
    `--releasever=${plan.releasever}`,
    `--forcearch=${plan.basearch}`,
    ...Object.entries(settings).map(([name, value]) => `--setopt=${name}=${value}`),
    ...plan.exclude.map(({ name }) => `--exclude=${name}`),
  ];
}
