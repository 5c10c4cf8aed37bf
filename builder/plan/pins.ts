// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Repo } from '../kickstart/model.js';
import type { AptSource, PinPlan } from './types.js';

/** What dnf takes where a repository says nothing: lower is preferred. apt counts the other way round, from 500. */
const DEFAULT_COST = 1000;
const DEFAULT_PRIORITY = 500;
/** From 990 on apt prefers a source to the release that is asked for, and from 1000 on it downgrades. */
const MOST_PRIORITY = 989;

/** `cost` as apt's priority: 500 for the default, more for less, never one that means something else. */
export function priorityOfCost(cost: number): number {
  if (cost <= 0) return MOST_PRIORITY;
  if (cost <= DEFAULT_COST) {
    const share = (DEFAULT_COST - cost) / DEFAULT_COST;
    return DEFAULT_PRIORITY + Math.round(share * (MOST_PRIORITY - DEFAULT_PRIORITY));
  }
  return Math.max(101, Math.round((DEFAULT_PRIORITY * DEFAULT_COST) / cost));
}

const PACKAGE_PATTERN = /^[a-z0-9*?][a-z0-9.+*?-]*$/;

/**
 * `repo --cost`, `--includepkgs` and `--excludepkgs` as rules of apt_preferences(5): rules with names are looked at
 * before one for all packages.
 * @param sources what `repos` come to, one each
 * @param others the main sources, from which a repository has to be told apart
 * @throws InputError for what is no package name, and for a repository that apt cannot tell from another
 */
export function planPins(
  repos: readonly Repo[],
  sources: readonly AptSource[],
  others: readonly AptSource[],
): PinPlan[] {
  return repos.flatMap((repo, index) => {
    const { cost, includePkgs, excludePkgs, at } = repo;
    if (cost === undefined && includePkgs.length === 0 && excludePkgs.length === 0) return [];
    for (const name of [...includePkgs, ...excludePkgs]) {
      if (!PACKAGE_PATTERN.test(name))
        throw new InputError('repo-packages', `repo ${repo.name}: ${name} is no name of a deb package`, at);
    }
    const source = sources[index]!;
    const rest = [...others, ...sources.filter((one) => one !== source)];
    const pin = pinOf(source, rest);
    if (pin === undefined) {
      const message = `repo ${repo.name}: apt cannot tell it from another source of the same host and suite; leave out --cost, --includepkgs and --excludepkgs`;
      throw new InputError('repo-pin', message, at);
    }
    const priority = priorityOfCost(cost ?? DEFAULT_COST);
    return [
      ...(excludePkgs.length > 0 ? [{ packages: excludePkgs, pin, priority: -1 }] : []),
      ...(includePkgs.length > 0
        ? [
            { packages: includePkgs, pin, priority },
            { packages: ['*'], pin, priority: -1 },
          ]
        : cost === undefined
          ? []
          : [{ packages: ['*'], pin, priority }]),
    ];
  });
}

/** What tells a source from the others: its host, else its suite's name on that host. */
function pinOf(source: AptSource, others: readonly AptSource[]): string | undefined {
  const host = hostOf(source);
  const sameHost = others.filter((one) => hostOf(one) === host);
  if (sameHost.length === 0) return `origin "${host}"`;
  if (sameHost.some((one) => one.suite === source.suite)) return undefined;
  const isName = /^[a-z][a-z0-9._-]*$/.test(source.suite);
  const suites = others.some((one) => one.suite === source.suite);
  return isName && !suites
    ? `release ${/^(?:old)*(?:stable|testing|unstable)/.test(source.suite) ? 'a' : 'n'}=${source.suite}`
    : undefined;
}

/** A file's source has the empty host. */
function hostOf({ uri }: AptSource): string {
  try {
    return new URL(uri).hostname;
  } catch {
    return '';
  }
}

/** The rules as a file of /etc/apt/preferences.d. */
export function formatPins(pins: readonly PinPlan[]): string {
  return pins
    .map(({ packages, pin, priority }) => `Package: ${packages.join(' ')}\nPin: ${pin}\nPin-Priority: ${priority}\n`)
    .join('\n');
}
