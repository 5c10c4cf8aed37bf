// SPDX-License-Identifier: Apache-2.0

import { InputError } from '../../../osinfo/errors.js';
import { matchesGlob } from '../../../osinfo/query.js';
import type { Kickstart, PackageEntry } from '../../kickstart/model.js';
import type { RpmFacts } from './facts.js';
import type { RpmNeed } from './needs.js';
import type { RpmGroupPlan, RpmInstallPlan, RpmModulePlan, RpmPackagePlan } from './types.js';

type Packages = Pick<
  RpmInstallPlan,
  | 'packages'
  | 'groups'
  | 'modules'
  | 'exclude'
  | 'excludeGroups'
  | 'variant'
  | 'recommends'
  | 'docs'
  | 'languages'
  | 'ignoreMissing'
  | 'ignoreBroken'
  | 'multilib'
  | 'timeoutSeconds'
  | 'retries'
>;

/** What dnf takes where the kickstart says nothing (Anaconda's values: a dead mirror shall not hold a build for minutes). */
const DEFAULTS = { timeoutSeconds: 30, retries: 5 } as const;

/** A package's name, with architecture or version, a glob, a path, or what a package provides. */
const PACKAGE = /^[A-Za-z0-9/*?_[][A-Za-z0-9._+~^:()*?[\]/-]{0,254}$/;

/** A group's or module's name: ids, names for people, `stream` and `profile`. */
const GROUP = /^[\p{L}\p{N}][\p{L}\p{N} ._+,&'()/:-]{0,127}$/u;

/** The group that every installation has, by family. */
const CORE: Readonly<Record<RpmInstallPlan['tool'], string>> = { dnf: 'core', zypper: 'minimal_base' };

/**
 * What is installed: the kickstart's names, and what the rest of the plan needs, each with its reason.
 * @throws InputError with the line of an entry that cannot be meant, or leaves out what is needed
 */
export function planRpmPackages(kickstart: Kickstart, facts: RpmFacts, needs: readonly RpmNeed[]): Packages {
  const { packages } = kickstart;
  if (packages.default)
    throw new InputError(
      'packages-default',
      '%packages --default means what an installer chooses itself: name an environment instead, such as @^minimal-environment',
      packages.at,
    );
  const exclude = packages.exclude.filter((one) => one.kind === 'package').map(excluded);
  const excludeGroups = packages.exclude.filter((one) => one.kind === 'group').map(excluded);
  const groups = planGroups(packages.include, facts, packages.noCore);
  const isCoreOut = excludeGroups.some((one) => one.name === CORE[facts.tool]);
  return {
    packages: withNeeds(packages.include.filter((one) => one.kind === 'package').map(named), needs, exclude),
    groups: isCoreOut ? groups.filter((one) => one.at !== undefined) : groups,
    modules: [...commandModules(kickstart), ...packages.include.filter(isModule).map(profileOf)],
    exclude,
    excludeGroups,
    variant: packages.noCore || isCoreOut ? 'bare' : 'core',
    recommends: !packages.excludeWeakdeps,
    docs: !packages.excludeDocs,
    ...(packages.instLangs === undefined ? {} : { languages: packages.instLangs }),
    ignoreMissing: packages.ignoreMissing,
    ignoreBroken: packages.ignoreBroken,
    multilib: packages.multilib,
    timeoutSeconds: packages.timeout ?? DEFAULTS.timeoutSeconds,
    retries: packages.retries ?? DEFAULTS.retries,
  };
}

/** Whether the kickstart names a kernel of its own: `kernel`, `kernel-core`, `kernel-rt`, `kernel-default`… */
export function namesKernel({ packages }: Kickstart): boolean {
  return packages.include.some(
    ({ kind, name }) =>
      kind === 'package' &&
      /^kernel(?:-(?:core|rt|rt-core|uek|uek-core|default|default-base|lt|ml|debug|64k|server-latest|desktop-latest))?$/.test(
        name,
      ),
  );
}

function named({ name, at }: PackageEntry): RpmPackagePlan {
  if (!PACKAGE.test(name) || name.includes('://'))
    throw new InputError('package-name', `${name} is no name of an rpm package`, at);
  return { name, at };
}

function excluded({ kind, name, at }: PackageEntry): { name: string; at: PackageEntry['at'] } {
  if (!(kind === 'group' ? GROUP : PACKAGE).test(name))
    throw new InputError('package-exclude', `-${kind === 'group' ? '@' : ''}${name} is no name of an rpm ${kind}`, at);
  return { name, at };
}

function withNeeds(
  asked: readonly RpmPackagePlan[],
  needs: readonly RpmNeed[],
  exclude: readonly { readonly name: string; readonly at: PackageEntry['at'] }[],
): RpmPackagePlan[] {
  const wanted = new Map(asked.map((one) => [one.name, one]));
  for (const { name, why, firm } of needs) {
    const clash = exclude.find((one) => matchesGlob(name, one.name));
    if (clash && firm)
      throw new InputError(
        'package-needed',
        `-${clash.name}: ${name} is needed here (${why}); remove this line`,
        clash.at,
      );
    if (!clash && !wanted.has(name)) wanted.set(name, { name, why, ...(firm ? {} : { optional: true }) });
  }
  return [...wanted.values()];
}

function isModule({ kind, name }: PackageEntry): boolean {
  return kind === 'group' && /[:/]/.test(name);
}

function planGroups(include: readonly PackageEntry[], { tool }: RpmFacts, noCore: boolean): RpmGroupPlan[] {
  const groups = include
    .filter((one) => one.kind !== 'package' && !isModule(one))
    .map(({ kind, name, at, include: members }): RpmGroupPlan => {
      if (!GROUP.test(name)) throw new InputError('package-group', `@${name} is no name of a group`, at);
      return {
        kind: kind === 'environment' ? 'environment' : 'group',
        name,
        members: members === 'nodefaults' ? 'mandatory' : members === 'optional' ? 'all' : 'default',
        at,
      };
    });
  const core = CORE[tool];
  if (noCore || groups.some((one) => one.name === core)) return groups;
  return [
    { kind: 'group', name: core, members: 'default', why: 'every system has it but for %packages --nocore' },
    ...groups,
  ];
}

function commandModules({ modules }: Kickstart): RpmModulePlan[] {
  return modules.map(({ name, stream, enable, at }) => {
    if (![name, stream ?? 'x'].every((word) => /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/.test(word)))
      throw new InputError(
        'module',
        `module --name=${name}: name and stream are words of letters, digits and . _ + -`,
        at,
      );
    return { action: enable ? 'enable' : 'disable', name, ...(stream === undefined ? {} : { stream }), at };
  });
}

/** `@NAME:STREAM/PROFILE`; one of the two may be missing. */
function profileOf({ name, at }: PackageEntry): RpmModulePlan {
  const match = /^([A-Za-z0-9][\w.+-]*)(?::([\w.+-]+))?(?:\/([\w.+-]+))?$/.exec(name);
  if (!match) throw new InputError('module', `@${name}: a module is written @NAME:STREAM/PROFILE`, at);
  const [, module, stream, profile] = match;
  return {
    action: 'install',
    name: module!,
    ...(stream === undefined ? {} : { stream }),
    ...(profile === undefined ? {} : { profile }),
    at,
  };
}
