// SPDX-License-Identifier: Apache-2.0
import type { Addon, Certificate, Kickstart, PackageEntry, Packages, Script } from '../model.js';
import { packagesOptions } from '../packages.js';
import { parseVersion, standing } from '../versions.js';
import { quoteWord } from '../words.js';
import { formatGiven, type WriteOptions } from './command.js';

/**
 * A kickstart as one text: what it includes in its place, commands first in their order, then packages, then scripts.
 * Read again (by us or by the reference parser, in `version`) it gives the same model. Comments are not kept, except
 * the one that names the OS.
 *
 * @param kickstart without errors among its issues: what could not be read cannot be written
 * @throws InputError for a `version` that does not exist
 */
export function formatKickstart(kickstart: Kickstart, options: WriteOptions = {}): string {
  const blocks = [
    kickstart.osinfo ? `# osinfo: ${kickstart.osinfo.name}\n` : '',
    kickstart.commands.map((line) => `${formatGiven(line, options)}\n`).join(''),
    kickstart.packages.at ? formatPackages(kickstart.packages, options) : '',
    ...kickstart.certificates.map(formatCertificate),
    ...kickstart.addons.map((addon) => formatVerbatim('%addon', addon)),
    ...kickstart.anaconda.map((section) => formatVerbatim('%anaconda', section)),
    ...kickstart.scripts.map(formatScript),
  ];
  return blocks.filter((block) => block !== '').join('\n');
}

function formatSection(header: readonly (string | undefined)[], body: string): string {
  const closed = body === '' || /[\n\r]$/.test(body) ? body : `${body}\n`;
  return `${header.filter((word) => word !== undefined).join(' ')}\n${closed}%end\n`;
}

function formatPackages(packages: Packages, { version }: WriteOptions): string {
  const written = parseVersion(version ?? 'DEVEL');
  // Some options have two spellings, and each version knows one of them or both.
  const spell = (...names: string[]): string => {
    const known = names.find((name) => {
      const spec = packagesOptions.find((option) => option.name === name);
      const stands = spec && standing(spec, written);
      return stands === 'ok' || stands === 'deprecated';
    });
    return `--${known ?? names[0]!}`;
  };
  const flag = (given: boolean, ...names: string[]) => (given ? spell(...names) : undefined);
  const header = [
    '%packages',
    flag(packages.default, 'default'),
    flag(packages.excludeDocs, 'excludedocs'),
    flag(packages.ignoreMissing, 'ignoremissing'),
    flag(packages.noBase, 'nobase'),
    flag(packages.noCore, 'nocore'),
    flag(packages.multilib, 'multilib'),
    packages.timeout === undefined ? undefined : `--timeout=${packages.timeout}`,
    packages.retries === undefined ? undefined : `--retries=${packages.retries}`,
    packages.instLangs === undefined
      ? undefined
      : `${spell('inst-langs', 'instLangs')}=${quoteWord(packages.instLangs.join(':'))}`,
    flag(packages.excludeWeakdeps, 'exclude-weakdeps', 'excludeWeakdeps'),
    flag(packages.ignoreBroken, 'ignorebroken'),
  ];
  const of = (entries: readonly PackageEntry[], kind: PackageEntry['kind']) =>
    entries.filter((entry) => entry.kind === kind);
  const lines = [
    ...of(packages.include, 'environment').map(({ name }) => `@^${name}`),
    // A group that is left out and then wanted is in both lists, so what is left out comes first.
    ...of(packages.exclude, 'group').map(({ name }) => `-@${name}`),
    ...of(packages.include, 'group').map(({ name, include }) => `@${name}${include ? ` --${include}` : ''}`),
    ...of(packages.include, 'package').map(({ name }) => name),
    ...of(packages.exclude, 'package').map(({ name }) => `-${name}`),
  ];
  return formatSection(header, lines.map((line) => `${line}\n`).join(''));
}

function formatScript({ type, interpreter, chroot, errorOnFail, log, body }: Script): string {
  const header = [
    `%${type}`,
    interpreter === '/bin/sh' ? undefined : `--interpreter=${quoteWord(interpreter)}`,
    type === 'post' && !chroot ? '--nochroot' : undefined,
    errorOnFail ? '--erroronfail' : undefined,
    log === undefined ? undefined : `--log=${quoteWord(log)}`,
  ];
  return formatSection(header, body);
}

function formatCertificate({ filename, dir, type, body }: Certificate): string {
  const header = [
    '%certificate',
    `--filename=${quoteWord(filename)}`,
    dir === undefined ? undefined : `--dir=${quoteWord(dir)}`,
    type === undefined ? undefined : `--type=${quoteWord(type)}`,
  ];
  return formatSection(header, body);
}

function formatVerbatim(word: string, { name, args, body }: Addon): string {
  return formatSection([word, name === '' ? undefined : quoteWord(name), ...args.map(quoteWord)], body);
}
