// SPDX-License-Identifier: Apache-2.0
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, ToolError, WorkError } from '../../../osinfo/errors.js';
import { formatAptSource } from '../../plan/apt-sources.js';
import { machineArch } from '../../plan/host.js';
import { bareName } from '../../plan/package-name.js';
import { formatPins } from '../../plan/pins.js';
import type { DebInstallPlan, PackagePlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { writeTreeFile } from '../files.js';
import { runPreInstall } from '../scripts.js';
import { prefetchHooks } from './prefetch.js';
import { unpackAhead } from './unpack-ahead.js';

/**
 * Installs the packages into the tree by mmdebstrap. Differs from a plain call in what makes it fast and the image
 * small: no fsync in a tree that is thrown away on failure, the initramfs not made here (it is made once, when its
 * configuration is written), no translations of package lists.
 * @throws InputError with the kickstart's line for a package that the sources do not have
 */
export async function installDeb(context: StageContext, asked: DebInstallPlan): Promise<void> {
  let plan = asked;
  for (;;) {
    const said: string[] = [];
    await runPreInstall(context);
    try {
      await installOnce(context, plan, said);
      break;
    } catch (error) {
      const missing = error instanceof ToolError ? missingPackages(said, plan) : [];
      if (missing.length === 0) throw mirrorError(error, said, plan);
      if (!plan.ignoreMissing) throw unknownPackage(missing[0]!);
      for (const one of missing)
        context.emit({
          type: 'notice',
          message: `package ${one.name} is not in the sources: left out (--ignoremissing)`,
        });
      plan = { ...plan, packages: plan.packages.filter((one) => !missing.includes(one)) };
      await context.tool(['find', context.tree, '-mindepth', '1', '-delete']);
    }
  }
  tidyUp(context, asked);
}

/** `said` gets what the tools print, for who has to say why they failed. */
async function installOnce(context: StageContext, plan: DebInstallPlan, said: string[]): Promise<void> {
  const { tree, scratch } = context;
  // Files, not words: a proxy's or an archive's address may hold a password, and so may an answer to debconf.
  const file = (name: string, text: string): string => {
    const path = join(scratch, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  // What a %pre-install put there is no link: usrmerge then moves it.
  const usrLinks = plan.usrLinks.some((name) => existsSync(join(tree, name))) ? [] : plan.usrLinks;
  const never = [...plan.exclude.map(({ name }) => name), ...(usrLinks.length > 0 ? ['usrmerge'] : [])];
  const preferences = file('preferences', [excludePins(never), formatPins(plan.pins)].join('\n'));
  const debconf = file('debconf', plan.debconf.map((line) => `${line}\n`).join(''));
  const ahead = unpackAhead(context, file);
  const words = [
    'mmdebstrap',
    '--mode=root',
    '--format=directory',
    `--variant=${plan.variant}`,
    `--architectures=${context.plan.arch.packages}`,
    `--include=${plan.packages.map((one) => one.name).join(',')}`,
    '--dpkgopt=force-unsafe-io',
    '--aptopt=Acquire::Languages "none"',
    `--aptopt=APT::Install-Recommends "${plan.recommends}"`,
    ...(plan.aptOptions.length === 0
      ? []
      : [`--aptopt=${file('apt.conf', plan.aptOptions.map((option) => `${option};\n`).join(''))}`]),
    ...(plan.keyring === undefined ? [] : [`--keyring=${plan.keyring}`]),
    ...(plan.docs
      ? []
      : [
          '--dpkgopt=path-exclude=/usr/share/man/*',
          '--dpkgopt=path-exclude=/usr/share/info/*',
          '--dpkgopt=path-exclude=/usr/share/doc/*',
          '--dpkgopt=path-include=/usr/share/doc/*/copyright',
        ]),
    ...localeOptions(plan),
    '--setup-hook=mkdir -p "$1/etc/apt/preferences.d"',
    `--setup-hook=upload ${preferences} /etc/apt/preferences.d/guestwright-build`,
    ...usrLinks.map(
      (name) => `--setup-hook=[ -L "$1/${name}" ] || { mkdir -p "$1/usr/${name}"; ln -s usr/${name} "$1/${name}"; }`,
    ),
    ...ahead.words,
    ...prefetchHooks(plan, file, quoted),
    // The kernel's package would make the initramfs, and each package with a hook would make it again.
    '--essential-hook=chroot "$1" dpkg-divert --quiet --local --no-rename --add /usr/sbin/update-initramfs',
    '--essential-hook=mkdir -p "$1/usr/sbin"; ln -sf /bin/true "$1/usr/sbin/update-initramfs"',
    ...(plan.debconf.length === 0 ? [] : [`--essential-hook=chroot "$1" debconf-set-selections <${quoted(debconf)}`]),
    ...skippedChecks(context),
    mainSuite(plan),
    tree,
    file('guestwright.list', plan.sources.map((source) => `${formatAptSource(source)}\n`).join('')),
  ];
  const onLine = (line: string): void => {
    if (said.push(line) > 5000) said.shift();
    const step = /^I: (.*)$/.exec(line)?.[1];
    if (step === undefined) return;
    context.detail('install', step);
    // apt has fetched the essential ones, and mmdebstrap gives them to dpkg itself.
    if (step.startsWith('extracting archives')) ahead.free();
  };
  try {
    await context.tool(words, { timeoutMs: 3_600_000, onLine });
  } finally {
    await ahead.end();
  }
}

/** What mmdebstrap would look for, and is known already. */
function skippedChecks({ plan }: StageContext): string[] {
  const names = [
    // A %pre-install may have put something there.
    ...(plan.scripts.some((one) => one.type === 'pre-install') ? ['check/empty'] : []),
    // Programs of the tree run here: it was tried out. mmdebstrap's own way needs one more program.
    ...(plan.arch.name === machineArch() ? [] : ['check/qemu']),
  ];
  return names.length === 0 ? [] : [`--skip=${names.join(',')}`];
}

/** A path of the build's own as one word of mmdebstrap's shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

function mainSuite(plan: DebInstallPlan): string {
  return plan.sources[0]!.suite;
}

/** What is never taken, whoever asks for it (apt_preferences(5): a priority below 0). */
function excludePins(names: readonly string[]): string {
  return names.map((name) => `Package: ${name}\nPin: release *\nPin-Priority: -1\n`).join('\n');
}

function localeOptions(plan: DebInstallPlan): string[] {
  if (plan.languages === undefined) return [];
  const keep = plan.languages
    .map((language) => language.replace(/[^A-Za-z0-9_@.*-]/g, ''))
    .filter((word) => word !== '');
  return [
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    '--dpkgopt=path-include=/usr/share/locale/locale.alias',
    ...keep.map((language) => `--dpkgopt=path-include=/usr/share/locale/${language}*`),
  ];
}

const MISSING = [
  /^E: Unable to locate package (\S+)/,
  /^E: Package '([^']+)' has no installation candidate/,
  /^E: Version '[^']*' for '([^']+)' was not found/,
  /^E: Release '[^']*' for '([^']+)' was not found/,
  /^E: Couldn't find any package by (?:glob|regex) '([^']+)'/,
];

function missingPackages(said: readonly string[], plan: DebInstallPlan): PackagePlan[] {
  const found = new Set<PackagePlan>();
  for (const line of said) {
    for (const pattern of MISSING) {
      const name = pattern.exec(line)?.[1];
      const entry = name && plan.packages.find((one) => one.name === name || bareName(one.name) === bareName(name));
      if (entry) found.add(entry);
    }
  }
  return [...found];
}

function unknownPackage(entry: PackagePlan): InputError {
  const message = `package ${entry.name} is not in the package sources; check its name, or add a repo that has it`;
  return new InputError('unknown-package', entry.at ? message : `${message} (${entry.why})`, entry.at);
}

/** What apt says about a mirror that it cannot use, in one line; everything else stays as it is. */
function mirrorError(error: unknown, said: readonly string[], plan: DebInstallPlan): unknown {
  if (!(error instanceof ToolError)) return error;
  const full = said.find((line) => /No space left on device/.test(line));
  if (full)
    return new WorkError(
      'no-space',
      'there is no space left for the system tree; free some, or give --tmpdir on a larger disk',
    );
  const cause =
    said.find((line) =>
      /^E: (Failed to fetch|The repository|Could not|Unable to fetch|Release file|Conflict|Unmet dep)|^E: .*(GPG error|not signed)/.test(
        line,
      ),
    ) ?? said.find((line) => /^(E|dpkg: error|W: GPG error): /.test(line));
  const held = said.find((line) => /^ \S+ : (Depends|Conflicts|Breaks): /.test(line));
  const where = `(packages from ${plan.sources[0]!.uri}: ${plan.sourcesWhy})`;
  return new WorkError(
    'install-failed',
    `installing packages failed: ${(held ?? cause ?? error.message).trim().slice(0, 400)} ${where}`,
  );
}

/** Takes the build's own settings out of the finished system, and gives it the sources that it is to use. */
function tidyUp({ tree }: StageContext, plan: DebInstallPlan): void {
  const apt = join(tree, 'etc/apt');
  rmSync(join(apt, 'preferences.d/guestwright-build'), { force: true });
  rmSync(join(apt, 'apt.conf.d/99mmdebstrap'), { force: true });
  rmSync(join(tree, 'etc/dpkg/dpkg.cfg.d/99mmdebstrap'), { force: true });
  rmSync(join(apt, 'sources.list.d/0000guestwright.list'), { force: true });
  const sources = plan.imageSources.map(formatAptSource).join('\n');
  // With a password in an address it is root's alone to read, as apt is.
  writeTreeFile(tree, 'etc/apt/sources.list', `${sources}\n`, /:\/\/[^/\s]*@/.test(sources) ? 0o600 : 0o644);
  if (plan.pins.length > 0) writeTreeFile(tree, 'etc/apt/preferences.d/kickstart', formatPins(plan.pins));
  const policy: string[] = [];
  if (!plan.recommends) policy.push('APT::Install-Recommends "false";');
  if (policy.length > 0) writeFileSync(join(apt, 'apt.conf.d/90guestwright'), `${policy.join('\n')}\n`);
}
