// SPDX-License-Identifier: Apache-2.0
import { InputError, ToolError, WorkError } from '../../../osinfo/errors.js';
import type { RpmGroupPlan, RpmInstallPlan, RpmPackagePlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { type Comps, type ResolvedGroups, resolveGroups } from './comps.js';
import { readComps } from './dnf-cache.js';
import { describeScriptlet, dnfError, failedScriptlets, unmatchedGroups, unmatchedNames } from './dnf-errors.js';
import { dnfWords } from './dnf-words.js';
import { describeLeftOut, mayBeMissing, unknownPackage } from './rpm-errors.js';
import { type RpmPlace, SEEN } from './rpm-place.js';

/** A transaction of a large system, and all downloads of one. */
const LONG_MS = 7_200_000;

/**
 * Installs by dnf, in steps: metadata, groups, modules, downloads, and then the transaction without any network, so that
 * scripts of packages see neither this machine nor a network.
 * @throws InputError with the kickstart's line for what the repositories do not have, WorkError for what failed
 */
export async function installByDnf(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<void> {
  try {
    await installStepwise(context, plan, place);
  } catch (error) {
    throw error instanceof DnfFailure ? error.explained : error;
  }
}

async function installStepwise(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<void> {
  context.detail('install', 'metadata of the repositories');
  await dnf(place, plan, ['--refresh', 'makecache'], { network: true });
  const groups = await chooseGroups(context, plan, place);
  await chooseModules(context, plan, place);
  const words = await download(context, plan, place, groups);
  const said = await dnf(place, plan, ['--cacheonly', 'install', ...words], {
    network: false,
    onLine: (line) => {
      const step = /^\s*(Installing|Running scriptlet|Verifying)\s*: (\S+)\s+(\d+\/\d+)/.exec(line);
      if (step) context.detail('install', `${step[1]} ${step[2]} (${step[3]})`);
    },
  });
  for (const one of failedScriptlets(said))
    context.emit({ type: 'notice', message: `${describeScriptlet(one)}; the package is installed all the same` });
  await sayBroken(context, plan, place);
}

interface DnfOptions {
  readonly network: boolean;
  readonly onLine?: (line: string) => void;
}

/** Runs dnf; its lines are the result, and what it fails of is one line of ours. */
async function dnf(
  place: RpmPlace,
  plan: RpmInstallPlan,
  words: readonly string[],
  { network, onLine }: DnfOptions,
): Promise<string[]> {
  const said: string[] = [];
  try {
    await place.run([...dnfWords(plan), ...words], network, {
      timeoutMs: LONG_MS,
      onLine: (line) => {
        if (said.push(line) > 20_000) said.shift();
        onLine?.(line);
      },
    });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new DnfFailure(said, dnfError(said, plan, error.exitCode));
  }
  return said;
}

/** dnf ended badly: what it said is looked at once more by who can mend it, else the explanation is the error. */
class DnfFailure extends WorkError {
  constructor(
    readonly said: readonly string[],
    readonly explained: InputError | WorkError,
  ) {
    super(explained.code, explained.message);
  }
}

interface Groups {
  readonly resolved: ResolvedGroups;
  /** Left to dnf: names that are no groups may be modules. */
  readonly modules: readonly RpmGroupPlan[];
}

async function chooseGroups(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<Groups> {
  const comps: Comps = await readComps(context, plan, place);
  const resolved = resolveGroups(plan.groups, comps, plan.excludeGroups);
  for (const one of plan.excludeGroups) {
    const isKnown = resolveGroups([{ kind: 'group', members: 'default', ...one }], comps, []).unknown.length === 0;
    if (!isKnown) context.emit({ type: 'notice', message: `-@${one.name}: no repository has such a group` });
  }
  const modules: RpmGroupPlan[] = [];
  for (const group of resolved.unknown) {
    // A group's name may be a module's, whose default stream is meant.
    if (group.kind === 'group' && (await isModule(group.name, plan, place))) {
      modules.push(group);
      continue;
    }
    const sign = group.kind === 'environment' ? '@^' : '@';
    const message = `${sign}${group.name}: no repository has such ${group.kind === 'environment' ? 'an environment' : 'a group'}`;
    if (plan.ignoreMissing) context.emit({ type: 'notice', message: `${message}: left out (--ignoremissing)` });
    // A system whose repositories have no groups at all has no @core either: that nobody asked for by its name.
    else if (group.at === undefined && comps.groups.size === 0)
      context.emit({ type: 'notice', message: `${message}: the repositories have no groups` });
    else
      throw new InputError(
        'unknown-group',
        `${message}; check its name${known(comps, group.kind)}${group.why === undefined ? '' : ` (${group.why})`}`,
        group.at,
      );
  }
  return { resolved, modules };
}

function known(comps: Comps, kind: RpmGroupPlan['kind']): string {
  const ids = [...(kind === 'environment' ? comps.environments : comps.groups).keys()];
  return ids.length === 0 || ids.length > 12 ? '' : `: there are ${ids.join(', ')}`;
}

async function isModule(name: string, plan: RpmInstallPlan, place: RpmPlace): Promise<boolean> {
  try {
    await dnf(place, plan, ['--cacheonly', '--quiet', 'module', 'list', '--', name], { network: false });
    return true;
  } catch (error) {
    if (error instanceof DnfFailure) return false;
    throw error;
  }
}

async function chooseModules(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<void> {
  const spec = ({ name, stream }: RpmInstallPlan['modules'][number]): string =>
    stream === undefined ? name : `${name}:${stream}`;
  for (const action of ['disable', 'enable'] as const) {
    const modules = plan.modules.filter((one) => one.action === action);
    for (const module of modules) {
      context.detail('install', `module ${action} ${spec(module)}`);
      try {
        await dnf(place, plan, ['--cacheonly', 'module', action, '--', spec(module)], { network: false });
      } catch (error) {
        if (!(error instanceof DnfFailure)) throw error;
        const missing = error.said.some((line) => /missing groups or modules|Unable to resolve argument/.test(line));
        const why = missing ? 'no repository has such a module or stream' : error.explained.message;
        throw new InputError('module', `module ${spec(module)}: ${why}`, module.at);
      }
    }
  }
}

/**
 * Resolves and downloads; what is not there is an error, or left out where the kickstart says so.
 * @returns what dnf is to install
 */
async function download(
  context: StageContext,
  plan: RpmInstallPlan,
  place: RpmPlace,
  { resolved, modules }: Groups,
): Promise<string[]> {
  const missing = await missingMembers(plan, place, resolved);
  sayMissingMembers(context, resolved, missing);
  const profiles = plan.modules
    .filter((one) => one.action === 'install')
    .map(
      ({ name, stream, profile }) =>
        `@${name}${stream === undefined ? '' : `:${stream}`}${profile === undefined ? '' : `/${profile}`}`,
    );
  const left = new Set<string>();
  for (;;) {
    const packages = plan.packages.filter((one) => !left.has(one.name)).map(({ name }) => name);
    const words = [
      ...(resolved.ids.length === 0 ? [] : [`--setopt=group_package_types=${resolved.types.join(',')}`]),
      '--',
      ...resolved.ids.map((id) => `@${id}`),
      ...modules.map(({ name }) => `@${name}`),
      ...profiles,
      ...resolved.members.filter((name) => !missing.has(name)),
      ...packages,
    ];
    if (words.at(-1) === '--')
      throw new InputError('nothing-to-install', 'nothing is to be installed: name packages or groups in %packages', {
        file: context.plan.kickstart.file,
      });
    context.detail('install', 'packages are downloaded');
    try {
      await dnf(place, plan, ['install', '--downloadonly', ...words], {
        network: true,
        onLine: (line) => {
          const step = /^\((\d+\/\d+)\): (\S+)/.exec(line);
          if (step) context.detail('install', `download ${step[2]} (${step[1]})`);
        },
      });
      return words;
    } catch (error) {
      if (!(error instanceof DnfFailure)) throw error;
      for (const one of namesToLeave(error, plan, left)) {
        left.add(one.name);
        context.emit({ type: 'notice', message: describeLeftOut(one) });
      }
    }
  }
}

/** Packages that are left out of the next try. */
function namesToLeave(
  { said, explained }: DnfFailure,
  plan: RpmInstallPlan,
  left: ReadonlySet<string>,
): RpmPackagePlan[] {
  const groups = unmatchedGroups(said);
  if (groups.length > 0) {
    const name = groups[0]!;
    const at =
      plan.modules.find(
        (one) => name === one.name || name.startsWith(`${one.name}:`) || name.startsWith(`${one.name}/`),
      )?.at ?? plan.groups.find((one) => one.name === name)?.at;
    throw new InputError(
      'unknown-group',
      `@${name}: no repository has such a group or module; check its name and stream`,
      at,
    );
  }
  const unmatched = unmatchedNames(said);
  if (unmatched.length === 0) throw explained;
  const found = plan.packages.filter((one) => unmatched.includes(one.name) && !left.has(one.name));
  const isExcluded = (name: string): boolean => unknownPackage(name, plan).code === 'package-needed';
  const first = found.find((one) => !mayBeMissing(one, plan) || isExcluded(one.name));
  if (first) throw unknownPackage(first.name, plan);
  if (found.length === 0) throw unknownPackage(unmatched[0]!, plan);
  return found;
}

/** Members of groups that no repository has: dnf passes over them in silence. */
async function missingMembers(plan: RpmInstallPlan, place: RpmPlace, { wanted }: ResolvedGroups): Promise<Set<string>> {
  const names = [...new Set(wanted.map((one) => one.name))].filter((name) => /^[A-Za-z0-9][\w.+-]*$/.test(name));
  if (names.length === 0) return new Set();
  const said = await dnf(
    place,
    plan,
    ['--cacheonly', '--quiet', 'repoquery', '--disableexcludes=all', '--queryformat=%{name}', '--', ...names],
    { network: false },
  );
  const there = new Set(said.map((line) => line.trim()));
  return new Set(names.filter((name) => !there.has(name)));
}

function sayMissingMembers(context: StageContext, { wanted }: ResolvedGroups, missing: ReadonlySet<string>): void {
  for (const group of new Set(wanted.map((one) => one.group))) {
    const names = wanted.filter((one) => one.group === group && missing.has(one.name)).map((one) => one.name);
    if (names.length === 0) continue;
    const shown = names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
    context.emit({ type: 'notice', message: `@${group} names packages that no repository has: ${shown}` });
  }
}

/** `--ignorebroken`: what dnf left out; it ends well then. */
async function sayBroken(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<void> {
  if (!plan.ignoreBroken) return;
  const asked = plan.packages.filter(({ name }) => /^[A-Za-z0-9][\w.+-]*$/.test(name));
  if (asked.length === 0) return;
  const { stdout } = await place.run(
    [
      'rpm',
      `--root=${SEEN.tree}`,
      '--query',
      '--queryformat=%{NAME}\n',
      '--whatprovides',
      ...asked.map(({ name }) => name),
    ],
    false,
    // rpm's code is the number of those that are not there.
    { okCodes: Array.from({ length: asked.length + 1 }, (_, code) => code) },
  );
  for (const line of stdout.split('\n')) {
    const name = /^no package provides (\S+)/.exec(line)?.[1];
    if (name !== undefined)
      context.emit({ type: 'notice', message: `package ${name} cannot be installed: left out (--ignorebroken)` });
  }
}
