// SPDX-License-Identifier: Apache-2.0
import { findCommand } from '../commands/index.js';
import type { CommandLine } from '../model.js';
import { standing, type Version } from '../versions.js';
import { authselectWords } from './authselect.js';

/** What becomes of a line in a newer version, and a sentence about it without a full stop. */
export interface Upgraded {
  /** None: the line goes. */
  readonly lines: readonly CommandLine[];
  readonly sentence: string;
}

/** Looks at one line that a version refuses or warns about; undefined where nobody but its author can say it anew. */
type Rule = (line: CommandLine, to: Version) => Upgraded | undefined;

const FOUND_BY_ITSELF = 'is gone: hardware is found by itself';

/** Commands that say nothing today: their lines go. */
const DROPPED: Readonly<Record<string, string>> = {
  install: 'is gone: installing is what a kickstart does',
  interactive: 'is gone from installers',
  autostep: 'is gone from installers',
  unsupported_hardware: 'is gone from installers',
  key: 'is gone: there are no installation numbers any more',
  lilocheck: 'is gone with LILO',
  device: FOUND_BY_ITSELF,
  deviceprobe: FOUND_BY_ITSELF,
  mouse: FOUND_BY_ITSELF,
  monitor: FOUND_BY_ITSELF,
  dmraid: FOUND_BY_ITSELF,
  multipath: FOUND_BY_ITSELF,
};

/** Options that say nothing today, by command. */
const DROPPED_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  bootloader: ['upgrade', 'lba32', 'linear', 'useLilo'],
  part: ['active'],
  xconfig: ['card', 'driver', 'depth', 'hsync', 'monitor', 'noprobe', 'resolution', 'server', 'videoram', 'vsync'],
  logging: ['level'],
  repo: ['ignoregroups'],
  driverdisk: ['type'],
  firewall: ['high', 'medium'],
};

/** Commands that say nothing without an option. */
const ALONE_NOTHING: ReadonlySet<string> = new Set(['logging', 'xconfig']);

const RULES: Readonly<Record<string, Rule>> = {
  auth(line, to) {
    const words = authselectWords(line.args[0] ?? '');
    if (words === '') return { lines: [], sentence: 'asks for what is the default today, and goes' };
    if (words === undefined || !isKnown('authselect', to)) return undefined;
    const changed = { ...line, name: 'authselect', args: [words] };
    return { lines: [changed], sentence: `becomes authselect ${words}` };
  },
  vnc(line, to) {
    if (!isKnown('rdp', to) || Object.keys(line.options).some((option) => option !== 'password')) return undefined;
    return { lines: [{ ...line, name: 'rdp' }], sentence: 'becomes rdp' };
  },
  module(line) {
    if (line.options.disable !== true) return undefined;
    return { lines: [], sentence: 'goes: there are no modules any more that could be disabled' };
  },
  timezone(line, to) {
    const { nontp, ntpservers, ...options } = line.options;
    if (nontp === undefined && ntpservers === undefined)
      return { lines: [line], sentence: 'says --utc, as --isUtc is called today' };
    if (!isKnown('timesource', to)) return undefined;
    const source = (given: CommandLine['options']): CommandLine => ({
      ...line,
      name: 'timesource',
      options: given,
      args: [],
    });
    const servers = Array.isArray(ntpservers) ? (ntpservers as readonly string[]) : [];
    const sources =
      nontp === true ? [source({ 'ntp-disable': true })] : servers.map((host) => source({ 'ntp-server': host }));
    const isEmpty = line.args.length === 0 && Object.keys(options).length === 0;
    return {
      lines: [...(isEmpty ? [] : [{ ...line, options }]), ...sources],
      sentence: 'leaves its time servers to timesource',
    };
  },
  firewall(line) {
    const { telnet, ...options } = line.options;
    if (telnet !== true) return undefined;
    const services = Array.isArray(options.service) ? (options.service as readonly string[]) : [];
    return {
      lines: [{ ...line, options: { ...options, service: [...services, 'telnet'] } }],
      sentence: 'says --service=telnet for --telnet',
    };
  },
};

/**
 * A command line as a newer version wants it.
 * @param line one that `to` refuses or warns about
 * @returns undefined where no rule fits: the line is one of those that are left to a person
 */
export function upgradeLine(line: CommandLine, to: Version): Upgraded | undefined {
  const spec = findCommand(line.name);
  if (!spec) return undefined;
  const isGoing = standing(spec, to) !== 'ok';
  const dropped = DROPPED[line.name];
  if (isGoing && dropped !== undefined) return { lines: [], sentence: dropped };
  const names = DROPPED_OPTIONS[line.name]?.filter(
    (name) => line.options[name] !== undefined && !isOptionOk(line.name, name, to),
  );
  const kept = names?.length ? without(line, names) : line;
  const upgraded = RULES[line.name]?.(kept, to);
  if (upgraded) return upgraded;
  if (names?.length) {
    if (ALONE_NOTHING.has(line.name) && Object.keys(kept.options).length === 0)
      return { lines: [], sentence: 'has nothing left to say, and goes' };
    const sentence = `loses ${names.map((name) => `--${name}`).join(', ')}, which ${names.length === 1 ? 'says' : 'say'} nothing today`;
    return { lines: [kept], sentence };
  }
  // A word that was passed over, or a spelling that is gone: the canonical form says it right.
  return isGoing ? undefined : { lines: [line], sentence: 'is written as it is spelled today' };
}

/** Options of `%packages` that are gone and mean nothing today, and those that have another name. */
const GONE_PACKAGES_OPTIONS: readonly string[] = ['nobase', 'ignoredeps', 'resolvedeps'];
const RENAMED_PACKAGES_OPTIONS: Readonly<Record<string, string>> = {
  instLangs: 'inst-langs',
  excludeWeakdeps: 'exclude-weakdeps',
};

/** The options of a `%packages` line as a newer version wants them. */
export function upgradePackagesOptions(options: CommandLine['options']): CommandLine['options'] {
  const entries = Object.entries(options)
    .filter(([name]) => !GONE_PACKAGES_OPTIONS.includes(name))
    .map(([name, value]) => [RENAMED_PACKAGES_OPTIONS[name] ?? name, value] as const);
  return Object.fromEntries(entries);
}

function without(line: CommandLine, names: readonly string[]): CommandLine {
  const options = Object.entries(line.options).filter(([name]) => !names.includes(name));
  return { ...line, options: Object.fromEntries(options) };
}

function isKnown(command: string, to: Version): boolean {
  const spec = findCommand(command);
  return spec !== undefined && standing(spec, to) === 'ok';
}

function isOptionOk(command: string, name: string, to: Version): boolean {
  const option = findCommand(command)?.options.find((candidate) => candidate.name === name);
  return option !== undefined && standing(option, to) === 'ok';
}
