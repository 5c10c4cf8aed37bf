// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, ToolError } from '../../../osinfo/errors.js';
import type { RpmInstallPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { insideTree } from '../files.js';
import { describeLeftOut, mayBeMissing, unknownPackage } from './rpm-errors.js';
import { type RpmPlace, SEEN } from './rpm-place.js';
import { failedScripts, missingNames, needyPackages, zypperError } from './zypper-errors.js';

const LONG_MS = 7_200_000;

/** What zypper ends with though all is well: a reboot is wanted, zypper itself was updated, a script failed (zypper(8)). */
const GOOD_CODES = [0, 100, 101, 102, 103, 106, 107];

/** What zypper makes of the tree's /etc/zypp and /var/lib/zypp for itself, and what would tell the machines apart. */
const LEFT_OVERS = ['etc/zypp/locks', 'var/lib/zypp/AnonymousUniqueId', 'var/lib/zypp/LastDistributionFlavor'];

/**
 * Installs by zypper, in the same steps as dnf: metadata and downloads, then the packages without any network. Each
 * package is a transaction of rpm by itself: scripts that run at the end of one run after each.
 * @throws InputError with the kickstart's line for what the repositories do not have, WorkError for what failed
 */
export async function installByZypper(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<void> {
  refuseForeignWords(plan);
  writeFileSync(
    join(place.own, 'zypp.conf'),
    `[main]\narch = ${plan.basearch}\nrpm.install.excludedocs = ${plan.docs ? 'no' : 'yes'}\n`,
  );
  await knowKeys(place);
  context.detail('install', 'metadata of the repositories');
  await zypper(place, plan, ['refresh', '--force'], { network: true });
  // zypper does not make the folder itself.
  if (plan.exclude.length > 0) mkdirSync(insideTree(context.tree, 'etc/zypp'), { recursive: true });
  for (const { name } of plan.exclude)
    await zypper(place, plan, ['--no-refresh', 'addlock', '--', name], { network: false });
  const words = await download(context, plan, place);
  const said = await zypper(place, plan, ['--no-refresh', ...words], {
    network: false,
    onLine: (line) => {
      const step = /^\s*\(\s*(\d+\/\d+)\) Installing: (\S+)/.exec(line);
      if (step) context.detail('install', `Installing ${step[2]} (${step[1]})`);
    },
  });
  for (const one of failedScripts(said))
    context.emit({ type: 'notice', message: `${one}; the package is installed all the same` });
  tidyUp(context.tree);
}

/** zypper believes the keys that the system knows: those of the plan, and none that a mirror lays beside its packages. */
async function knowKeys(place: RpmPlace): Promise<void> {
  const keys = readdirSync(join(place.own, 'keys')).filter((name) => name.endsWith('.asc'));
  if (keys.length === 0) return;
  const words = ['rpmkeys', `--root=${SEEN.tree}`, '--import'];
  await place.run([...words, ...keys.map((name) => `${SEEN.own}/keys/${name}`)], false);
}

/** What only dnf's repositories have. */
function refuseForeignWords(plan: RpmInstallPlan): void {
  const [module] = plan.modules;
  if (module)
    throw new InputError(
      'module',
      `module ${module.name}: repositories of SUSE have no modules; name the package`,
      module.at,
    );
  const environment = plan.groups.find((one) => one.kind === 'environment');
  if (environment)
    throw new InputError(
      'package-environment',
      `@^${environment.name}: SUSE has patterns instead of environments: name one as @NAME`,
      environment.at,
    );
}

class ZypperFailure extends ToolError {
  constructor(
    error: ToolError,
    readonly said: readonly string[],
  ) {
    super(error.program, error.exitCode, error.message);
  }
}

async function zypper(
  place: RpmPlace,
  plan: RpmInstallPlan,
  words: readonly string[],
  { network, onLine }: { readonly network: boolean; readonly onLine?: (line: string) => void },
): Promise<string[]> {
  const said: string[] = [];
  try {
    await place.run(
      [
        'env',
        `ZYPP_CONF=${SEEN.own}/zypp.conf`,
        `ZYPP_MEDIA_CURL_CONNECT_TIMEOUT=${plan.timeoutSeconds}`,
        'zypper',
        '--non-interactive',
        '--no-color',
        `--root=${SEEN.tree}`,
        `--reposd-dir=${SEEN.own}/repos`,
        `--cache-dir=${SEEN.cache}`,
        `--releasever=${plan.releasever}`,
        ...words,
      ],
      network,
      {
        timeoutMs: LONG_MS,
        okCodes: GOOD_CODES,
        onLine: (line) => {
          // Debian's rpm says with each package that alien should be used.
          if (/use Alien instead|alien --help/i.test(line)) return;
          if (said.push(line) > 20_000) said.shift();
          onLine?.(line);
        },
      },
    );
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw words.includes('--download-only') ? new ZypperFailure(error, said) : zypperError(said, plan, error.exitCode);
  }
  return said;
}

/**
 * Resolves and downloads; what is not there, or cannot be installed, is left out where the kickstart says so.
 * @returns the words that install
 */
async function download(context: StageContext, plan: RpmInstallPlan, place: RpmPlace): Promise<string[]> {
  const left = new Set<string>();
  const patterns = new Set(plan.groups.map(({ name }) => name));
  for (const { name } of plan.excludeGroups) patterns.delete(name);
  context.detail('install', 'packages are downloaded');
  for (;;) {
    const packages = plan.packages.map(({ name }) => name).filter((name) => !left.has(name));
    const what = [...[...patterns].map((name) => `pattern:${name}`), ...packages];
    if (what.length === 0)
      throw new InputError('nothing-to-install', 'nothing is to be installed: name packages in %packages', {
        file: context.plan.kickstart.file,
      });
    const options = [
      'install',
      '--auto-agree-with-licenses',
      '--no-force-resolution',
      plan.recommends ? '--recommends' : '--no-recommends',
    ];
    try {
      await zypper(place, plan, ['--no-refresh', ...options, '--download-only', '--', ...what], { network: true });
      return [...options, '--', ...what];
    } catch (error) {
      if (!(error instanceof ZypperFailure)) throw error;
      leaveOut(context, plan, error, left, patterns);
    }
  }
}

/** Takes out of what is asked what cannot be had, or says so. */
function leaveOut(
  context: StageContext,
  plan: RpmInstallPlan,
  error: ZypperFailure,
  left: Set<string>,
  patterns: Set<string>,
): void {
  const before = left.size + patterns.size;
  const leave = (name: string, what: string): void => {
    left.add(name);
    context.emit({ type: 'notice', message: what });
  };
  for (const name of missingNames(error.said)) {
    const pattern = plan.groups.find((one) => patterns.has(one.name) && name === `pattern:${one.name}`);
    if (pattern) {
      const message = `@${pattern.name}: no repository has such a pattern`;
      if (pattern.at !== undefined && !plan.ignoreMissing)
        throw new InputError('unknown-group', `${message}; check its name`, pattern.at);
      patterns.delete(pattern.name);
      context.emit({ type: 'notice', message: `${message}: left out` });
      return;
    }
    const one = plan.packages.find((each) => each.name === name);
    if (!one || !mayBeMissing(one, plan)) throw unknownPackage(name, plan);
    if (!left.has(name)) leave(name, describeLeftOut(one));
  }
  if (plan.ignoreBroken)
    for (const { name } of plan.packages.filter((one) => needyPackages(error.said).includes(one.name)))
      if (!left.has(name)) leave(name, `package ${name} cannot be installed: left out (--ignorebroken)`);
  if (left.size + patterns.size === before) throw zypperError(error.said, plan, error.exitCode);
}

function tidyUp(tree: string): void {
  for (const path of LEFT_OVERS) rmSync(insideTree(tree, path), { force: true });
  for (const path of ['etc/zypp', 'var/lib/zypp']) {
    try {
      rmdirSync(insideTree(tree, path));
    } catch {
      // Packages have put something there, or nothing is there at all.
    }
  }
  const log = insideTree(tree, 'var/log');
  for (const name of readdirSync(log)) if (name.startsWith('zypp')) rmSync(join(log, name), { recursive: true });
}
